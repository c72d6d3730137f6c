"""Version 2: what happened at the platform after version 1, and a list of it: so a test knows what must have arrived.

Every donation that was touched or added is later than all of version 1. Donations and comments are never deleted; one
campaign without comments is.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from demo import words
from demo.campaigns import CAMPAIGNS, SILENT_CAMPAIGN, campaign, comment
from demo.donations import DONATIONS, address, donation, line_item, money, stamp
from demo.edition import Edition
from demo.json_text import Record

SECOND_START = datetime(2025, 11, 3, tzinfo=UTC)
ADDED_DONATIONS = 100
UPDATED_CAMPAIGN = 7
ADDED_CAMPAIGN = CAMPAIGNS + 1
EDITED = {"text": "(edited) thank you all", "replies": [], "edited_at": "2025-11-21T08:30:00Z"}
CLOSED = {"status": "closed", "goals": [], "updated_at": "2025-11-20T09:00:00Z"}


def second_edition(first: Edition) -> tuple[Edition, dict[str, Any]]:
    """Return version 2 and the ids of all that differs from `first`, by stream and by kind of change."""
    by_kind = dict(_updates(first.donations))
    updated = {record["id"]: record for records in by_kind.values() for record in records}
    added = {record["id"]: record for record in _added_donations()}
    touched = [*updated.values(), *added.values()]
    comments, edited_comments, added_comments = _comments(first)
    return Edition({**first.donations, **updated, **added}, _campaigns(first), comments), {
        "donations": {
            "updated": sorted(updated),
            "added": sorted(added),
            "by_kind": {kind: [record["id"] for record in records] for kind, records in by_kind.items()},
            "new_fields": {
                name: [record["id"] for record in touched if has(record)] for name, has in NEW_FIELDS.items()
            },
        },
        "campaigns": {"updated": [UPDATED_CAMPAIGN], "added": [ADDED_CAMPAIGN], "removed": [SILENT_CAMPAIGN]},
        "comments": {"edited": edited_comments, "added": added_comments},
    }


NEW_FIELDS: Mapping[str, Callable[[Record], bool]] = {
    "donor.phone": lambda record: "phone" in (record.get("donor") or {}),
    "receipts": lambda record: "receipts" in record,
    "metadata.corrected_by": lambda record: "corrected_by" in record["metadata"],
}


@dataclass(frozen=True)
class Update:
    """A kind of change: how many donations have it, how it alters one (in place), and which ones it can alter."""

    count: int
    alter: Callable[[Record, Random], object]
    fits: Callable[[Record], object] = lambda record: True


def _items(record: Record) -> list[Record]:
    return record.get("line_items") or []


def _has_two_items(record: Record) -> bool:
    return len(_items(record)) > 1


def _has_donor(record: Record) -> bool:
    return bool(record.get("donor"))


def _raise_amount(record: Record, draw: Random) -> None:
    record["amount"] = money(draw, draw.randint(50_001, 90_000))


def _move_house(record: Record, draw: Random) -> None:
    record["donor"]["address"] = address(draw)


def _remove_item(record: Record, draw: Random) -> None:
    del record["line_items"][draw.randrange(len(record["line_items"]))]


def _add_item(record: Record, draw: Random) -> None:
    record["line_items"].append(line_item(draw))


def _empty_items(record: Record, draw: Random) -> None:
    record["line_items"] = []


def _null_items(record: Record, draw: Random) -> None:
    record["line_items"] = None


def _drop_items(record: Record, draw: Random) -> None:
    del record["line_items"]


def _change_tags(record: Record, draw: Random) -> None:
    item = draw.choice(record["line_items"])
    item["tags"] = [*(item.get("tags") or [])[1:], "reviewed"]


def _name_reference(record: Record, draw: Random) -> None:
    record["reference"] = f"PO-2025-{draw.randint(0, 9999):04}"


def _cancel(record: Record, draw: Random) -> None:
    record["cancelled_at"] = record["created_at"]


UPDATES: Mapping[str, Update] = {
    "amount": Update(70, _raise_amount),
    "address": Update(50, _move_house, _has_donor),
    "line_item_removed": Update(40, _remove_item, _has_two_items),
    "line_item_added": Update(40, _add_item, _items),
    "line_items_emptied": Update(20, _empty_items, _items),
    "line_items_null": Update(1, _null_items, _items),
    "line_items_absent": Update(1, _drop_items, _items),
    "tags": Update(40, _change_tags, _items),
    "reference_became_text": Update(20, _name_reference),
    "cancelled": Update(18, _cancel),
}


def _updates(donations: Mapping[str, Record]) -> Iterator[tuple[str, list[Record]]]:
    waiting = Random("changes").sample(sorted(donations), len(donations))
    for kind, update in UPDATES.items():
        chosen = [key for key in waiting if update.fits(donations[key])][: update.count]
        waiting = [key for key in waiting if key not in chosen]
        yield kind, [_updated(donations[key], update) for key in chosen]


def _updated(record: Record, update: Update) -> Record:
    draw = Random(f"update {record['id']}")
    updated = copy.deepcopy(record)
    update.alter(updated, draw)
    updated["updated_at"] = stamp(draw, SECOND_START + timedelta(seconds=draw.randint(0, 50 * 86_400)))
    if draw.random() < 0.1:
        updated["metadata"] = {"corrected_by": draw.choice(words.FIRST_NAMES)}
    return _with_new_fields(updated, draw)


def _with_new_fields(record: Record, draw: Random) -> Record:
    if record.get("donor") and draw.random() < 0.4:
        record["donor"]["phone"] = draw.choice(("+1 555 0100", "0049 30 1234", None))
    if draw.random() < 0.3:
        record["receipts"] = [_receipt(draw) for _ in range(draw.randint(0, 2))]
    return record


def _receipt(draw: Random) -> Record:
    return {"number": f"R-{draw.randint(1, 99_999):05}", "copies": ["donor", "office"][: draw.randint(0, 2)]}


def _added_donations() -> Iterator[Record]:
    for place in range(ADDED_DONATIONS):
        draw = Random(f"added {place}")
        created = SECOND_START + timedelta(hours=12 * place, seconds=draw.randint(0, 40_000))
        record = donation(DONATIONS + 1 + place, created, created + timedelta(seconds=draw.choice((0, 3600))))
        yield _with_new_fields(record, draw)


def _campaigns(first: Edition) -> dict[int, Record]:
    campaigns = dict(first.campaigns)
    del campaigns[SILENT_CAMPAIGN]
    campaigns[UPDATED_CAMPAIGN] = {**campaigns[UPDATED_CAMPAIGN], **CLOSED}
    campaigns[ADDED_CAMPAIGN] = campaign(ADDED_CAMPAIGN)
    return campaigns


def _comments(first: Edition) -> tuple[dict[int, list[Record]], list[list[int]], list[list[int]]]:
    comments = {key: list(records) for key, records in first.comments.items() if key != SILENT_CAMPAIGN}
    edited, added = [(2, 1), (3, 1), (5, 2), (8, 4)], []
    for key, number in edited:
        comments[key][number - 1] = {**comments[key][number - 1], **EDITED}
    for key, count in ((2, 3), (11, 1), (ADDED_CAMPAIGN, 5)):
        known = comments.setdefault(key, [])
        for _ in range(count):
            known.append(comment(key, len(known) + 1))
            added.append([key, len(known)])
    return comments, [list(place) for place in edited], added

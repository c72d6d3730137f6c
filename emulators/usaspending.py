"""USAspending v2: a search whose numbered pages end early, and a pair of values that reads past that end.

Served below `/api/v2/` are `POST search/spending_by_award/` (`filters`, `fields`, `page`, `limit`, `sort`, `order`, and
the pair `last_record_unique_id` and `last_record_sort_value`), `GET awards/{id}/` and `POST transactions/`.

`hasNext` is false after the first 10,000 awards for who asks by number; here these are `WINDOW`, and a page has at most
`MOST` of 100. On a last page the pair is null and the text `None`. There is no key and no published limit; a service
that is overloaded answers 503 with a page for people.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import epoch_of
from .seeds import Seed

WINDOW, MOST = 40, 15
_DAY = 86_400
_ALWAYS = ("internal_id", "generated_internal_id")
_DATES = {"last_modified_date": "Last Modified Date", "action_date": "Start Date", "date_signed": "Start Date"}
_CONTRACTS = {"A", "B", "C", "D"}


class UsaSpending(Emulator):
    """Federal awards: a search that seems to end early, POST bodies for pages, no key."""

    name = "usaspending"

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._load = Gate(50, closed_seconds=0.4, clock=clock)
        self._awards = [_award(n, made) for n, made in enumerate(Seed("usaspending awards").epochs(90), 1)]

    def answer(self, call: Call) -> Answer:
        """Return a page or an award, or the API's own error."""
        if self._load.wait_seconds():
            raise Refused(
                Answer(503, "<html><body><h1>Service Unavailable</h1></body></html>", {"Content-Type": "text/html"})
            )
        award = re.fullmatch(r"/api/v2/awards/([^/]+)/", call.path)
        if award and call.method == "GET":
            return Answer(200, _detail(self._of(award[1], 404)))
        if call.method != "POST":
            raise _refused(405, f'Method "{call.method}" not allowed.')
        if call.path == "/api/v2/search/spending_by_award/":
            return Answer(200, self._search(_asked(call)))
        if call.path == "/api/v2/transactions/":
            asked = _asked(call)
            return Answer(200, self._transactions(asked, self._of(str(asked.get("award_id")), 400)))
        raise _refused(404, "Not found.")

    def truth(self) -> dict[str, list[Record]]:
        """Return the records; what belongs to an award with its id."""
        return {
            "awards": [_shown(award, EXAMPLE_FIELDS) for award in self._awards],
            "award_details": [_below(award, _detail(award)) for award in self._awards],
            "transactions": [_below(award, one) for award in self._awards for one in _transactions_of(award)],
        }

    def change(self) -> dict[str, list[Record]]:
        """Publish what agencies reported for yesterday: an old award that grew, and a new one."""
        yesterday = self.clock() - _DAY
        grown, new = self._awards[10], _award(900, yesterday)
        grown |= {"Award Amount": grown["Award Amount"] + Decimal("0.05"), "Last Modified Date": _day(yesterday)}
        grown["modifications"] += 1
        self._awards.append(new)
        return {
            "awards": [_shown(award, EXAMPLE_FIELDS) for award in (grown, new)],
            "award_details": [_below(award, _detail(award)) for award in (grown, new)],
            "transactions": [_below(award, one) for award in (grown, new) for one in _transactions_of(award)],
        }

    def _of(self, identity: str, status: int) -> Record:
        for award in self._awards:
            if identity in (award["generated_internal_id"], str(award["internal_id"])):
                return award
        raise _refused(status, f"No Award found with: '{identity}'")

    def _search(self, asked: Record) -> Record:
        fields, page, limit = asked.get("fields"), _number(asked, "page", 1), min(_number(asked, "limit", 10), MOST)
        if not isinstance(fields, list) or not fields:
            raise _refused(400, "Missing value: 'fields' is a required field")
        sort = asked.get("sort") or fields[0]
        if sort not in fields:
            raise _refused(400, f"Sort value not found in requested fields: '{sort}'")
        found = self._found(asked)
        found.sort(key=lambda one: (one[sort], one["internal_id"]), reverse=asked.get("order", "desc") == "desc")
        pair = asked.get("last_record_sort_value"), asked.get("last_record_unique_id")
        if (pair[0] is None) != (pair[1] is None):
            raise _refused(500, "Using search_after functionality requires both values.")
        if pair[1] is None:
            start = (page - 1) * limit
            if start >= WINDOW:
                told = f"Page #{page} with limit {limit} is over the maximum result limit {WINDOW}."
                raise _refused(422, f"{told} Please provide the 'last_record_sort_value' and 'last_record_unique_id'.")
            more = min(len(found), WINDOW) - start > limit
        else:
            start = self._behind(found, sort, *pair)
            more = len(found) - start > limit
        part = found[start : start + limit]
        return {
            "limit": limit,
            "results": [_shown(award, fields) for award in part],
            "page_metadata": {"page": page, "hasNext": more, **_pair(part[-1] if more else None, sort)},
            "messages": ["For searches, time period start and end dates are currently limited to 2007-10-01."],
        }

    def _found(self, asked: Record) -> list[Record]:
        """Return the awards of some kinds, that have a date within one of the periods, both ends of it included."""
        filters = asked.get("filters") or {}
        codes = set(filters.get("award_type_codes") or [])
        if not codes:
            raise _refused(400, "Missing value: 'filters|award_type_codes' is a required field")
        if not codes <= _CONTRACTS:
            raise _refused(422, "'award_type_codes' must only contain types from one group.")
        periods = [_period(one) for one in filters.get("time_period") or []]
        return [
            one
            for one in self._awards
            if one["type"] in codes and (not periods or any(low <= one[field] <= high for field, low, high in periods))
        ]

    @staticmethod
    def _behind(found: list[Record], sort: str, value: Any, identity: Any) -> int:
        """Return where the awards begin that come after the one with that pair."""
        for position, award in enumerate(found):
            if str(award["internal_id"]) == str(identity) and _sort_value(award, sort) == str(value):
                return position + 1
        return len(found)

    @staticmethod
    def _transactions(asked: Record, award: Record) -> Record:
        page, limit = _number(asked, "page", 1), min(_number(asked, "limit", 10), MOST)
        found, start = _transactions_of(award), (page - 1) * limit
        more = start + limit < len(found)
        told = {"page": page, "next": page + 1 if more else None, "hasNext": more}
        told |= {"previous": page - 1 if page > 1 else None, "hasPrevious": page > 1}
        return {"page_metadata": told, "results": found[start : start + limit]}


def _asked(call: Call) -> Record:
    if not isinstance(call.json, dict):
        raise _refused(400, "JSON parse error")
    return call.json


def _number(asked: Record, name: str, default: int) -> int:
    value = asked.get(name, default)
    if not isinstance(value, int) or value < 1:
        raise _refused(422, f"Invalid value in '{name}'. '{value}' is not a valid integer")
    if name == "limit" and value > 100:
        raise _refused(422, f"Field '{name}' value '{value}' is above max '100'")
    return value


def _period(asked: Record) -> tuple[str, str, str]:
    field = _DATES.get(asked.get("date_type", "action_date"))
    low, high = str(asked.get("start_date")), str(asked.get("end_date"))
    if field is None or not all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) for date in (low, high)):
        raise _refused(422, "Invalid value in 'filters|time_period': YYYY-MM-DD dates are expected.")
    if low < "2007-10-01":
        raise _refused(422, "Value for start_date must be on or after 2007-10-01.")
    return field, low, high


def _sort_value(award: Record, sort: str) -> str:
    """Return what the search sorts by, as a text: of a date, its milliseconds."""
    value = award[sort]
    return str(int((epoch_of(value) or 0) * 1000)) if sort.endswith("Date") else str(value)


def _pair(last: Record | None, sort: str) -> Record:
    if last is None:
        return {"last_record_unique_id": None, "last_record_sort_value": "None"}
    return {"last_record_unique_id": last["internal_id"], "last_record_sort_value": _sort_value(last, sort)}


def _refused(status: int, detail: str) -> Refused:
    return Refused(Answer(status, {"detail": detail}))


def _shown(award: Record, fields: list[str]) -> Record:
    """Return an award as the search shows it: what is asked for and unknown is null."""
    return (
        {"internal_id": award["internal_id"]}
        | {name: award.get(name) for name in fields}
        | {"generated_internal_id": award["generated_internal_id"]}
    )


def _below(award: Record, record: Record) -> Record:
    return {"_awards_generated_internal_id": award["generated_internal_id"]} | record


def _day(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).date().isoformat()


EXAMPLE_FIELDS = [
    "Award ID",
    "Recipient Name",
    "Award Amount",
    "Awarding Agency",
    "Start Date",
    "End Date",
    "Last Modified Date",
]


def _award(number: int, made: float) -> Record:
    seed = Seed(f"usaspending award {number}")
    piid = f"W{seed.whole(10, 99)}HQ25C{number:04}"
    start = datetime.fromtimestamp(made, UTC)
    return {
        "internal_id": 170_000_000 + number,
        "generated_internal_id": f"CONT_AWD_{piid}_9700_-NONE-_-NONE-",
        "type": seed.pick(("A", "B", "C", "D")),
        "Award ID": piid,
        "Recipient Name": seed.person().upper(),
        "Award Amount": seed.money(2_000_000),
        "Awarding Agency": seed.pick(("Department of Defense", "Department of Energy")),
        "Start Date": start.date().isoformat(),
        "End Date": seed.pick((None, (start + timedelta(days=365)).date().isoformat())),
        "Last Modified Date": start.date().isoformat(),
        "modifications": 33 if number == 12 else seed.whole(0, 2),
    }


def _detail(award: Record) -> Record:
    seed = Seed(f"usaspending detail {award['internal_id']}")
    officers = [{"name": seed.person(), "amount": seed.money()} for _ in range(seed.whole(0, 3))]
    return {
        "id": award["internal_id"],
        "generated_unique_award_id": award["generated_internal_id"],
        "piid": award["Award ID"],
        "type": award["type"],
        "category": "contract",
        "description": seed.pick((None, seed.words(5).upper())),
        "total_obligation": award["Award Amount"],
        "base_and_all_options": award["Award Amount"],
        "executive_details": {"officers": officers},
        "recipient": {"recipient_name": award["Recipient Name"], "location": {"country_name": "UNITED STATES"}},
        "parent_award": None,
        "cfda_info": [],
    }


def _transactions_of(award: Record) -> list[Record]:
    return [
        {
            "id": f"CONT_TX_{award['Award ID']}_{n}",
            "type": award["type"],
            "action_date": award["Start Date"],
            "modification_number": "0" if n == 0 else f"P{n:05}",
            "federal_action_obligation": award["Award Amount"] if n == 0 else Decimal("0.05") * n,
            "description": None,
        }
        for n in range(award["modifications"] + 1)
    ]

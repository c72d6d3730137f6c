"""Donations, nested as a fund-raising platform sends them, with the irregularities that such answers have.

Every donation is drawn from its own number: `donation(17, ...)` is the same wherever and whenever it is made.
"""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from demo import words
from demo.campaigns import CAMPAIGNS
from demo.json_text import Record

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DONATIONS = 5200
ARRAYS = ("line_items", "channels", "dedications")
DAYS = 650  # donations of version 1 were given from 2024-01-01 on for so long, last touched in two weeks more


def first_donations() -> list[Record]:
    """Return the donations of version 1."""
    return [_first_donation(number) for number in range(1, DONATIONS + 1)]


def donation(number: int, created: datetime, updated: datetime) -> Record:
    """Return donation `number` as given at `created` and last touched at `updated`."""
    draw = Random(f"donation {number}")
    items = [line_item(draw) for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4)))]
    record: Record = {
        "id": f"don_{number:05}",
        "object": "donation",
        "campaign_id": None if draw.random() < 0.05 else draw.randint(1, CAMPAIGNS),
        "status": draw.choice(("succeeded", "succeeded", "succeeded", "pending", "refunded")),
        "amount": money(draw, draw.randint(500, 50_000)),
        "fee": f"{draw.randint(30, 999) / 100:.2f}",
        "currency": draw.choice(("USD", "USD", "USD", "CAD", "EUR")),
        "exchange_rate": Decimal(draw.choice(("1", "1.0", "0.7312", "1.0843", "1.084310"))),
        "recurring": draw.random() < 0.3,
        "reference": draw.randint(100_000, 999_999),
        "Gift Aid": draw.choice((True, False, None)),
        "group": draw.choice((None, "Rotary", "Class of '98", "Équipe bleue")),
        "payment": _payment(draw),
        "donor": None if draw.random() < 0.01 else donor(draw),
        "line_items": items,
        "channels": draw.sample(words.CHANNELS, draw.randint(0, 3)),
        "dedications": [_dedication(draw) for _ in range(draw.choice((0, 0, 0, 1, 2)))],
        "notes": draw.choice((None, "", *words.NOTES)),
        "metadata": {},
        "cancelled_at": None,
        "created_at": stamp(draw, created),
        "updated_at": stamp(draw, updated),
    }
    return _with_gaps(draw, record)


def line_item(draw: Random) -> Record:
    """Return one thing that was given, with tags (scalars) and options (objects with arrays of their own)."""
    sku, title, cents = draw.choice(words.GOODS)
    item: Record = {
        "sku": sku,
        "title": title,
        "quantity": draw.randint(1, 5),
        "unit_price": money(draw, cents),
        "tags": draw.sample(words.TAGS, draw.choice((0, 1, 1, 2, 3))),
        "options": [
            {"name": name, "choices": draw.sample(choices, draw.randint(0, len(choices)))}
            for name, choices in (("size", ("S", "M", "L")), ("color", ("red", "grün")))
            if draw.random() < 0.25
        ],
    }
    if draw.random() < 0.04:
        item["tags"] = draw.choice((None, ["matched", None]))
    if draw.random() < 0.04:
        del item[draw.choice(("tags", "options"))]
    return item


def donor(draw: Random) -> Record:
    """Return who gave; some have no address, some no e-mail, some an empty one."""
    name = words.name(draw)
    mail = f"{name['first']}.{name['last']}@example.org".lower().replace(" ", "-")
    person: Record = {
        "name": name,
        "email": draw.choice((mail, mail, mail, mail, "", None)),
        "address": None if draw.random() < 0.05 else address(draw),
        "consent": {
            "email": draw.random() < 0.7,
            "post": draw.choice((True, False, None)),
            "asked_at": stamp(draw, FIRST_DAY + timedelta(hours=draw.randint(0, 9000))),
        },
    }
    if draw.random() < 0.08:
        del person[draw.choice(("email", "address", "consent"))]
    return person


def address(draw: Random) -> Record:
    """Return an address; postal codes are text, some with a leading zero, and not every country has states."""
    city, state, postal_code, country = draw.choice(words.PLACES)
    street = f"{draw.randint(1, 999)} {draw.choice(words.STREETS)}"
    return {"street": street, "city": city, "state": state, "postal_code": postal_code, "country": country}


def money(draw: Random, cents: int) -> Any:
    """Return an amount in one of the forms that the platform's several systems write: `12.50`, `"12.50"`, `12`."""
    form = draw.random()
    if form < 0.15:
        return cents // 100
    amount = f"{cents // 100}.{cents % 100:02}"
    return amount if form < 0.4 else Decimal(amount)


def stamp(draw: Random, instant: datetime) -> str:
    """Return the instant with `Z`, with milliseconds, or with an offset: so the order of texts is not that of time."""
    form = draw.random()
    if form < 0.6:
        return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    if form < 0.7:
        return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return instant.astimezone(timezone(timedelta(hours=2 if form < 0.85 else -5))).isoformat(timespec="seconds")


def _first_donation(number: int) -> Record:
    draw = Random(f"times {number}")
    seconds_apart = DAYS * 86_400 // DONATIONS
    created = FIRST_DAY + timedelta(seconds=number * seconds_apart + draw.randint(0, seconds_apart - 1))
    updated = created + timedelta(seconds=draw.choice((0, draw.randint(60, 14 * 86_400))))
    if draw.random() < 0.05:  # the platform's own weekly job touches many donations in the same second
        updated = created.replace(hour=2, minute=0, second=0) + timedelta(days=7 - created.weekday())
    return donation(number, created, updated)


def _payment(draw: Random) -> Record:
    payment: Record = {
        "method": draw.choice(("card", "card", "bank", "check")),
        "transaction": draw.randint(2**53 + 1, 2**63 - 1),  # no double holds it
        "ledger_entry": draw.randint(10**21, 10**25),  # no 64 bits hold it
    }
    if payment["method"] == "card":
        payment["card"] = {"brand": draw.choice(("visa", "amex")), "last4": f"{draw.randint(0, 9999):04}"}
    return payment


def _dedication(draw: Random) -> Record:
    kind, message = draw.choice(("memory", "honor")), draw.choice((None, "", "❤"))
    return {"kind": kind, "name": draw.choice(words.FIRST_NAMES), "message": message}


def _with_gaps(draw: Random, record: Record) -> Record:
    if draw.random() < 0.05:
        record[draw.choice(ARRAYS)] = draw.choice((None, []))
    if draw.random() < 0.08:
        del record[draw.choice((*ARRAYS, "Gift Aid", "group", "notes", "exchange_rate"))]
    return record

"""Eventbrite v3: pages of no certain size, behind a `continuation` or by number until the error `BAD_PAGE`.

Served below `/v3/organizations/{id}/` are `events`, `orders` (`changed_since`) and `venues`, whose pages have numbers
and no counts; and `events/{id}/ticket_classes` and `events/{id}/attendees` (`changed_since`). Lists with a
`continuation` take a `page` as well.

A page has about 50 objects in real life, here about `SIZE`. The limits of 2,000 calls an hour and 48,000 a day are one
of a few calls here, and a refusal does not say for how long.
"""

import base64
import re
import time
from typing import ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import YEAR_2025, epoch_of, iso
from .seeds import Seed

TOKEN = "emulated-eventbrite-token"
ORGANIZATION = "174000"
SIZE = 10
_ROUGHLY = (0, 3, -4, 1)  # what the pages one after the other have more than SIZE


class Eventbrite(Emulator):
    """Events and tickets: rough page sizes, continuations, a list that ends with an error."""

    name = "eventbrite"
    base_path = "/v3"
    secrets: ClassVar = {"HEADWATER_SECRET_EVENTBRITE_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._hour = Gate(30, closed_seconds=0.4, clock=clock)
        self._venues = [_venue(n) for n in range(1, 35)]
        self._events = [_event(n, made) for n, made in enumerate(Seed("eventbrite events").epochs(24), 1)]
        self._orders = [_order(n, made) for n, made in enumerate(Seed("eventbrite orders").epochs(60), 1)]
        self._classes = {event["id"]: _ticket_classes(event) for event in self._events}
        self._attendees = {event["id"]: _attendees(event, n) for n, event in enumerate(self._events)}

    def answer(self, call: Call) -> Answer:
        """Return a page, or the API's own error."""
        self._authorize(call)
        if self._hour.wait_seconds():
            raise _refused(429, "HIT_RATE_LIMIT", "Your token has reached the rate limit")
        found = re.fullmatch(r"/v3/(organizations|events)/(\d+)/(\w+)/?", call.path)
        if call.method != "GET" or not found:
            raise _refused(404, "NOT_FOUND", "The path you requested does not exist.")
        return Answer(200, self._page(call, *found.groups()))

    def truth(self) -> dict[str, list[Record]]:
        """Return the records; those of an event with its id."""
        return {
            "venues": self._venues,
            "events": self._events,
            "orders": self._orders,
            "ticket_classes": [_below(event, one) for event in self._events for one in self._classes[event["id"]]],
            "attendees": [_below(event, one) for event in self._events for one in self._attendees[event["id"]]],
        }

    def change(self) -> dict[str, list[Record]]:
        """Check an attendee in, sell a ticket, refund an order, and take over an event whose attendees are old."""
        now = iso(self.clock())
        event, order = self._events[2], self._orders[7]
        here = self._attendees[event["id"]]
        here[0] |= {"checked_in": True, "status": "Checked In", "changed": now}
        here.append(_attendee(Seed("eventbrite sold"), event, 900) | {"created": now, "changed": now})
        order |= {"status": "refunded", "changed": now}
        taken = _event(900, YEAR_2025)
        self._events.append(taken)
        self._classes[taken["id"]], self._attendees[taken["id"]] = _ticket_classes(taken), _attendees(taken, 1)
        attendees = [_below(event, one) for one in (here[0], here[-1])]
        return {
            "attendees": attendees + [_below(taken, one) for one in self._attendees[taken["id"]]],
            "orders": [order],
        }

    @staticmethod
    def _authorize(call: Call) -> None:
        given = call.headers.get("Authorization")
        if given is None:
            raise _refused(401, "NO_AUTH", "An OAuth token is required for all requests")
        if not given.startswith("Bearer "):
            raise _refused(400, "INVALID_AUTH_HEADER", "Your Authorization header is malformed.")
        if given != f"Bearer {TOKEN}":
            raise _refused(400, "INVALID_AUTH", "The OAuth token you provided was invalid.")

    def _page(self, call: Call, kind: str, identity: str, name: str) -> Record:
        if kind == "organizations" and identity != ORGANIZATION:
            raise _refused(403, "NOT_AUTHORIZED", "You do not have permission to access the resource you requested.")
        if kind == "organizations" and name == "venues":
            return _numbered(call, name, self._venues)
        lists = {"events": self._events, "orders": self._orders} if kind == "organizations" else {}
        if kind == "events" and identity in self._attendees:
            lists = {"ticket_classes": self._classes[identity], "attendees": self._attendees[identity]}
        if name not in lists:
            raise _refused(404, "NOT_FOUND", "The path you requested does not exist.")
        records = lists[name]
        return _continued(call, name, _changed(call, records) if name in ("orders", "attendees") else records)


def _changed(call: Call, records: list[Record]) -> list[Record]:
    """Return the records that changed at or after `changed_since`, which is a moment in UTC and ends with `Z`."""
    text = call.one("changed_since")
    if text is None:
        return records
    since = epoch_of(text) if text.endswith("Z") else None
    if since is None:
        raise _refused(400, "ARGUMENTS_ERROR", "There are errors with your arguments: changed_since - INVALID")
    return [one for one in records if (epoch_of(one["changed"]) or 0) >= since]


def _pages(records: list[Record]) -> list[list[Record]]:
    """Return the records as the pages that this API makes of them; a list without records has one page."""
    pages: list[list[Record]] = []
    start = 0
    while start < len(records) or not pages:
        size = SIZE + _ROUGHLY[len(pages) % len(_ROUGHLY)]
        pages.append(records[start : start + size])
        start += size
    return pages


def _number(call: Call, count: int) -> int:
    """Return the number of the page that is asked for; one that does not exist is refused."""
    text = call.one("continuation")
    try:
        number = int(base64.b64decode(text).decode().removeprefix("page:")) if text else int(call.one("page") or 1)
    except ValueError:
        raise _refused(400, "BAD_CONTINUATION_TOKEN", "The continuation token is invalid.") from None
    if not 1 <= number <= count:
        raise _refused(400, "BAD_PAGE", f"Page number {number} does not exist.")
    return number


def _continued(call: Call, name: str, records: list[Record]) -> Record:
    pages = _pages(records)
    number = _number(call, len(pages))
    more = number < len(pages)
    told: Record = {
        "object_count": len(records),
        "page_number": number,
        "page_size": SIZE,
        "page_count": len(pages),
        "has_more_items": more,
    }
    if more:
        told["continuation"] = base64.b64encode(f"page:{number + 1}".encode()).decode()
    return {"pagination": told, name: pages[number - 1]}


def _numbered(call: Call, name: str, records: list[Record]) -> Record:
    pages = _pages(records)
    number = _number(call, len(pages))
    return {"pagination": {"page_number": number, "page_size": SIZE}, name: pages[number - 1]}


def _refused(status: int, error: str, told: str) -> Refused:
    return Refused(Answer(status, {"status_code": status, "error_description": told, "error": error}))


def _below(event: Record, record: Record) -> Record:
    return {"_events_id": event["id"]} | record


def _text(words: str) -> Record:
    return {"text": words, "html": f"<p>{words}</p>"}


def _money(seed: Seed) -> Record:
    amount = seed.money()
    return {
        "currency": "USD",
        "value": int(amount * 100),
        "major_value": f"{amount:.2f}",
        "display": f"${amount:,.2f}",
    }


def _venue(number: int) -> Record:
    seed = Seed(f"eventbrite venue {number}")
    address = {"city": seed.words(1).title(), "region": None, "latitude": f"{seed.whole(25, 48)}.7101", "country": "US"}
    return {
        "id": str(3000 + number),
        "name": seed.words(2).title(),
        "capacity": seed.whole(20, 900),
        "address": address,
    }


def _event(number: int, made: float) -> Record:
    seed = Seed(f"eventbrite event {number}")
    return {
        "id": str(88_000_000_000 + number),
        "name": _text(seed.words(3)),
        "description": seed.pick((None, _text(seed.words(9)))),
        "start": {"timezone": "America/Denver", "local": iso(made)[:-1], "utc": iso(made + 25_200)},
        "capacity": seed.pick((None, seed.whole(10, 500))),
        "venue_id": str(3000 + seed.whole(1, 34)),
        "status": seed.pick(("live", "completed", "canceled")),
        "created": iso(made),
        "changed": iso(made),
    }


def _ticket_classes(event: Record) -> list[Record]:
    seed = Seed(f"eventbrite classes {event['id']}")
    return [
        {
            "id": f"{event['id']}{n}",
            "event_id": event["id"],
            "name": seed.words(1),
            "cost": None if not n else _money(seed),
        }
        for n in range(seed.whole(1, 3))
    ]


def _attendees(event: Record, number: int) -> list[Record]:
    seed = Seed(f"eventbrite attendees {event['id']}")
    count = 57 if number == 4 else 0 if number % 7 == 6 else seed.whole(1, 6)
    return [_attendee(seed, event, n) for n in range(count)]


def _attendee(seed: Seed, event: Record, number: int) -> Record:
    moment = (epoch_of(event["created"]) or 0) + 3600 * number
    answers = [
        {"question_id": str(q), "question": seed.words(4), "type": "text", "answer": seed.words(2)}
        for q in range(seed.whole(0, 2))
    ]
    if answers and seed.chance(0.3):
        del answers[0]["answer"]  # a question that was passed over has no answer at all
    identity = int(event["id"]) % 1_000_000 * 1000 + number
    return {
        "id": str(identity),
        "event_id": event["id"],
        "profile": {"name": seed.person(), "email": f"a{identity}@example.org", "addresses": {}},
        "answers": answers,
        "barcodes": [{"status": "unused", "barcode": f"{identity:016}", "is_printed": False}],
        "costs": {"base_price": _money(seed), "gross": _money(seed)},
        "checked_in": False,
        "status": "Attending",
        "created": iso(moment),
        "changed": iso(moment),
    }


def _order(number: int, made: float) -> Record:
    seed = Seed(f"eventbrite order {number}")
    return {
        "id": str(1_000_000 + number),
        "name": seed.person(),
        "costs": {"base_price": _money(seed), "eventbrite_fee": _money(seed), "gross": _money(seed)},
        "event_id": str(88_000_000_000 + seed.whole(1, 24)),
        "status": "placed",
        "created": iso(made),
        "changed": iso(made),
    }

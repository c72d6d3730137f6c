"""Stripe's API v1: lists that go on behind the last record's id, newest first, with lists cut inside of records.

Served are `GET /v1/` with `customers`, `charges`, `invoices`, `subscriptions` and `events`, which take `limit`,
`starting_after`, `ending_before` and `created[gte|gt|lt|lte]`; `invoices/{id}/lines` and
`subscription_items?subscription=`, where the cut lists go on; and `charges/search?query=created>1735689600&limit&page`.
"""

import base64
import re
import time
from collections.abc import Callable
from typing import ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .seeds import Seed, found
from .signs import HOLDS

KEY = "emulated-stripe-key"
EMBEDDED = 10  # so many elements a list inside of a record has; the others have an endpoint of their own
LISTS = ("customers", "charges", "invoices", "subscriptions", "events")
_CREATED = re.compile(r"created\s*(>=|<=|>|<)\s*(\d+)")


class Stripe(Emulator):
    """Payments: cursor from the last record, embedded lists cut at 10, events for what changed."""

    name = "stripe"
    base_path = "/v1"
    secrets: ClassVar = {"HEADWATER_SECRET_STRIPE_API_KEY": KEY}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._rate = Gate(15, closed_seconds=0.2, clock=clock)
        self._lists = {
            "customers": _newest_first(_customer, 120),
            "charges": _newest_first(_charge, 260),
            "invoices": _newest_first(_invoice, 40),
            "subscriptions": _newest_first(_subscription, 30),
        }
        self._lists["events"] = [
            _event(n, charge["created"], "charge.succeeded", charge)
            for n, charge in enumerate(self._lists["charges"][:60])
        ]

    def answer(self, call: Call) -> Answer:
        """Return a list, an embedded list, or the API's own error."""
        self._authorize(call)
        if self._rate.wait_seconds():
            raise _refused(429, "Request rate limit exceeded.", reason="global-rate")
        if call.method != "GET":
            raise _refused(405, f"{call.method} is not emulated")
        path = call.path.removeprefix("/v1/")
        if path in LISTS:
            return _listed(call, [_cut(one) for one in self._lists[path]])
        if lines := re.fullmatch(r"invoices/(\w+)/lines", path):
            return _listed(call, self._inside("invoices", lines[1], "lines"))
        if path == "subscription_items":
            return _listed(call, self._inside("subscriptions", call.one("subscription") or "", "items"))
        if path == "charges/search":
            return self._search(call)
        raise _refused(404, f"Unrecognized request URL ({call.method}: {call.path}).")

    def truth(self) -> dict[str, list[Record]]:
        """Return the records, each with all of its lists' elements."""
        return self._lists

    def change(self) -> dict[str, list[Record]]:
        """Make a charge and an invoice; tell a refund of an old charge, which only an event shows."""
        now = int(self.clock())
        charge = _charge(len(self._lists["charges"]), now)
        invoice = _invoice(len(self._lists["invoices"]), now, lines=23)
        self._lists["charges"][-1]["amount_refunded"] = 500
        refunded = _event(900, now, "charge.refunded", self._lists["charges"][-1])
        made = {"charges": [charge], "invoices": [invoice], "events": [refunded]}
        for name, records in made.items():
            self._lists[name] = records + self._lists[name]
        return made

    def _authorize(self, call: Call) -> None:
        kind, _, credentials = call.headers.get("Authorization", "").partition(" ")
        if not credentials:
            raise _refused(401, "You did not provide an API key.")
        key = credentials
        if kind == "Basic":
            user, _, password = base64.b64decode(credentials).decode().partition(":")
            key = user if not password else ""
        if key != KEY:
            raise _refused(401, "Invalid API Key provided: " + "*" * 8)

    def _inside(self, name: str, identity: str, field: str) -> list[Record]:
        position = found(self._lists[name], "id", identity)
        if position is None:
            raise _missing(name, identity, "id")
        elements: list[Record] = self._lists[name][position][field]["data"]
        return elements

    def _search(self, call: Call) -> Answer:
        bounds = _CREATED.findall(call.one("query") or "")
        if not bounds:
            raise _refused(400, "We were unable to parse your search query.", param="query")
        hits = [one for one in self._lists["charges"] if all(_holds(one["created"], *bound) for bound in bounds)]
        limit, start = _limit(call), int(base64.urlsafe_b64decode(call.one("page") or b"MA==") or 0)
        more = start + limit < len(hits)
        following = base64.urlsafe_b64encode(str(start + limit).encode()).decode() if more else None
        body = {"object": "search_result", "url": "/v1/charges/search", "has_more": more, "next_page": following}
        return Answer(200, body | {"data": hits[start : start + limit]})


def _listed(call: Call, records: list[Record]) -> Answer:
    """Return the part of the records that the call asks for: so many after or before one of them."""
    limit, after, before = _limit(call), call.one("starting_after"), call.one("ending_before")
    if after and before:
        raise _refused(400, "You may only specify one of these parameters: starting_after, ending_before.")
    if after or before:
        # The place is looked for among all of them: it may lie outside of the span that is asked for.
        position = found(records, "id", after or before)
        if position is None:
            raise _missing(
                call.path.rpartition("/")[2], str(after or before), "starting_after" if after else "ending_before"
            )
        records = records[position + 1 :] if after else records[:position]
    records = [one for one in records if _in_span(call, one)]
    part = records[-limit:] if before else records[:limit]
    body = {"object": "list", "url": call.path, "has_more": len(records) > limit, "data": part}
    return Answer(200, body, {"Request-Id": "req_emulated", "Stripe-Version": "2024-06-20"})


def _limit(call: Call) -> int:
    text = call.one("limit", "10") or ""
    if not text.isdecimal():
        raise _refused(400, f"Invalid integer: {text}", param="limit")
    if not 1 <= int(text) <= 100:
        raise _refused(400, f"This value must be between 1 and 100 (it currently is '{text}').", param="limit")
    return int(text)


def _in_span(call: Call, record: Record) -> bool:
    signs = {"gte": ">=", "gt": ">", "lt": "<", "lte": "<="}
    bounds = [(signs[name], call.one(f"created[{name}]")) for name in signs]
    return all(bound is None or _holds(record["created"], sign, bound) for sign, bound in bounds)


def _holds(value: int, sign: str, bound: str) -> bool:
    if not bound.isdecimal():
        raise _refused(400, f"Invalid integer: {bound}", param="created")
    return HOLDS[sign](value, int(bound))


def _cut(record: Record) -> Record:
    """Return the record with its embedded lists as far as an answer shows them."""
    lists = {
        field: value for field, value in record.items() if isinstance(value, dict) and value.get("object") == "list"
    }
    cut = {
        field: value | {"has_more": len(value["data"]) > EMBEDDED, "data": value["data"][:EMBEDDED]}
        for field, value in lists.items()
    }
    return record | cut


def _refused(status: int, message: str, *, code: str = "", param: str = "", reason: str = "") -> Refused:
    told = {"type": "invalid_request_error", "code": code, "param": param, "message": message}
    headers = {"Stripe-Rate-Limited-Reason": reason} if reason else {}
    return Refused(Answer(status, {"error": {name: text for name, text in told.items() if text}}, headers))


def _missing(kind: str, identity: str, param: str) -> Refused:
    return _refused(
        400 if param != "id" else 404, f"No such {kind.rstrip('s')}: '{identity}'", code="resource_missing", param=param
    )


def _customer(number: int, created: int) -> Record:
    seed = Seed(f"stripe customer {number}")
    metadata = {seed.pick(("plan", "Plan", "ref-no", "tier")): seed.words(1) for _ in range(seed.whole(0, 3))}
    return {
        "id": f"cus_{number:03}{seed.code(8)}",
        "object": "customer",
        "created": created,
        "name": seed.person(),
        "email": f"c{number}@example.org",
        "balance": seed.whole(-5000, 5000),
        "delinquent": seed.chance(0.1),
        "address": {"city": seed.words(1), "country": "US", "line2": None} if seed.chance(0.7) else None,
        "metadata": metadata,
        "preferred_locales": seed.some(("en", "es", "fr"), 2),
    }


def _charge(number: int, created: int) -> Record:
    seed = Seed(f"stripe charge {number}")
    card = {"brand": seed.pick(("visa", "amex")), "last4": f"{seed.whole(0, 9999):04}", "exp_month": seed.whole(1, 12)}
    return {
        "id": f"ch_{number:03}{seed.code(10)}",
        "object": "charge",
        "created": created,
        "amount": seed.whole(100, 900_000),
        "amount_refunded": 0,
        "currency": seed.pick(("usd", "jpy")),
        "customer": None if seed.chance(0.2) else f"cus_{seed.whole(0, 119):03}",
        "paid": True,
        "payment_method_details": {"type": "card", "card": card},
        "metadata": {},
        "failure_message": None,
    }


def _invoice(number: int, created: int, lines: int | None = None) -> Record:
    seed = Seed(f"stripe invoice {number}")
    identity = f"in_{number:03}{seed.code(10)}"
    count = lines if lines is not None else seed.pick((0, 1, 2, 3, 10, 11, 25))
    data = [
        {
            "id": f"il_{number:03}x{n:03}",
            "object": "line_item",
            "amount": seed.whole(-2000, 50_000),
            "description": seed.words(2),
            "quantity": seed.whole(1, 5),
            "metadata": {},
            "period": {"start": created, "end": created + 86_400},
        }
        for n in range(count)
    ]
    return {
        "id": identity,
        "object": "invoice",
        "created": created,
        "customer": f"cus_{seed.whole(0, 119):03}",
        "currency": "usd",
        "total": sum(line["amount"] for line in data),
        "status": "paid",
        "lines": {
            "object": "list",
            "data": data,
            "has_more": count > EMBEDDED,
            "url": f"/v1/invoices/{identity}/lines",
        },
        "metadata": {"order": seed.code(6)},
    }


def _subscription(number: int, created: int) -> Record:
    seed = Seed(f"stripe subscription {number}")
    identity = f"sub_{number:03}{seed.code(10)}"
    data = [
        {
            "id": f"si_{number:03}x{n:03}",
            "object": "subscription_item",
            "quantity": seed.whole(1, 9),
            "price": {
                "id": f"price_{seed.whole(1, 9)}",
                "unit_amount": seed.whole(100, 9999),
                "unit_amount_decimal": f"{seed.whole(100, 9999)}.5",
            },
        }
        for n in range(seed.pick((1, 1, 2, 12)))
    ]
    url = f"/v1/subscription_items?subscription={identity}"
    return {
        "id": identity,
        "object": "subscription",
        "created": created,
        "status": seed.pick(("active", "canceled")),
        "items": {"object": "list", "data": data, "has_more": len(data) > EMBEDDED, "url": url},
        "metadata": {},
    }


def _event(number: int, created: int, kind: str, about: Record) -> Record:
    return {
        "id": f"evt_{number:04}",
        "object": "event",
        "created": created,
        "type": kind,
        "data": {"object": dict(about)},
        "pending_webhooks": 0,
    }


def _newest_first(make: Callable[[int, int], Record], count: int) -> list[Record]:
    moments = Seed(f"stripe {count}").epochs(count)
    return [make(number, created) for number, created in reversed(list(enumerate(moments)))]

"""HubSpot's CRM API v3: lists behind `paging.next.after`, and a search that refuses to go past a cap.

Served are `GET /crm/v3/objects/companies` and `contacts` (`limit`, `after`, `properties`, `associations`, `archived`)
and `POST /crm/v3/objects/{contacts|companies|deals}/search`.

The real cap of a search is 10,000 records and its ten-second window lasts ten seconds; here they are `SEARCH_CAP` and
one second, so that a small reading meets both.
"""

import re
import time
from decimal import Decimal
from typing import Any, ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import epoch_of
from .seeds import Seed
from .signs import HOLDS

TOKEN = "emulated-hubspot-token"
SEARCH_CAP = 60
_DAILY = 250_000
_PATH = re.compile(r"/crm/v3/objects/(companies|contacts|deals)(/search)?")


class HubSpot(Emulator):
    """A CRM: paging absent at the end, all properties text, a search that ends at its cap."""

    name = "hubspot"
    secrets: ClassVar = {"HEADWATER_SECRET_HUBSPOT_ACCESS_TOKEN": TOKEN}
    overrides: ClassVar = {"streams.deals.cursor.most": str(SEARCH_CAP)}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._ten_seconds = Gate(16, closed_seconds=1, clock=clock)
        self._objects = {
            "companies": [_company(n, made) for n, made in enumerate(Seed("hubspot companies").epochs(130), 1)],
            "contacts": [_contact(n, made) for n, made in enumerate(Seed("hubspot contacts").epochs(210), 1)],
            "deals": [_deal(n, made) for n, made in enumerate(Seed("hubspot deals").epochs(220), 1)],
        }

    def answer(self, call: Call) -> Answer:
        """Return a page of a list or of a search, or the API's own error."""
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise _refused(401, "Authentication credentials not found.", category="INVALID_AUTHENTICATION")
        is_open = not self._ten_seconds.wait_seconds()
        found = _PATH.fullmatch(call.path)
        if not is_open:
            message = "You have reached your ten_secondly_rolling limit."
            raise _refused(429, message, self._rate(), errorType="RATE_LIMIT", policyName="TEN_SECONDLY_ROLLING")
        if found and found[2] and call.method == "POST":
            return Answer(200, self._searched(found[1], call.json))  # a search has no headers of its limits
        if found and not found[2] and call.method == "GET":
            return Answer(200, self._listed(call, found[1]), self._rate())
        raise _refused(404 if not found else 405, "resource not found", self._rate(), category="OBJECT_NOT_FOUND")

    def truth(self) -> dict[str, list[Record]]:
        """Return the records with the properties and associations that the example asks for."""
        wanted = {"companies": COMPANY, "contacts": CONTACT, "deals": DEAL}
        associated = {"contacts": ["companies"]}
        return {
            name: [_shown(one, wanted[name], associated.get(name, [])) for one in self._objects[name]]
            for name in wanted
        }

    def change(self) -> dict[str, list[Record]]:
        """Win an old deal and open a new one."""
        now = self.clock()
        old, new = self._objects["deals"][4], _deal(900, now)
        old["properties"] |= {"dealstage": "closedwon", "hs_lastmodifieddate": _milliseconds(now)}
        old["updatedAt"] = _milliseconds(now)
        self._objects["deals"].append(new)
        return {"deals": [_shown(one, DEAL, []) for one in (old, new)]}

    def _rate(self) -> dict[str, str]:
        rate = {
            "Daily": _DAILY,
            "Daily-Remaining": _DAILY - len(self.calls),
            "Interval-Milliseconds": 1000,
            "Max": 16,
            "Remaining": max(0, self._ten_seconds.remaining),
            "Secondly": 10,
            "Secondly-Remaining": 9,
        }
        return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in rate.items()}

    def _listed(self, call: Call, kind: str) -> Record:
        limit = call.whole("limit", 10)
        if not 1 <= limit <= 100:
            raise _refused(400, f"limit must be between 1 and 100, not {limit}", category="VALIDATION_ERROR")
        wanted = (call.one("properties") or "hs_object_id,createdate").split(",")
        associated = [name for name in (call.one("associations") or "").split(",") if name]
        records = [] if call.one("archived") == "true" else self._objects[kind]
        start = self._place(kind, call.one("after"))
        part = [_shown(one, wanted, associated) for one in records[start : start + limit]]
        if start + limit >= len(records):
            return {"results": part}
        after = records[start + limit]["id"]
        return {
            "results": part,
            "paging": {"next": {"after": after, "link": f"{call.origin}{call.path}?after={after}"}},
        }

    def _place(self, kind: str, after: str | None) -> int:
        if after is None:
            return 0
        for position, record in enumerate(self._objects[kind]):
            if record["id"] == after:
                return position
        raise _refused(400, "The given `after` is not valid", category="VALIDATION_ERROR")

    def _searched(self, kind: str, asked: Any) -> Record:
        asked = asked if isinstance(asked, dict) else {}
        limit, after = asked.get("limit", 10), asked.get("after") or "0"
        if not isinstance(limit, int) or not 1 <= limit <= 200 or not str(after).isdecimal():
            raise _refused(400, "Invalid input JSON: limit is 1 to 200, after a number", category="VALIDATION_ERROR")
        start = int(after)
        if start + limit > SEARCH_CAP:
            message = f"The requested page reaches beyond the first {SEARCH_CAP} results"
            raise _refused(400, message, category="VALIDATION_ERROR")
        hits = [one for one in self._objects[kind] if _matches(one, asked.get("filterGroups") or [])]
        for sort in reversed(asked.get("sorts") or []):
            name, falls = sort["propertyName"], sort.get("direction") == "DESCENDING"
            hits.sort(key=lambda one: _comparable(one["properties"].get(name)), reverse=falls)
        part = [_shown(one, asked.get("properties") or ["hs_object_id"], []) for one in hits[start : start + limit]]
        body: Record = {"total": len(hits), "results": part}
        return body | ({"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(hits) else {})


COMPANY = ["name", "domain", "createdate", "hs_lastmodifieddate"]
CONTACT = ["email", "firstname", "lastname", "createdate", "lastmodifieddate"]
DEAL = ["dealname", "amount", "dealstage", "createdate", "hs_lastmodifieddate"]
_SIGNS = {"GTE": ">=", "GT": ">", "LTE": "<=", "LT": "<", "EQ": "="}


def _matches(record: Record, groups: list[Any]) -> bool:
    """Return whether all filters of any group hold."""
    return not groups or any(all(_holds(record, one) for one in group["filters"]) for group in groups)


def _holds(record: Record, one: dict[str, Any]) -> bool:
    if one.get("operator") not in _SIGNS or not one.get("value"):
        raise _refused(400, "There was a problem with the request: filters", category="VALIDATION_ERROR")
    value, bound = _comparable(record["properties"].get(one["propertyName"])), _comparable(str(one["value"]))
    return HOLDS[_SIGNS[one["operator"]]](value, bound)


def _comparable(text: str | None) -> Decimal:
    """Return a number or a moment as what it is compared by: times compare in milliseconds."""
    if text is None:
        return Decimal(-1)
    moment = None if re.fullmatch(r"-?\d+(\.\d+)?", text) else epoch_of(text)
    return (
        Decimal(text)
        if moment is None and re.fullmatch(r"-?\d+(\.\d+)?", text)
        else Decimal(round((moment or 0) * 1000))
    )


def _shown(record: Record, properties: list[str], associated: list[str]) -> Record:
    """Return the record as an answer has it: with just the properties that are asked for, and those it always has."""
    always = ["hs_object_id", "createdate"]
    shown = {name: record["properties"].get(name) for name in dict.fromkeys([*properties, *always])}
    result = {name: value for name, value in record.items() if name != "associations"} | {"properties": shown}
    found = {name: record["associations"][name] for name in associated if name in record["associations"]}
    return result | ({"associations": found} if found else {})


def _refused(status: int, message: str, headers: dict[str, str] | None = None, **more: str) -> Refused:
    body = {"status": "error", "message": message, "correlationId": "00000000-0000-4000-8000-000000000000"}
    return Refused(Answer(status, body | more, headers or {}))


def _milliseconds(epoch: float) -> str:
    whole = int(epoch * 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole // 1000)) + f".{whole % 1000:03}Z"


def _made(identity: int, made: float, properties: dict[str, str | None], changed: str) -> Record:
    at = _milliseconds(made + 0.123)
    told = properties | {"hs_object_id": str(identity), "createdate": at, changed: at}
    return {
        "id": str(identity),
        "properties": told,
        "createdAt": at,
        "updatedAt": at,
        "archived": False,
        "associations": {},
    }


def _company(number: int, made: float) -> Record:
    seed = Seed(f"hubspot company {number}")
    return _made(
        70_000 + number, made, {"name": seed.words(2), "domain": f"c{number}.example.org"}, "hs_lastmodifieddate"
    )


def _contact(number: int, made: float) -> Record:
    seed = Seed(f"hubspot contact {number}")
    first, _, last = seed.person().partition(" ")
    properties = {"email": f"p{number}@example.org", "firstname": first, "lastname": last if seed.chance(0.9) else None}
    record = _made(501 + number, made, properties, "lastmodifieddate")
    of = [{"id": str(70_000 + seed.whole(1, 130)), "type": "contact_to_company"} for _ in range(seed.whole(0, 2))]
    record["associations"] = {"companies": {"results": of}} if of else {}
    return record


def _deal(number: int, made: float) -> Record:
    seed = Seed(f"hubspot deal {number}")
    amount = f"{seed.money():.2f}" if seed.chance(0.9) else None
    properties = {"dealname": seed.words(2), "amount": amount, "dealstage": seed.pick(("qualified", "presented"))}
    return _made(9_000_000_000 + number, made, properties, "hs_lastmodifieddate")

"""CKAN's Action API: limits that are cut without a word, links to next pages for ever, `success` in every answer.

Served below `/api/3/action/`, by GET and by POST, are `package_search` (`rows`, `start`, `sort`, `fq`),
`organization_list` (`all_fields`, `limit`, `offset`, and no total) and `datastore_search` (`resource_id`, `limit`,
`offset`, `filters`, `records_format`). A token that is wrong makes an anonymous caller, who is not told, and sees no
private dataset.

The most that a page may have are 32,000 rows, 1,000 datasets and 25 organizations in real life, and much less here.
CKAN itself has no limit of requests; the proxy of a portal often has, and answers in HTML.
"""

import json
import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import epoch_of, iso
from .seeds import Seed

TOKEN = "emulated-ckan-token"
MOST_ROWS, MOST_DATASETS, MOST_ORGANIZATIONS = 60, 30, 10
INSPECTIONS = "3f2b8d4e-0000-4000-8000-000000000001"
READINGS = "3f2b8d4e-0000-4000-8000-000000000002"  # of a private dataset
_RANGE = re.compile(r"metadata_modified:\[(\S+) TO (\S+)\]")
_ACTIONS = ("package_search", "organization_list", "datastore_search")


class Ckan(Emulator):
    """Open data of governments: limits that are cut silently, next links for ever, HTML from the proxy."""

    name = "ckan"
    base_path = "/api/3/action"
    secrets: ClassVar = {"HEADWATER_SECRET_CKAN_API_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._proxy = Gate(10, closed_seconds=1, clock=clock)
        self._datasets = [_dataset(n, made) for n, made in enumerate(Seed("ckan datasets").epochs(95), 1)]
        self._organizations = [_organization(n) for n in range(1, 26)]
        self._tables = {
            INSPECTIONS: [_inspection(n) for n in range(1, 181)],
            READINGS: [_reading(n) for n in range(1, 131)],
        }

    def answer(self, call: Call) -> Answer:
        """Return the result of an action, or the API's own error."""
        if self._proxy.wait_seconds():
            page = "<html><head><title>429 Too Many Requests</title></head><body>nginx</body></html>"
            raise Refused(Answer(429, page, {"Retry-After": "1", "Content-Type": "text/html"}))
        action = call.path.removeprefix("/api/3/action/")
        if action not in _ACTIONS or call.method not in ("GET", "POST"):
            raise Refused(Answer(400, f'"Bad request - Action name not known: {action}"'))
        asked = _asked(call, action)
        may_see_all = call.headers.get("Authorization") == TOKEN
        if action == "package_search":
            result: Any = self._search(call, asked, may_see_all)
        elif action == "organization_list":
            result = self._listed(call, asked)
        else:
            result = self._rows(call, asked, may_see_all)
        return Answer(200, {"help": _help(call, action), "success": True, "result": result})

    def truth(self) -> dict[str, list[Record]]:
        """Return the records; rows as objects, whichever way they were sent."""
        return {
            "datasets": self._datasets,
            "organizations": self._organizations,
            "inspections": self._tables[INSPECTIONS],
            "readings": self._tables[READINGS],
        }

    def change(self) -> dict[str, list[Record]]:
        """Give a dataset another title, and publish one."""
        now = self.clock()
        edited, new = self._datasets[6], _dataset(900, now)
        edited |= {"title": "Renamed", "metadata_modified": _stamp(now)}
        self._datasets.append(new)
        return {"datasets": [edited, new]}

    def _search(self, call: Call, asked: Mapping[str, Any], may_see_all: bool) -> Record:
        found = self._datasets
        if not may_see_all or str(asked.get("include_private")).lower() != "true":
            found = [one for one in found if not one["private"]]
        if asked.get("fq"):
            found = _within(call, found, str(asked["fq"]))
        field, _, direction = str(asked.get("sort") or "metadata_modified desc").split(",")[0].strip().partition(" ")
        if field not in ("metadata_modified", "metadata_created", "name"):
            raise _refused(call, "package_search", 409, "Search Query Error", f"Can't sort by {field}")
        found = sorted(found, key=lambda one: (one[field], one["id"]), reverse=direction == "desc")
        start = _number(call, asked, "start", 0)
        part = found[start : start + min(_number(call, asked, "rows", 10), MOST_DATASETS)]
        return {"count": len(found), "facets": {}, "results": part, "sort": asked.get("sort"), "search_facets": {}}

    def _listed(self, call: Call, asked: Mapping[str, Any]) -> list[Any]:
        if str(asked.get("all_fields")).lower() != "true":
            return [one["name"] for one in self._organizations]
        start, limit = _number(call, asked, "offset", 0), _number(call, asked, "limit", MOST_ORGANIZATIONS)
        return self._organizations[start : start + min(limit, MOST_ORGANIZATIONS)]

    def _rows(self, call: Call, asked: Mapping[str, Any], may_see_all: bool) -> Record:
        identity = asked.get("resource_id")
        if not identity:
            raise _refused(call, "datastore_search", 409, "Validation Error", None, resource_id=["Missing value"])
        if identity not in self._tables:
            told = f'Not found: Resource "{identity}" was not found.'
            raise _refused(call, "datastore_search", 404, "Not Found Error", told)
        if identity == READINGS and not may_see_all:
            told = "Access denied: User not authorized to read resource"
            raise _refused(call, "datastore_search", 403, "Authorization Error", told)
        start, limit = _number(call, asked, "offset", 0), min(_number(call, asked, "limit", 100), MOST_ROWS)
        rows = [row for row in self._tables[identity] if _filters(call, asked).items() <= _plain(row).items()]
        part = rows[start : start + limit]
        result: Record = {
            "include_total": True,
            "limit": limit,
            "records_format": asked.get("records_format") or "objects",
            "resource_id": identity,
            "records": [list(row.values()) for row in part] if asked.get("records_format") == "lists" else part,
            "fields": [{"id": name, "type": "int" if name == "_id" else "text"} for name in self._tables[identity][0]],
            "_links": _links(asked, start, limit),
            "total": len(rows),
            "total_was_estimated": False,
        }
        return result | ({"offset": start} if start else {})


def _asked(call: Call, action: str) -> Mapping[str, Any]:
    if call.method == "GET":
        return {name: values[-1] for name, values in call.query.items()}
    if not isinstance(call.json, dict):
        raise Refused(Answer(400, '"Bad request - JSON Error: Request data JSON decoded is not a dictionary"'))
    return call.json


def _number(call: Call, asked: Mapping[str, Any], name: str, default: int) -> int:
    text = str(asked.get(name, default))
    if not text.isdecimal():
        action = call.path.rpartition("/")[2]
        raise _refused(call, action, 409, "Validation Error", None, **{name: ["Invalid integer"]})
    return int(text)


def _within(call: Call, datasets: list[Record], fq: str) -> list[Record]:
    """Return the datasets of a Solr range, both ends included; `*` leaves an end open, `NOW` is no end here either."""
    found = _RANGE.fullmatch(fq.strip())
    low, high = (_end(found[1]), _end(found[2])) if found else (None, None)
    if low is None or high is None:
        raise _refused(call, "package_search", 409, "Search Query Error", f"SOLR returned an error: {fq}")
    high = high or float("inf")
    return [one for one in datasets if low <= (epoch_of(one["metadata_modified"]) or 0) <= high]


def _end(text: str) -> float | None:
    """Return the end of a range: 0 for one that is open, None for what is no moment in UTC."""
    if text in ("*", "NOW"):
        return 0
    return epoch_of(text) if text.endswith("Z") else None


def _filters(call: Call, asked: Mapping[str, Any]) -> dict[str, str]:
    given = asked.get("filters") or {}
    try:
        given = json.loads(given) if isinstance(given, str) else given
        return {name: str(value) for name, value in given.items()}
    except (ValueError, AttributeError):
        raise _refused(call, "datastore_search", 409, "Validation Error", None, filters=["Cannot parse JSON"]) from None


def _plain(row: Record) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}


def _links(asked: Mapping[str, Any], start: int, limit: int) -> Record:
    """Return links without a host; the next page has one, whether or not there is a next page."""
    kept = {name: value for name, value in asked.items() if name not in ("offset", "limit") and isinstance(value, str)}
    first = f"/api/3/action/datastore_search?{urlencode(kept | {'limit': limit})}"
    return {"start": first, "next": f"{first}&offset={start + limit}"}


def _help(call: Call, action: str) -> str:
    return f"{call.origin}/api/3/action/help_show?name={action}"


def _refused(call: Call, action: str, status: int, kind: str, message: str | None, **fields: list[str]) -> Refused:
    error = {"__type": kind, **({"message": message} if message else {}), **fields}
    return Refused(Answer(status, {"help": _help(call, action), "success": False, "error": error}))


def _stamp(epoch: float) -> str:
    """Return a moment in UTC as CKAN writes it: with microseconds, and without a zone."""
    return iso(epoch).replace("Z", f".{int(epoch * 7919) % 1_000_000:06}")


def _dataset(number: int, made: float) -> Record:
    seed = Seed(f"ckan dataset {number}")
    files = [
        {
            "id": f"{number:08x}-0000-4000-8000-{n:012x}",
            "format": seed.pick(("CSV", "GeoJSON", "")),
            "size": seed.pick((None, seed.whole(100, 10**10))),
            "datastore_active": seed.chance(0.5),
        }
        for n in range(seed.whole(0, 3))
    ]
    return {
        "id": f"{number:08x}-0000-4000-9000-000000000000",
        "name": f"{seed.words(1)}-{number}",
        "title": seed.words(3),
        "private": number % 30 == 0,
        "metadata_created": _stamp(made),
        "metadata_modified": _stamp(made),
        "organization": seed.pick((None, {"id": f"org-{seed.whole(1, 25)}", "title": seed.words(2)})),
        "resources": files,
        "tags": [{"id": f"t-{tag}", "name": tag, "state": "active"} for tag in seed.some(("water", "roads", "tax"), 2)],
        "groups": [],
        "extras": [{"key": "frequency", "value": seed.pick(("daily", "yearly"))}] * seed.whole(0, 1),
    }


def _organization(number: int) -> Record:
    seed = Seed(f"ckan organization {number}")
    return {
        "id": f"org-{number}",
        "name": f"office-{number}",
        "display_name": seed.words(3).title(),
        "package_count": seed.whole(0, 40),
        "is_organization": True,
    }


def _inspection(number: int) -> Record:
    seed = Seed(f"ckan inspection {number}")
    place = {"premises": seed.person(), "score": seed.pick((None, str(seed.whole(40, 100)))), "fee": seed.money()}
    return {
        "_id": number,
        "inspected": f"2025-0{seed.whole(1, 6)}-11T00:00:00",
        **place,
        "notes": seed.pick(("", "ok")),
    }


def _reading(number: int) -> Record:
    seed = Seed(f"ckan reading {number}")
    return {
        "_id": number,
        "station": f"S{number % 9}",
        "level_m": seed.money(30),
        "flags": seed.pick((None, ["ice"], [])),
    }

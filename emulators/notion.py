"""Notion's API, of version 2025-09-03: cursors in the body of a POST, relations cut at 25, times cut to the minute.

Served below `/v1/` are `GET users`, `POST search` for data sources, `POST data_sources/{id}/query` (`page_size`,
`start_cursor`, a filter by `last_edited_time`, sorts), `GET pages/{id}/properties/{property}` for the rest of a
relation, and `GET blocks/{id}/children`. With a version before 2025-09-03 the query stands at `databases/{id}/query`.

A page has at most 100 results in real life, here `MOST`; on average three requests a second are allowed, here some.
"""

import re
import time
from collections.abc import Callable
from typing import Any, ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import YEAR_2025, epoch_of, iso
from .seeds import Seed, found

TOKEN = "ntn_emulated_notion_token"
VERSION, OLD_VERSION = "2025-09-03", "2022-06-28"
MOST = 25
REFERENCES = 25  # of a relation, in a page
RELATED = "aB<c"  # the property's id, which stands percent-encoded in a page: `aB%3Cc`


class Notion(Emulator):
    """Data sources, pages and blocks: cursors in bodies, deep unions, relations that are cut."""

    name = "notion"
    base_path = "/v1"
    secrets: ClassVar = {"HEADWATER_SECRET_NOTION_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._average = Gate(25, closed_seconds=1, clock=clock)
        self._users = [_user(n) for n in range(1, 31)]
        self._sources = [_source(n) for n in range(1, 4)]
        epochs = Seed("notion pages").epochs(90)
        self._pages = [_page(n, made, self._sources[n % 7 == 0]["id"]) for n, made in enumerate(epochs, 1)]
        self._blocks = {page["id"]: _blocks(page, n) for n, page in enumerate(self._pages)}

    def answer(self, call: Call) -> Answer:
        """Return a list, or the API's own error."""
        version = self._version(call)
        if self._average.wait_seconds():
            raise _refused(429, "rate_limited", "You have been rate limited. Please try again in a few minutes.")
        path, is_old = call.path.removeprefix("/v1/"), version < VERSION
        query = re.fullmatch(r"(databases|data_sources)/([\w-]+)/query", path)
        children = re.fullmatch(r"blocks/([\w-]+)/children", path)
        related = re.fullmatch(r"pages/([\w-]+)/properties/(.+)", path)
        if call.method == "GET" and path == "users":
            return _listed(self._users, call.one("page_size"), call.one("start_cursor"))
        if call.method == "POST" and path == "search":
            return self._searched(_asked(call))
        if call.method == "POST" and query and is_old == (query[1] == "databases"):
            return self._queried(query[2], _asked(call))
        if call.method == "GET" and children:
            return self._children(call, children[1])
        if call.method == "GET" and related:
            return self._related(call, related[1], related[2])
        raise _refused(400, "invalid_request_url", "Invalid request URL.")

    def truth(self) -> dict[str, list[Record]]:
        """Return the records: pages with their data source and all that they relate to, blocks with their page."""
        return {
            "users": self._users,
            "data_sources": self._sources,
            "pages": [self._landed(page) for page in self._pages],
            "blocks": [_below(page, block) for page in self._pages for block in self._blocks[page["id"]]],
        }

    def change(self) -> dict[str, list[Record]]:
        """Edit a page and one of its blocks, and write another page."""
        now = _minute(self.clock())
        edited, new = self._pages[5], _page(900, self.clock(), self._sources[0]["id"])
        edited |= {"last_edited_time": now}
        edited["properties"]["Done"]["checkbox"] = True
        self._blocks[edited["id"]][0]["last_edited_time"] = now
        self._pages.append(new)
        self._blocks[new["id"]] = _blocks(new, 2)
        blocks = [_below(page, block) for page in (edited, new) for block in self._blocks[page["id"]]]
        return {"pages": [self._landed(edited), self._landed(new)], "blocks": blocks}

    @staticmethod
    def _version(call: Call) -> str:
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise _refused(401, "unauthorized", "API token is invalid.")
        version = call.headers.get("Notion-Version")
        if not version:
            told = "Notion-Version header failed validation: it should be defined, instead was `undefined`."
            raise _refused(400, "missing_version", told)
        if version not in (VERSION, OLD_VERSION):
            raise _refused(400, "validation_error", f"Notion-Version header failed validation: `{version}`.")
        return version

    @staticmethod
    def _landed(page: Record) -> Record:
        return {"_data_sources_id": page["parent"]["data_source_id"]} | page

    def _searched(self, asked: Record) -> Answer:
        wanted = asked.get("filter") or {}
        sources = self._sources if wanted.get("value") in (None, "data_source") else []
        pages = self._pages if wanted.get("value") in (None, "page") else []
        return _listed([*sources, *map(_cut, pages)], asked.get("page_size"), asked.get("start_cursor"))

    def _queried(self, source: str, asked: Record) -> Answer:
        if source not in [one["id"] for one in self._sources]:
            raise _refused(404, "object_not_found", f"Could not find data_source with ID: {source}.")
        pages = [page for page in self._pages if page["parent"]["data_source_id"] == source]
        pages = list(filter(_condition(asked.get("filter")), pages))
        for sort in asked.get("sorts") or []:
            pages.sort(key=lambda page: page[sort["timestamp"]], reverse=sort.get("direction") == "descending")
        return _listed([_cut(page) for page in pages], asked.get("page_size"), asked.get("start_cursor"))

    def _children(self, call: Call, identity: str) -> Answer:
        if identity not in self._blocks:
            raise _refused(404, "object_not_found", f"Could not find block with ID: {identity}.")
        return _listed(self._blocks[identity], call.one("page_size"), call.one("start_cursor"))

    def _related(self, call: Call, identity: str, name: str) -> Answer:
        at = found(self._pages, "id", identity)
        if at is None or name not in (RELATED, "Related"):
            raise _refused(404, "object_not_found", f"Could not find property with ID: {name}.")
        items = [
            {"object": "property_item", "id": "aB%3Cc", "type": "relation", "relation": one}
            for one in self._pages[at]["properties"]["Related"]["relation"]
        ]
        places = [one["relation"]["id"] for one in items]
        page = _listed(items, call.one("page_size"), call.one("start_cursor"), places)
        page.body["property_item"] = {"id": "aB%3Cc", "next_url": None, "type": "relation", "relation": {}}
        return page


def _asked(call: Call) -> Record:
    if not isinstance(call.json, dict):
        raise _refused(400, "invalid_json", "Error parsing JSON body.")
    return call.json


def _condition(asked: Any) -> Callable[[Record], bool]:
    """Return what a filter by a time of the pages asks for; there is no other filter here."""
    if not asked:
        return lambda page: True
    name = asked.get("timestamp")
    signs = asked.get(name) if name in ("last_edited_time", "created_time") else None
    bounds = {sign: epoch_of(str(text)) for sign, text in (signs or {}).items()}
    if not bounds or not set(bounds) <= {"on_or_after", "before"} or None in bounds.values():
        raise _refused(400, "validation_error", "body failed validation: body.filter should be a valid filter.")
    low, high = bounds.get("on_or_after") or 0, bounds.get("before") or float("inf")
    return lambda page: low <= (epoch_of(page[name]) or 0) < high


def _listed(records: list[Record], size: Any, cursor: Any, places: list[str] | None = None) -> Answer:
    """Return the results from the one whose id is the cursor; a size that is too large is refused."""
    asked = str(100 if size is None else size)
    if not asked.isdecimal() or not 1 <= int(asked) <= 100:
        message = f"body failed validation: body.page_size should be ≤ `100`, instead was `{asked}`."
        raise _refused(400, "validation_error", message)
    places = [record["id"] for record in records] if places is None else places
    if cursor is not None and cursor not in places:
        raise _refused(400, "validation_error", f"The start_cursor provided is invalid: {cursor}")
    start = places.index(cursor) if cursor else 0
    end = start + min(int(asked), MOST)
    more = end < len(records)
    told = {"next_cursor": places[end] if more else None, "has_more": more}
    return Answer(200, {"object": "list", "results": records[start:end]} | told)


def _cut(page: Record) -> Record:
    """Return a page as a list shows it, with the first references of its relation."""
    related = page["properties"]["Related"]
    return page | {
        "properties": page["properties"] | {"Related": related | {"relation": related["relation"][:REFERENCES]}}
    }


def _refused(status: int, code: str, message: str) -> Refused:
    body = {"object": "error", "status": status, "code": code, "message": message, "request_id": _uuid(status)}
    return Refused(Answer(status, body, {"Retry-After": "1"} if status == 429 else {}))


def _below(page: Record, block: Record) -> Record:
    return {"_pages_id": page["id"]} | block


def _uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number * 7919 % 16**12:012x}"


def _minute(epoch: float) -> str:
    return iso(int(epoch) // 60 * 60).replace("Z", ".000Z")


def _text(words: str) -> list[Record]:
    plain = {"bold": False, "italic": False, "color": "default"}
    return [
        {
            "type": "text",
            "text": {"content": word, "link": None},
            "annotations": plain,
            "plain_text": word,
            "href": None,
        }
        for word in words.split()[:2]
    ]


def _user(number: int) -> Record:
    seed = Seed(f"notion user {number}")
    user = {"object": "user", "id": _uuid(100 + number), "name": seed.person(), "avatar_url": None}
    if number % 9 == 0:
        return user | {"type": "bot", "bot": {"owner": {"type": "workspace", "workspace": True}}}
    return user | {"type": "person", "person": {"email": f"u{number}@example.org"}}


def _source(number: int) -> Record:
    seed = Seed(f"notion source {number}")
    columns = {"Name": "title", "Notes": "rich_text", "Cost": "number", "Stage": "select", "Tags": "multi_select"}
    columns |= {"Due": "date", "Done": "checkbox", "Score": "formula"}
    properties = {
        name: {"id": name.lower()[:4], "name": name, "type": kind, kind: {}} for name, kind in columns.items()
    }
    properties["Related"] = {"id": "aB%3Cc", "name": "Related", "type": "relation", "relation": {}}
    made = _minute(YEAR_2025 + number)
    return {
        "object": "data_source",
        "id": _uuid(200 + number),
        "title": _text(seed.words(2)),
        "properties": properties,
        "parent": {"type": "database_id", "database_id": _uuid(300 + number)},
        "created_time": made,
        "last_edited_time": made,
    }


def _page(number: int, made: float, source: str) -> Record:
    seed = Seed(f"notion page {number}")
    related = [{"id": _uuid(1000 + n)} for n in range(60 if number in (4, 40) else seed.whole(0, 3))]
    formula = seed.pick(({"type": "number", "number": seed.money()}, {"type": "string", "string": seed.words(1)}))
    tags = [{"id": name, "name": name, "color": "red"} for name in seed.some(("leak", "roof", "valve"), 2)]
    properties: Record = {
        "Name": {"id": "title", "type": "title", "title": _text(seed.words(2))},
        "Notes": {"id": "note", "type": "rich_text", "rich_text": _text(seed.words(seed.whole(0, 2)))},
        "Cost": {"id": "cost", "type": "number", "number": seed.pick((None, seed.money()))},
        "Stage": {"id": "stag", "type": "select", "select": seed.pick((None, {"id": "s1", "name": "open"}))},
        "Tags": {"id": "tags", "type": "multi_select", "multi_select": tags},
        "Due": {"id": "due", "type": "date", "date": seed.pick((None, {"start": "2025-03-01", "end": None}))},
        "Done": {"id": "done", "type": "checkbox", "checkbox": False},
        "Score": {"id": "scor", "type": "formula", "formula": formula},
        "Related": {"id": "aB%3Cc", "type": "relation", "relation": related, "has_more": len(related) > REFERENCES},
    }
    return {
        "object": "page",
        "id": _uuid(1000 + number),
        "created_time": _minute(made),
        "last_edited_time": _minute(made),
        "created_by": {"object": "user", "id": _uuid(101)},
        "icon": seed.pick((None, {"type": "emoji", "emoji": "💧"})),
        "parent": {"type": "data_source_id", "data_source_id": source},
        "in_trash": False,
        "properties": properties,
    }


def _blocks(page: Record, number: int) -> list[Record]:
    seed = Seed(f"notion blocks {page['id']}")
    count = 55 if number == 10 else 1 + number % 3 if number % 4 else 0
    blocks = []
    for n in range(1, count + 1):
        kind = seed.pick(("paragraph", "to_do", "divider"))
        content: Record = {"paragraph": {"rich_text": _text(seed.words(2))}, "divider": {}}
        content["to_do"] = {"rich_text": _text(seed.words(1)), "checked": seed.chance(0.5)}
        block: Record = {
            "object": "block",
            "id": _uuid(int(page["id"][:8], 16) * 100 + n),
            "has_children": False,
            "type": kind,
        }
        blocks.append(block | {"last_edited_time": page["last_edited_time"], kind: content[kind]})
    return blocks

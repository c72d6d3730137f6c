"""How the next page may come about: what an answer, its headers and the known parameters speak for.

A candidate is a `pagination:` as the file writes it, the likeliest first. Whether it is right, probing shows: with it,
a second page must come that is another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glue_lib.api.page import Page
from glue_lib.api.pagination import signs
from glue_lib.api.request import Request
from glue_lib.discover.answer import Found, Member, members
from glue_lib.discover.endpoint import Endpoint, Parameter
from glue_lib.discover.names import plain

_NEXT_URL = (
    *("next", "nexturl", "nexturi", "nextlink", "nexthref", "nextpage", "nextpageurl", "nextrecordsurl"),
    *("odatanextlink", "afterurl", "nextpagelink"),
)
_TOKEN = (
    *("nextcursor", "nextpagetoken", "nexttoken", "aftercursor", "endcursor", "continuation"),
    *("continuationtoken", "nextpage", "after", "next", "scrollid", "nextmarker", "marker", "bookmark"),
    *("nextoffset", "nextpageid", "nextid", "pagetoken", "paginationtoken", "nextkey", "nextpagekey"),
    *("nextcontinuation", "cursor"),
)
_MORE = (
    *("hasmore", "more", "hasnext", "hasnextpage", "hasmoreitems", "hasmoreresults", "moreitems"),
    "istruncated",
)
_LAST = ("islast", "islastpage", "last", "done", "endofstream", "finished")
_TOTAL = (
    *("total", "totalcount", "totalitems", "totalsize", "totalresults", "totalrecords", "totalelements"),
    *("numfound", "objectcount", "recordcount", "totalhits", "count"),
)
_PAGES = ("totalpages", "pagecount", "pages", "pagestotal", "numpages", "lastpage")
_OFFSETS = ("offset", "startat", "startindex", "start", "skip", "pageoffset", "startrow", "firstresult")
_NUMBERS = ("page", "pagenumber", "pageno", "pagenum", "currentpage", "pageindex")
TOKEN_PARAMS = (
    *("cursor", "startcursor", "pagetoken", "nextpagetoken", "continuation", "continuationtoken", "nexttoken"),
    *("nextcursor", "aftercursor", "pageafter", "pagecursor", "after", "marker", "scrollid", "bookmark"),
    *("token", "next", "pagekey", "startkey", "nextpage"),
)
_LAST_IDS = ("startingafter", "afterid", "sinceid", "lastid", "startafter", "after", "minid")
# What stands beside a parameter for the size of a page, in APIs that have it.
_BESIDE = {"$limit": ["$offset"], "$top": ["$skip"], "rows": ["start"], "maxresults": ["startAt"], "count": ["offset"]}
_BESIDE |= {"perpage": ["page"], "limit": ["offset", "page", "skip"], "take": ["skip"], "top": ["skip"]}
_BESIDE |= {"pagesize": ["page", "page[number]"], "size": ["page", "from"]}
_GUESSES = ("page", "offset", "skip", "start")
_WRITES = {"nextcursor": ["cursor", "start_cursor"], "aftercursor": ["page[after]", "after", "cursor"]}
_WRITES |= {"endcursor": ["after", "cursor"], "next": ["cursor", "next", "after"], "nextpage": ["page", "next_page"]}
_WRITES |= {"cursor": ["cursor"], "after": ["after"], "nextmarker": ["marker"], "nextoffset": ["offset"]}
_MOST_GUESSES = 4


@dataclass(frozen=True)
class Candidate:
    """A way to the next page, and what speaks for it; `is_guess` when nothing but habit does."""

    pagination: Mapping[str, Any]
    why: str
    is_guess: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether its requests say a number."""
        return self.pagination["type"] in ("page", "offset")


def candidates(endpoint: Endpoint, body: Any, headers: Mapping[str, str], found: Found) -> list[Candidate]:
    """Return what may lead to the next page, the likeliest first and each once."""
    around = members(body, found.path)
    ordered: dict[str, Candidate] = {}
    for one in _all(endpoint, around, headers, found):
        ordered.setdefault(str(sorted(one.pagination.items(), key=str)), one)
    return list(ordered.values())


def _all(endpoint: Endpoint, around: list[Member], headers: Mapping[str, str], found: Found) -> Iterator[Candidate]:
    end = _end(around)
    page = Page(Request(endpoint.path), 1, (), headers=headers)
    if signs.next_link(page) is not None or "link" in {name.lower() for name in endpoint.headers}:
        yield Candidate({"type": "link"}, 'header `Link` has the URL of the next page as rel="next"')
    counted = list(_counted(endpoint, around, found))
    for one in around:
        if _is_next_url(one):
            told = f"`{one.place}` has the URL of the next page"
            yield Candidate({"type": "next_url", "read": one.place, **end}, told)
    yield from _tokens(endpoint, around, end)
    yield from (one for one in counted if not one.is_guess)
    yield from _last_record(endpoint, around, found, end)
    yield from (one for one in counted if one.is_guess)


def _tokens(endpoint: Endpoint, around: list[Member], end: Mapping[str, str]) -> Iterator[Candidate]:
    for one in around:
        if one.key not in _TOKEN or isinstance(one.value, bool | list | dict) or one.value in (None, "", 0):
            continue
        if _is_url(one.value) or (one.key in ("cursor", "after", "marker") and _is_echo(endpoint, one)):
            continue
        for place, told in _token_places(endpoint, one):
            read = {"type": "token", "read": one.place, "write": f"query.{place}", **end}
            yield Candidate(read, f"`{one.place}` is the next page's token, and parameter `{place}` {told}")


def _token_places(endpoint: Endpoint, token: Member) -> Iterator[tuple[str, str]]:
    if endpoint.known is not None:
        known = {plain(one.name): one.name for one in endpoint.known}
        likely = [plain(name) for name in _written(token)]
        yield from ((known[name], "takes it") for name in (*likely, *TOKEN_PARAMS) if name in known)
    guesses = [name for name in _written(token) if endpoint.known is None or len(endpoint.known) == 0]
    yield from ((name, "was tried, as it often takes such a one") for name in guesses[:_MOST_GUESSES])


def _written(token: Member) -> list[str]:
    """Return the parameters that a token usually goes to, by its name in the answer."""
    if token.key in ("nextpagetoken", "nexttoken", "pagetoken"):
        bare = token.raw.removeprefix("next").removeprefix("_")
        return [token.raw, bare[:1].lower() + bare[1:]]
    return _WRITES.get(token.key, [token.raw, "cursor", "after", "page_token"])


def _last_record(endpoint: Endpoint, around: list[Member], found: Found, end: Mapping[str, str]) -> Iterator[Candidate]:
    more = next((one for one in around if one.key in _MORE and isinstance(one.value, bool)), None)
    known = endpoint.parameter(*_LAST_IDS)
    is_sure = known is not None and plain(known.name) in ("startingafter", "afterid", "sinceid", "lastid", "startafter")
    if not (is_sure or (more is not None and endpoint.known is None)) or not found.records:
        return
    field = next((name for name in ("id", "_id", "uuid", "key") if _has(found.records[0], name)), None)
    names = [known.name] if known else ["starting_after", "after", "after_id", "since_id"]
    for name in names if field else ():
        read = {"type": "token", "read": f"last_record.{field}", "write": f"query.{name}", **end}
        told = "takes it" if known else "was tried, as it often takes that"
        yield Candidate(read, f"the next page begins behind the last record, and parameter `{name}` {told}", not known)


def _counted(endpoint: Endpoint, around: list[Member], found: Found) -> Iterator[Candidate]:
    total = next((one for one in around if _is_total(one, found)), None)
    pages = next((one for one in around if one.key in _PAGES and one.is_count), None)
    end = _end(around) | ({"total": total.place} if total else {})
    for name, why, is_guess in _number_places(endpoint, around):
        if plain(name) in _NUMBERS:
            start = _start(endpoint, around, name)
            numbered = {"type": "page", "write": f"query.{name}", **({} if start == 1 else {"start": start})}
            last = {"total_pages": pages.place} if pages and not end else {}
            yield Candidate({**numbered, **end, **last}, why, is_guess)
            if start == 0:
                yield Candidate({"type": "page", "write": f"query.{name}", **end, **last}, why, is_guess)
        else:
            is_from_one = plain(name) == "startindex" and _start(endpoint, around, name) == 1
            skipped = {"type": "offset", "write": f"query.{name}", **({"start": 1} if is_from_one else {})}
            yield Candidate({**skipped, **end}, why, is_guess)


def _number_places(endpoint: Endpoint, around: list[Member]) -> Iterator[tuple[str, str, bool]]:
    """Yield the parameters that may say where to go on, why, and whether it is a mere guess."""
    known = {plain(one.name): one.name for one in endpoint.known or ()}
    for kind in (*_OFFSETS, *_NUMBERS):
        if kind in known:
            yield known[kind], f"parameter `{known[kind]}` says where to go on", False
    if endpoint.known is not None:
        return
    for one in around:
        if one.is_count and one.key in (*_OFFSETS, *_NUMBERS) and one.above not in ("next", "links"):
            yield one.raw, f"the answer says its own `{one.raw}`", False
    size = endpoint.size
    beside = _BESIDE.get(size.name, _BESIDE.get(plain(size.name), [])) if size else []
    if size and size.name == "page[size]":
        beside = ["page[number]"]
    for name in dict.fromkeys([*beside, *_GUESSES]):
        why = f"it often stands beside `{size.name}`" if size and name in beside else "many APIs have it"
        yield name, f"parameter `{name}` was tried, since {why}", True


def _start(endpoint: Endpoint, around: list[Member], name: str) -> int:
    said = next((one.value for one in around if one.key == plain(name) and one.is_count), None)
    parameter = endpoint.parameter(plain(name)) or Parameter(name)
    for value in (said, parameter.default, parameter.least):
        if value is not None and str(value) in ("0", "1"):
            return int(value)
    return 1


def _end(around: list[Member]) -> dict[str, str]:
    """Return where the answer says whether more pages follow."""
    for one in around:
        if isinstance(one.value, bool) and one.key in (*_MORE, *_LAST):
            return {"more" if one.key in _MORE else "last": one.place}
    return {}


def _is_total(one: Member, found: Found) -> bool:
    return one.key in _TOTAL and one.is_count and int(one.value) >= len(found.records)


def _is_next_url(one: Member) -> bool:
    if isinstance(one.value, dict):
        inner = one.value.get("href", one.value.get("url"))
        return one.key == "next" and _is_url(inner)
    if isinstance(one.value, list):
        relations = [str(each.get("rel") or each.get("relation")) for each in one.value if isinstance(each, dict)]
        return one.key in ("link", "links") and "next" in relations
    is_named = one.key in _NEXT_URL or (one.key in ("link", "url") and one.above == "next")
    return is_named and _is_url(one.value)


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "/", "?"))


def _is_echo(endpoint: Endpoint, one: Member) -> bool:
    return str(one.value) in endpoint.params.values()


def _has(record: Any, name: str) -> bool:
    return (
        isinstance(record, dict) and isinstance(record.get(name), str | int) and record[name] not in ("", True, False)
    )

"""Signs: what answers of many APIs have where more pages follow, read so that no stream ends unnoticed before its end.

A sign stands in the objects around the records, never inside an array; header `Link` is one too.
"""

import re
from collections.abc import Collection, Iterator

from glue_lib.api import selection
from glue_lib.api.page import Page
from glue_lib.errors import ApiError

_DEEPEST = 4
_MOST_KEYS = 64  # a larger object rather holds records by their ids than says something about the page
# Keys in lower case, without `_` and `-`.
_MORE = re.compile(
    r"(has)?more(items|results|records|pages)?(available)?|hasnext(page)?|istruncated|exceededtransferlimit"
)
_LAST = re.compile(r"(is)?last(page)?|done|endofstream|endofrecords")
_TOKEN = re.compile(r"next(page)?(token|cursor|url|uri|link|href|recordsurl)?|continuationtoken|@(odata\.)?nextlink")
_TOTAL = re.compile(r"total(count|items|size|results|records|elements|hits)?|numfound")
_SIZE = re.compile(r"\$?(limit|top|count|size|per_?page|page_?size|page\[size\]|max_?results)", re.IGNORECASE)
_TRUE, _FALSE = (b"true", b'"true"'), (b"false", b'"false"')
_EMPTY = (b"null", b'""', b'"null"', b"false", b"0", b"{}", b"[]")
_LINK_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LINK_PARAMETER = rf'\s*;\s*([^\s;,="]+)\s*(?:=\s*({_LINK_QUOTED}|[^\s;,"]*))?'
_UNREAD_NEXT = re.compile(r"rel\s*=[^;,]*(?<![\w-])next(?![\w-])", re.IGNORECASE)
_LINK = re.compile(rf"<([^>]*)>((?:{_LINK_PARAMETER})*)")


def of_more(page: Page, ignored: Collection[str] = ()) -> str | None:
    """Return the place where an answer says that more pages follow, or None."""
    for place, key, value in _members(page, ignored):
        if (_MORE.fullmatch(key) and value in _TRUE) or (_LAST.fullmatch(key) and value in _FALSE):
            return place
    # Some APIs link to a next page for ever, so an empty page's link says nothing.
    return "header.Link" if page.records and "header.Link" not in ignored and next_link(page) is not None else None


def of_a_token(page: Page, ignored: Collection[str] = ()) -> str | None:
    """Return the place of a value that looks as if it led to a next page, or None."""
    members = _members(page, ignored)
    return next((place for place, key, value in members if _TOKEN.fullmatch(key) and not _is_empty(value)), None)


def of_a_total(page: Page, ignored: Collection[str] = ()) -> tuple[str, int] | None:
    """Return the place of a number that looks like the number of all records, and the number; None without one."""
    found = (
        (place, value) for place, key, value in _members(page, ignored) if _TOTAL.fullmatch(key) and value.isdigit()
    )
    return next(((place, int(value)) for place, value in found), None)


def looks_full(page: Page) -> bool:
    """Return whether a page has a number of records that somebody asked for: a round one, or one in its request."""
    count = len(page.records)
    asked = {str(value) for value in [*page.request.query.values(), *(page.request.body or {}).values()]}
    return count > 0 and (count % 10 == 0 or str(count) in asked)


def is_short(page: Page) -> bool:
    """Return whether a page has fewer records than its request asked for, by a parameter of a usual name."""
    asked = {**page.request.query, **(page.request.body or {})}
    sizes = [str(value) for name, value in asked.items() if _SIZE.fullmatch(name)]
    return any(size.isdecimal() and len(page.records) < int(size) for size in sizes)


def next_link(page: Page) -> str | None:
    """Return the URL that the `Link` header calls next."""
    header = page.find("header.Link")
    links = _LINK.finditer(header) if isinstance(header, str) else []
    return next((link[1] for link in links if "next" in _relations(link[2])), None)


def has_unread_next(page: Page) -> bool:
    """Return whether the `Link` header speaks of a next page in a way that nobody can read."""
    header = page.find("header.Link")
    return isinstance(header, str) and _UNREAD_NEXT.search(_LINK.sub(" ", header)) is not None


def _relations(parameters: str) -> list[str]:
    values: dict[str, str] = {name.lower(): value for name, value in re.findall(_LINK_PARAMETER, parameters)}
    return values.get("rel", "").strip('"').lower().split()


def _members(page: Page, ignored: Collection[str]) -> Iterator[tuple[str, str, bytes]]:
    """Yield the place, the plain key and the JSON of all that stands in the objects around the records."""
    waiting = [("body", page.body.strip(), 1)]
    while waiting:
        above, text, depth = waiting.pop(0)
        inner = _object(text)
        for key, value in inner.items() if len(inner) <= _MOST_KEYS else ():
            place = f'{above}."{key}"' if "." in key else f"{above}.{key}"
            if place in ignored:
                continue
            yield place, re.sub(r"[_-]", "", key).lower(), value
            if depth < _DEEPEST:
                waiting.append((place, value, depth + 1))


def _is_empty(value: bytes) -> bool:
    inner = _object(value)
    return value in _EMPTY or (bool(inner) and all(_is_empty(each) for each in inner.values()))


def _object(text: bytes) -> dict[str, bytes]:
    try:
        return selection.members(text) if text.startswith(b"{") else {}
    except ApiError:
        return {}

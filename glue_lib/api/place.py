"""Places: where a value stands in an answer, and where it goes in a request.

A place is written `<part>.<path>`: `body.meta.next`, `header.X-Next`, `last_record.id`; `query.cursor`, `body.after`,
`header.X-Page`, `cookie.page`; `path.page` fills `{page}` in the path, and `text.since` fills `{since}`
inside of longer texts, in parameters, headers and the body: `q: "SELECT Id FROM Task WHERE Stamp >= {since}"`.
A key that has dots itself is quoted: `body."@odata.nextLink"`.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_KEY = r'"[^"]+"|[^."]+'
_DOTTED = re.compile(rf"(?:{_KEY})(?:\.(?:{_KEY}))*")
_READABLE = r"^(body|header|last_record)\..+$"
_IN_BODY = r"^body\..+$"
_WRITABLE = r"^((query|body|header|path|text|cookie)\..+|url)$"


def keys(dotted: str) -> tuple[str, ...]:
    """Return the keys of a dotted path: `a."b.c"` gives `a` and `b.c`; an empty path has none."""
    if dotted and not _DOTTED.fullmatch(dotted):
        raise ValueError(f'`{dotted}` is not a dotted path such as `data.items` or `data."odd.key"`')
    return tuple(key.strip('"') for key in re.findall(_KEY, dotted))


def _is_dotted(dotted: str) -> str:
    keys(dotted)
    return dotted


def _is_readable(place: str) -> str:
    if not re.match(_READABLE, place):
        raise ValueError(f"`{place}` is no place in an answer; allowed are `body.…`, `header.…`, `last_record.…`")
    part, path = place.split(".", 1)
    if part != "header":
        keys(path)
    return place


def _is_in_body(place: str) -> str:
    if not re.match(_IN_BODY, place):
        raise ValueError(f"`{place}` is no place in the body of an answer, such as `body.status`")
    keys(place.partition(".")[2])
    return place


def _is_writable(place: str) -> str:
    if not re.match(_WRITABLE, place):
        raise ValueError(
            f"`{place}` is no place in a request; "
            "allowed are `query.…`, `body.…`, `header.…`, `path.…`, `text.…`, `cookie.…`, `url`"
        )
    part, _, path = place.partition(".")
    if part == "body":
        keys(path)
    return place


def _is_not_inside_a_text(place: str) -> str:
    if place.startswith("text."):
        raise ValueError(f"`{place}` is filled once and for all; the next page needs a place of its own")
    return place


DottedPath = Annotated[str, AfterValidator(_is_dotted)]
"""The keys that lead to a value inside JSON; empty for the whole of it."""

AnswerPlace = Annotated[str, AfterValidator(_is_readable), Field(json_schema_extra={"pattern": _READABLE})]
"""Where a value is read from an answer."""

BodyPlace = Annotated[str, AfterValidator(_is_in_body), Field(json_schema_extra={"pattern": _IN_BODY})]
"""Where a value is read from the body of an answer."""

RequestPlace = Annotated[str, AfterValidator(_is_writable), Field(json_schema_extra={"pattern": _WRITABLE})]
"""Where a value is written into a request."""

PagePlace = Annotated[RequestPlace, AfterValidator(_is_not_inside_a_text)]
"""Where a value is written into a request again and again."""

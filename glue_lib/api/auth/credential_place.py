"""Where a credential goes in a request: a header, a query parameter, a cookie, or a field of the body."""

import re
from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

import msgspec
from pydantic import AfterValidator, Field

from glue_lib.api import cookies
from glue_lib.api.address import without_query
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.place import keys
from glue_lib.api.request import Request

_PLACE = r"^(header|query|cookie|body)\..+$"
_FORM = "application/x-www-form-urlencoded"
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _is_place(place: str) -> str:
    if not re.match(_PLACE, place):
        raise ValueError(f"`{place}` cannot hold a credential; allowed are `header.…`, `query.…`, `cookie.…`, `body.…`")
    return place


CredentialPlace = Annotated[str, AfterValidator(_is_place), Field(json_schema_extra={"pattern": _PLACE})]
"""`header.X-Api-Key`, `query.api_key`, `cookie.SESSION`, `body.auth.key` (of JSON, or the field of a form)."""


def put(request: SignedRequest, place: str, value: str) -> SignedRequest:
    """Return the request with a credential at `place`, instead of one that stands there."""
    part, _, name = place.partition(".")
    match part:
        case "header":
            return request.with_header(name, value)
        case "query":
            bare = replace(request, url=without_query(request.url, name))
            return bare.with_query(name, value)
        case "body":
            return _in_body(request, name, value)
    return replace(request, headers=cookies.put(request.headers, name, value))


def without(request: Request, place: str) -> Request:
    """Return the request without what stands at `place`: some APIs repeat a key in the links to their next pages."""
    part, _, name = place.partition(".")
    if part == "query":
        query = {other: value for other, value in request.query.items() if other != name}
        return replace(request, path=_without(request.path, name), query=query)
    if part == "body":
        return request.without(place) if request.body else request
    header = name if part == "header" else "Cookie"
    headers = {other: value for other, value in request.headers.items() if other.lower() != header.lower()}
    return replace(request, headers=headers)


def _in_body(request: SignedRequest, name: str, value: str) -> SignedRequest:
    kind = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
    if kind.startswith(_FORM):
        fields = parse_qsl((request.content or b"").decode(), keep_blank_values=True)
        kept = [(field, text) for field, text in fields if field != name]
        return replace(request, content=urlencode([*kept, (name, value)]).encode())
    content = _with_field(request.content, keys(name), value)
    return replace(request.with_header("Content-Type", kind or "application/json"), content=content)


def _with_field(content: bytes | None, path: tuple[str, ...], value: str) -> bytes:
    """Return JSON with a text at a path; all else stays as it is written."""
    first, *rest = path
    try:
        fields = _FIELDS.decode(content or b"{}")
    except msgspec.DecodeError:
        fields = {}
    inner = _with_field(bytes(fields.get(first, b"")), tuple(rest), value) if rest else msgspec.json.encode(value)
    return msgspec.json.encode(fields | {first: msgspec.Raw(inner)})


def _without(path: str, name: str) -> str:
    return without_query(path, name) if "?" in path else path

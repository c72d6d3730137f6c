"""Where a credential goes in a request: a header, a query parameter or a cookie."""

import re
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field

from glue_lib.api import cookies
from glue_lib.api.address import without_query
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request

_PLACE = r"^(header|query|cookie)\..+$"


def _is_place(place: str) -> str:
    if not re.match(_PLACE, place):
        raise ValueError(f"`{place}` cannot hold a credential; allowed are `header.…`, `query.…`, `cookie.…`")
    return place


CredentialPlace = Annotated[str, AfterValidator(_is_place), Field(json_schema_extra={"pattern": _PLACE})]
"""`header.X-Api-Key`, `query.api_key` or `cookie.SESSION`."""


def put(request: SignedRequest, place: str, value: str) -> SignedRequest:
    """Return the request with a credential at `place`, instead of one that stands there."""
    part, _, name = place.partition(".")
    match part:
        case "header":
            return request.with_header(name, value)
        case "query":
            bare = replace(request, url=without_query(request.url, name))
            return bare.with_query(name, value)
    return replace(request, headers=cookies.put(request.headers, name, value))


def without(request: Request, place: str) -> Request:
    """Return the request without what stands at `place`: some APIs repeat a key in the links to their next pages."""
    part, _, name = place.partition(".")
    if part == "query":
        query = {other: value for other, value in request.query.items() if other != name}
        return replace(request, path=_without(request.path, name), query=query)
    header = name if part == "header" else "Cookie"
    headers = {other: value for other, value in request.headers.items() if other.lower() != header.lower()}
    return replace(request, headers=headers)


def _without(path: str, name: str) -> str:
    return without_query(path, name) if "?" in path else path

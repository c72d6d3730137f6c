"""A key in a header or a query parameter of the API's own naming."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator

from glue_lib.api.address import without_query
from glue_lib.api.auth.base import Auth, Secrets, credential
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.place import RequestPlace
from glue_lib.api.request import Request


def _header_or_query(place: str) -> str:
    if not place.startswith(("header.", "query.")):
        raise ValueError(f"`{place}` cannot hold a key; allowed are `header.…`, `query.…`")
    return place


class ApiKeyAuth(Auth):
    """The key goes to `write`: a header or a query parameter.

    The secret `headwater/shop`, as JSON:

        {"key": "k-123"}

    The request:

        GET /things
        X-Api-Key: k-123

    The YAML:

        auth: {type: api_key, key: "${secret:headwater/shop#key}", write: header.X-Api-Key}

    As a query parameter (`GET /things?api_key=k-123`), and after a word of the API's own:

        auth: {type: api_key, key: "${secret:headwater/shop#key}", write: query.api_key}
        auth: {type: api_key, key: "Token ${secret:headwater/shop#key}", write: header.Authorization}
    """

    type: Literal["api_key"] = "api_key"
    key: str
    write: Annotated[RequestPlace, AfterValidator(_header_or_query)] = "header.X-Api-Key"

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with the key."""
        part, _, name = self.write.partition(".")
        key = credential(self.key, "key", secrets)
        return request.with_header(name, key) if part == "header" else request.with_query(name, key)

    def forget(self, request: Request) -> Request:
        """Return the request without the key, which some APIs repeat in the links to their next pages."""
        part, _, name = self.write.partition(".")
        if part == "header":
            others = {other: value for other, value in request.headers.items() if other.lower() != name.lower()}
            return replace(request, headers=others)
        query = {other: value for other, value in request.query.items() if other != name}
        return replace(request, path=without_query(request.path, name), query=query)

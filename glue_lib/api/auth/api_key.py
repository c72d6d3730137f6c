"""A key in a header, a query parameter, a cookie or a field of the body, of the API's own naming."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from glue_lib.api.auth.base import Auth, Credential, Secrets, credential
from glue_lib.api.auth.credential_place import CredentialPlace, put, without
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request


class ApiKeyAuth(Auth):
    """The key goes to `write`: a header, a query parameter, a cookie, or a field of the body.

    The secret `headwater/shop`, as JSON:

        {"key": "k-123"}

    The request:

        GET /things
        X-Api-Key: k-123

    The YAML:

        auth: {type: api_key, key: "${secret:headwater/shop#key}", write: header.X-Api-Key}

    As a query parameter (`GET /things?api_key=k-123`), as a cookie, and after a word of the API's own:

        auth: {type: api_key, key: "${secret:headwater/shop#key}", write: query.api_key}
        auth: {type: api_key, key: "${secret:headwater/shop#key}", write: cookie.api_session}
        auth: {type: api_key, key: "Token ${secret:headwater/shop#key}", write: header.Authorization}

    In the JSON body of every request:

        auth: {type: api_key, key: "${secret:headwater/statistics#key}", write: body.registrationkey}

    An API that wants the name of the application beside its key:

        auth:
          type: api_key
          key: "${secret:headwater/shop#key}"
          write: query.app_key
          also: {query.app_id: "${secret:headwater/shop#app}"}
    """

    type: Literal["api_key"] = "api_key"
    key: Credential = Field(
        description="The key, as a reference; text may stand beside it, such as `Token ${secret:headwater/shop#key}`."
    )
    write: CredentialPlace = Field(
        "header.X-Api-Key", description="Where the key goes: `header.…`, `query.…`, `cookie.…` or `body.…`."
    )
    also: Mapping[CredentialPlace, str] = Field(
        {},
        description="What else goes along, by its place, such as the application's name; values may hold references.",
    )

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with the key."""
        for place, reference in {self.write: self.key, **self.also}.items():
            field = "key" if place == self.write else f"also.{place}"
            request = put(request, place, credential(reference, field, secrets))
        return request

    def forget(self, request: Request) -> Request:
        """Return the request without the key, which some APIs repeat in the links to their next pages."""
        for place in (self.write, *self.also):
            request = without(request, place)
        return request

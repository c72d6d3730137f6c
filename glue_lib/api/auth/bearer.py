"""A token in the `Authorization` header."""

from typing import Literal

from pydantic import Field

from glue_lib.api.auth.base import Auth, Credential, Secrets, credential
from glue_lib.api.exchange import SignedRequest


class BearerAuth(Auth):
    """The token goes into the `Authorization` header, after the word `Bearer`.

    The secret `headwater/charity`, as JSON:

        {"api_key": "k-123"}

    The request:

        GET /things
        Authorization: Bearer k-123

    The YAML:

        auth: {type: bearer, token: "${secret:headwater/charity#api_key}"}
    """

    type: Literal["bearer"] = "bearer"
    token: Credential = Field(description="The token, as a reference.")

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with the token."""
        return request.with_header("Authorization", f"Bearer {credential(self.token, 'token', secrets)}")

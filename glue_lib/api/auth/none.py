"""The API is open to everyone."""

from typing import Literal

from glue_lib.api.auth.base import Auth, Secrets
from glue_lib.api.exchange import SignedRequest


class NoAuth(Auth):
    """Requests go out as they are.

    The request:

        GET /things

    The YAML:

        auth: none
    """

    type: Literal["none"] = "none"

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request as it is."""
        return request

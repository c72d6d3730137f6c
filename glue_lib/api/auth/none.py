"""The API is open to everyone."""

from typing import ClassVar, Literal

from glue_lib.api.auth.base import Auth, Secrets
from glue_lib.api.exchange import SignedRequest


class NoAuth(Auth):
    """Requests go out as they are.

    The request:

        GET /things

    The YAML:

        auth: none
    """

    needs_reference: ClassVar[bool] = False
    type: Literal["none"] = "none"

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request as it is."""
        return request

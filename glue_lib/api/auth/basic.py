"""A user name and a password in the `Authorization` header."""

from base64 import b64encode
from typing import Literal

from pydantic import Field

from glue_lib.api.auth.base import Auth, Credential, Secrets
from glue_lib.api.exchange import SignedRequest
from glue_lib.errors import ConfigError


class BasicAuth(Auth):
    """User name and password go into the `Authorization` header, encoded as HTTP Basic wants it.

    The secret `headwater/desk`, as JSON:

        {"email": "ann@example.org", "token": "k-123"}

    The request:

        GET /things
        Authorization: Basic YW5uQGV4YW1wbGUub3JnL3Rva2VuOmstMTIz

    The YAML:

        auth:
          type: basic
          username: "${secret:headwater/desk#email}/token"
          password: "${secret:headwater/desk#token}"

    An API that takes its key as the user name, without a password:

        auth: {type: basic, username: "${secret:headwater/payments#key}"}
    """

    type: Literal["basic"] = "basic"
    username: str = Field(description="User name; may hold references.")
    password: Credential = Field("", description="Password, as a reference; left out where the API wants none.")

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with user name and password."""
        username = secrets(self.username).strip()
        if not username:
            raise ConfigError(f"auth.username: `{self.username}` is empty; store the user name there")
        pair = f"{username}:{secrets(self.password).strip() if self.password else ''}"
        return request.with_header("Authorization", f"Basic {b64encode(pair.encode()).decode()}")

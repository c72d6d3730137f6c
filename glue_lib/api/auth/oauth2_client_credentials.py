"""OAuth 2.0 for a program that acts for itself."""

from typing import Literal

from pydantic import Field

from glue_lib.api.auth.base import Credential, Moment, Secrets
from glue_lib.api.auth.oauth2 import OAuth2


class OAuth2ClientCredentialsAuth(OAuth2):
    """Client id and secret buy a token, which goes into the `Authorization` header and is renewed when it expires.

    The secret `headwater/crm`, as JSON:

        {"client_id": "app-1", "client_secret": "s-123"}

    The request for a token, and its answer:

        POST https://login.example.org/oauth2/token
        Authorization: Basic YXBwLTE6cy0xMjM=
        grant_type=client_credentials

        {"access_token": "t-123", "expires_in": 3600}

    The request:

        GET /things
        Authorization: Bearer t-123

    The YAML:

        auth:
          type: oauth2_client_credentials
          token_url: https://login.example.org/oauth2/token
          client_id: "${secret:headwater/crm#client_id}"
          client_secret: "${secret:headwater/crm#client_secret}"

    An endpoint below `base_url` that wants the client in the form, a scope and an audience, and whose answer does not
    say how long the token holds:

        auth:
          type: oauth2_client_credentials
          token_url: /oauth/token
          client_id: "${secret:headwater/crm#client_id}"
          client_secret: "${secret:headwater/crm#client_secret}"
          client_in: body
          scope: read:things
          params: {audience: "https://api.example.org"}
          lives_seconds: 1800
    """

    type: Literal["oauth2_client_credentials"] = "oauth2_client_credentials"
    client_id: str = Field(description="Name of the client; may hold references.")
    client_secret: Credential = Field(description="Secret of the client, as a reference.")

    def grant(self, secrets: Secrets, base_url: str, at: Moment) -> dict[str, str]:
        """Return the grant's name; the client itself is all it shows."""
        return {"grant_type": "client_credentials"}

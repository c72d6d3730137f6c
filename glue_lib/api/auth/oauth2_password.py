"""OAuth 2.0 with a person's own name and password."""

from typing import Literal

from pydantic import Field

from glue_lib.api.auth.base import Credential, Moment, Secrets
from glue_lib.api.auth.oauth2 import OAuth2
from glue_lib.errors import ConfigError


class OAuth2PasswordAuth(OAuth2):
    """User name and password buy a token; an API that has nothing newer still asks for them.

    The secret `headwater/clinic`, as JSON:

        {"username": "ann", "password": "p-123"}

    The request for a token, and its answer:

        POST https://clinic.example.org/oauth/token
        grant_type=password&username=ann&password=p-123&client_id=reports

        {"access_token": "t-123", "expires_in": 3600}

    The request:

        GET /things
        Authorization: Bearer t-123

    The YAML:

        auth:
          type: oauth2_password
          token_url: /oauth/token
          client_id: reports
          username: "${secret:headwater/clinic#username}"
          password: "${secret:headwater/clinic#password}"
    """

    type: Literal["oauth2_password"] = "oauth2_password"
    username: str = Field(description="User name; may hold references.")
    password: Credential = Field(description="Password, as a reference.")

    def grant(self, secrets: Secrets, base_url: str, at: Moment) -> dict[str, str]:
        """Return user name and password, which may have any letters."""
        username, password = secrets(self.username).strip(), secrets(self.password).strip("\r\n")
        if not username or not password:
            raise ConfigError(f"auth: `{self.username}` or `{self.password}` is empty; store both there")
        return {"grant_type": "password", "username": username, "password": password}

"""OAuth 2.0 for a program that a person once let in."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from glue_lib.api.auth.base import Credential, Moment, Secrets, credential
from glue_lib.api.auth.oauth2 import OAuth2
from glue_lib.api.auth.token import Token, read
from glue_lib.api.exchange import Response


def _is_one_reference(text: str) -> str:
    if not re.fullmatch(r"\$\{[^}]*\}", text):
        raise ValueError("must be one reference and nothing else, so that a replaced token can be stored there")
    return text


class OAuth2RefreshTokenAuth(OAuth2):
    """A refresh token buys access tokens; a new refresh token that comes with one is written back to the secret.

    The secret `headwater/desk`, as JSON:

        {"client_id": "app-1", "client_secret": "s-123", "refresh_token": "r-1"}

    The request for a token, and its answer:

        POST https://login.example.org/oauth2/token
        grant_type=refresh_token&refresh_token=r-1&client_id=app-1&client_secret=s-123

        {"access_token": "t-123", "expires_in": 3600, "refresh_token": "r-2"}

    The request:

        GET /things
        Authorization: Bearer t-123

    The YAML:

        auth:
          type: oauth2_refresh_token
          token_url: https://login.example.org/oauth2/token
          client_id: "${secret:headwater/desk#client_id}"
          client_secret: "${secret:headwater/desk#client_secret}"
          client_in: body
          refresh_token: "${secret:headwater/desk#refresh_token}"

    A secret in an environment variable cannot be written to: there a replaced token is told by a warning.
    """

    type: Literal["oauth2_refresh_token"] = "oauth2_refresh_token"
    refresh_token: Annotated[Credential, AfterValidator(_is_one_reference)] = Field(
        description="The refresh token: one reference and nothing else, since a new token is written back to it."
    )

    def kept(self) -> list[str]:
        """Return the reference to the refresh token."""
        return [self.refresh_token]

    def grant(self, secrets: Secrets, base_url: str, at: Moment) -> dict[str, str]:
        """Return the refresh token."""
        token = credential(self.refresh_token, "refresh_token", secrets)
        return {"grant_type": "refresh_token", "refresh_token": token}

    def token_of(self, response: Response, now: datetime) -> Token:
        """Return the token, and the refresh token that holds from now."""
        following = read(response, "body.refresh_token")
        return replace(super().token_of(response, now), replaced={self.refresh_token: following} if following else {})

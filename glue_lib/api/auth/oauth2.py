"""What the OAuth 2.0 grants have in common: a token endpoint, and a client that shows who it is."""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote_plus, urlencode

from pydantic import AfterValidator, Field

from glue_lib.api.address import is_absolute
from glue_lib.api.auth.base import Credential, Moment, Secrets, credential
from glue_lib.api.auth.token import Token, TokenAuth, TokenSource, read, required
from glue_lib.api.exchange import Response, SignedRequest


def _is_endpoint(url: str) -> str:
    if re.match(r"/(?!/)|https?://[^/?#\s]|\$\{", url):
        return url
    raise ValueError(f"`{url}` is neither an `https://` address nor a path that begins with `/`")


Endpoint = Annotated[str, AfterValidator(_is_endpoint)]
"""An address of its own, or a path that is put behind `base_url`."""


def located(endpoint: str, base_url: str, secrets: Secrets) -> str:
    """Return the absolute URL of an endpoint."""
    resolved = secrets(endpoint)
    return resolved if is_absolute(resolved) else f"{base_url.rstrip('/')}{resolved}"


class OAuth2(TokenAuth):
    """A token from a token endpoint; each grant adds what it shows there."""

    token_url: Endpoint = Field(description="Token endpoint: an address, or a path that is put behind `base_url`.")
    client_id: str = Field("", description="Name of the client; may hold references.")
    client_secret: Credential = Field("", description="Secret of the client, as a reference.")
    client_in: Literal["basic", "body"] = Field(
        "basic", description="Where the client shows who it is: in the header, as HTTP Basic does, or in the form."
    )
    scope: str = Field("", description="What the token is asked for, as the API names it.")
    params: Mapping[str, str] = Field(
        {}, description="What else the endpoint wants, such as `audience`; values may hold references."
    )
    read: TokenSource = Field("body.access_token", description="Where the token stands in the answer.")
    expires: TokenSource = Field(
        "body.expires_in", description="Where the answer says how long the token holds: in seconds, or as a moment."
    )

    def grant(self, secrets: Secrets, base_url: str, at: Moment) -> dict[str, str]:
        """Return the form fields of the grant."""
        raise NotImplementedError

    def token_request(self, secrets: Secrets, base_url: str, at: Moment) -> SignedRequest:
        """Return the POST of a form to the token endpoint."""
        form = self.grant(secrets, base_url, at)
        form |= {"scope": self.scope} if self.scope else {}
        form |= {name: secrets(value) for name, value in self.params.items()}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if self.client_id:
            self._show_client(form, headers, secrets)
        return SignedRequest("POST", located(self.token_url, base_url, secrets), headers, urlencode(form).encode())

    def token_of(self, response: Response, now: datetime) -> Token:
        """Return the token, and until when it is used."""
        return Token(required(response, self.read), self.fresh_until(read(response, self.expires), now))

    def _show_client(self, form: dict[str, str], headers: dict[str, str], secrets: Secrets) -> None:
        name = credential(self.client_id, "client_id", secrets)
        secret = credential(self.client_secret, "client_secret", secrets) if self.client_secret else ""
        if self.client_in == "basic" and secret:
            pair = f"{quote_plus(name)}:{quote_plus(secret)}"  # the standard wants them encoded first
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": name} | ({"client_secret": secret} if secret else {})

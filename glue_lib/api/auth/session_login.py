"""A session: a login whose answer yields the token that all further requests carry."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from glue_lib.api.auth.base import Credential, Moment, Secrets
from glue_lib.api.auth.credential_place import CredentialPlace
from glue_lib.api.auth.oauth2 import Endpoint, located
from glue_lib.api.auth.token import Token, TokenAuth, TokenSource, read, required
from glue_lib.api.exchange import Response, SignedRequest


class SessionAuth(TokenAuth):
    """A login is asked first; the token in its answer goes into every request, and a login is made anew on its end.

    The secret `headwater/registry`, as JSON:

        {"user": "ann", "password": "p-123"}

    The request for a token, and its answer:

        POST /login
        {"user": "ann", "password": "p-123"}

        {"session": {"id": "t-123", "seconds": 1200}}

    The request:

        GET /things
        X-Session: t-123

    The YAML:

        auth:
          type: session
          login: /login
          body: {user: "${secret:headwater/registry#user}", password: "${secret:headwater/registry#password}"}
          read: body.session.id
          write: header.X-Session
          expires: body.session.seconds

    A login by a form whose answer sets a cookie, and one that takes user name and password as HTTP Basic does and
    whose token is refused with an error of its own under status 200:

        auth:
          type: session
          login: /j_security_check
          form: {j_username: "${secret:headwater/his#user}", j_password: "${secret:headwater/his#password}"}
          read: cookie.JSESSIONID
          write: cookie.JSESSIONID
          lives_seconds: 1200
        auth:
          type: session
          login: /auth
          username: "${secret:headwater/library#user}"
          password: "${secret:headwater/library#password}"
          read: header.X-Auth-Token
          write: header.Authorization
          value: "Token {token}"
          expired: {statuses: [401, 419], when: body.error.code, is: [SESSION_EXPIRED]}
    """

    type: Literal["session"] = "session"
    login: Endpoint = Field(description="Where to log in: an address, or a path that is put behind `base_url`.")
    method: Literal["GET", "POST", "PUT"] = Field("POST", description="HTTP method of the login.")
    username: str = Field(
        "", description="User name, where the login takes it as HTTP Basic does; may hold references."
    )
    password: Credential = Field(
        "", description="Password, where the login takes it as HTTP Basic does, as a reference."
    )
    body: Mapping[str, Any] | None = Field(None, description="Sent as JSON; its texts may hold references.")
    form: Mapping[str, str] | None = Field(None, description="Sent as a form; its values may hold references.")
    headers: Mapping[str, str] = Field({}, description="Headers of the login; values may hold references.")
    read: TokenSource = Field(
        description="Where the token stands in the answer to the login: `body.…`, `header.…` or `cookie.…`."
    )
    expires: TokenSource | None = Field(
        None, description="Where that answer says how long the session lasts: in seconds, or as a moment."
    )
    write: CredentialPlace = Field(description="Where the token goes in every request.")
    value: str = Field("{token}", description="How the token is written there.")

    def token_request(self, secrets: Secrets, base_url: str, at: Moment) -> SignedRequest:
        """Return the login."""
        request = SignedRequest(self.method, located(self.login, base_url, secrets), {"Accept": "application/json"})
        if self.username or self.password:
            pair = f"{secrets(self.username).strip()}:{secrets(self.password).strip()}"
            request = request.with_header("Authorization", f"Basic {b64encode(pair.encode()).decode()}")
        for name, value in self.headers.items():
            request = request.with_header(name, secrets(value))
        if self.form is not None:
            form = urlencode({name: secrets(value) for name, value in self.form.items()})
            return _with(request, "application/x-www-form-urlencoded", form)
        if self.body is not None:
            return _with(request, "application/json", json.dumps(_resolved(self.body, secrets)))
        return request

    def token_of(self, response: Response, now: datetime) -> Token:
        """Return the session's token, and until when it is used."""
        told = read(response, self.expires) if self.expires else None
        return Token(required(response, self.read), self.fresh_until(told, now))


def _with(request: SignedRequest, content_type: str, content: str) -> SignedRequest:
    return replace(request.with_header("Content-Type", content_type), content=content.encode())


def _resolved(value: Any, secrets: Secrets) -> Any:
    if isinstance(value, Mapping):
        return {name: _resolved(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(inner, secrets) for inner in value]
    return secrets(value) if isinstance(value, str) else value

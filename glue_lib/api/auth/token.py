"""Tokens: credentials that the API gives out for a while; the kinds that are built on them.

Nothing here sends: a kind says what to ask for and reads the answer, `Authority` does it and keeps the token.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from glue_lib.api.auth.base import Auth, Moment, Secrets
from glue_lib.api.auth.credential_place import CredentialPlace, put, without
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.place import AnswerPlace, keys
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_MOST_MARGIN = timedelta(seconds=60)
_EPOCH_SECONDS, _EPOCH_MILLISECONDS = 1e9, 1e11  # a smaller number is a span of seconds
_LONGEST_ERROR = 64 * 1024  # a longer answer is a page
_SOURCE = r"^((body|header)\..+|cookie\.[^.]+)$"


def _is_source(place: str) -> str:
    if not re.match(_SOURCE, place):
        raise ValueError(f"`{place}` is no place in an answer; allowed are `body.…`, `header.…`, `cookie.…`")
    if place.startswith("body."):
        keys(place.partition(".")[2])
    return place


TokenSource = Annotated[str, AfterValidator(_is_source), Field(json_schema_extra={"pattern": _SOURCE})]
"""Where a token is read from the answer: `body.access_token`, `header.X-Token`, `cookie.SESSION`."""


@dataclass(frozen=True)
class Token:
    """What an API gave to sign requests with; its `repr` does not show it."""

    value: str = field(repr=False)
    fresh_until: datetime | None = None  # None: until the API refuses it
    replaced: Mapping[str, str] = field(repr=False, default_factory=dict)  # reference -> the value that holds from now


class Expired(Kind):
    """How the API says that a token holds no longer: by its status, or by a value in the body of any answer."""

    statuses: tuple[int, ...] = Field((401,), description="HTTP statuses that say so.")
    when: AnswerPlace | None = Field(None, description="Where an answer of any status may say so.")
    words: tuple[str, ...] = Field((), alias="is", description="The values there that say so.")

    def tells(self, response: Response) -> bool:
        """Return whether the answer says so."""
        if response.status in self.statuses:
            return True
        if not self.when or not self.words:
            return False
        if response.body.size > _LONGEST_ERROR:
            return False
        return read(response, self.when) in self.words


class TokenAuth(Auth):
    """A kind whose credential is asked for first, kept for the execution, and renewed when it has expired."""

    write: CredentialPlace = Field("header.Authorization", description="Where the token goes in every request.")
    value: str = Field("Bearer {token}", description="How the token is written there.")
    lives_seconds: float | None = Field(None, gt=0, description="How long a token holds whose answer does not tell.")
    expired: Expired = Field(Expired(), description="How the API says that a token holds no longer.")

    def token_request(self, secrets: Secrets, base_url: str, at: Moment) -> SignedRequest:
        """Return what asks for a token."""
        raise NotImplementedError

    def token_of(self, response: Response, now: datetime) -> Token:
        """Return the token that a successful answer holds."""
        raise NotImplementedError

    def sign_with(self, request: SignedRequest, token: Token) -> SignedRequest:
        """Return the request with the token."""
        return put(request, self.write, self.value.replace("{token}", token.value))

    def forget(self, request: Request) -> Request:
        """Return the request without the token."""
        return without(request, self.write)

    def fresh_until(self, told: str | None, now: datetime) -> datetime | None:
        """Return until when a token is used: a margin before its end; `told` is what the answer says of that.

        An end that is past already is none: some APIs mean `never` by it, and clocks differ.
        """
        end = _end(told, now)
        if end is None or end <= now:
            end = now + timedelta(seconds=self.lives_seconds) if self.lives_seconds else None
        return end - min(_MOST_MARGIN, (end - now) / 10) if end else None


def read(response: Response, place: str) -> str | None:
    """Return the text at a place in a token's answer, or None; numbers as they are written."""
    part, _, path = place.partition(".")
    if part == "header":
        return response.header(path) or None
    if part == "cookie":
        # Several cookies come joined by commas.
        set_cookie = response.header("Set-Cookie") or ""
        found = re.search(rf"(?:^|,)\s*{re.escape(path)}=\"?([^;,\"]*)", set_cookie)
        return found[1] or None if found else None
    value = _at(_json(response), keys(path))
    return value if isinstance(value, str) and value else None


def required(response: Response, place: str) -> str:
    """Return the text at a place in a token's answer; without one, tell what is there, by its names only."""
    value = read(response, place)
    if value and not (value.isascii() and value.isprintable()):
        raise ApiError(f"`{place}` of the answer is no token that a header can carry")
    if value:
        return value
    decoded = _json(response)
    names = ", ".join(f"`{name}`" for name in list(decoded)[:8]) if isinstance(decoded, dict) else "no JSON object"
    raise ApiError(f"the answer has no token at `{place}`; it has {names}")


def _json(response: Response) -> Any:
    try:
        return json.loads(response.json_text(), parse_int=str, parse_float=str)
    except (ValueError, LookupError, RecursionError):
        return None


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what stands at a path, where a number names an element of a list."""
    for key in path:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            return None
    return value


def _end(told: str | None, now: datetime) -> datetime | None:
    """Return the moment that a text means: a span of seconds, seconds or milliseconds since 1970, or an ISO time."""
    if not told:
        return None
    try:
        number = float(told)
    except ValueError:
        return _iso(told)
    try:
        if number < _EPOCH_SECONDS:
            return now + timedelta(seconds=number)
        return datetime.fromtimestamp(number if number < _EPOCH_MILLISECONDS else number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

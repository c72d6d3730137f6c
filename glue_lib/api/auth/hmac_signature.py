"""Requests that are signed with a shared secret, by a recipe of the API's own."""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from glue_lib.api.auth.base import Auth, Credential, Moment, Secrets
from glue_lib.api.auth.credential_place import CredentialPlace, put, without
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError

_PIECE = re.compile(r"\$\{[^}]*\}|\{([^{}]+)\}")
_WORDS = (
    *("method", "url", "host", "path", "path_query", "query", "sorted_query"),
    *("timestamp", "nonce", "body", "body_hash", "signature"),
)


def _is_recipe(text: str) -> str:
    for match in _PIECE.finditer(text):
        word = match[1]
        if word and word not in _WORDS and not word.startswith("header."):
            raise ValueError(f"`{{{word}}}` is not one of {', '.join(_WORDS)}, header.…")
    return text


Recipe = Annotated[str, AfterValidator(_is_recipe)]
"""A text with `{word}`s that each request fills in its own way, and references."""


class HmacAuth(Auth):
    r"""Every request carries a keyed hash (HMAC) of what it asks: `sign` says of what, `write` where it goes.

    The secret `headwater/exchange`, as JSON:

        {"id": "app-1", "secret": "s-123"}

    What is signed is `GET\n/v1/things?page=2\n1704067200`. The request:

        GET /things?page=2
        X-App: app-1
        X-Timestamp: 1704067200
        X-Signature: 5b3dc1…

    The YAML:

        auth:
          type: hmac
          secret: "${secret:headwater/exchange#secret}"
          sign: "{method}\n{path_query}\n{timestamp}"
          write:
            header.X-App: "${secret:headwater/exchange#id}"
            header.X-Timestamp: "{timestamp}"
            header.X-Signature: "{signature}"

    Words of a recipe are `{method}`, `{url}`, `{host}`, `{path}`, `{path_query}`, `{query}`, `{sorted_query}`,
    `{timestamp}`, `{nonce}`, `{body}`, `{body_hash}` (hex), `{header.X-App}` and, in `write`, `{signature}`. What is
    written without a signature is written first, so that the query and the headers that are signed hold it:

        auth:
          type: hmac
          secret: "${secret:headwater/exchange#secret}"
          secret_is: base64
          hash: sha512
          encoding: base64
          timestamp: iso
          sign: "{method}&{host}{path}&{sorted_query}&{header.X-Nonce}&{body_hash}"
          write:
            query.key: "${secret:headwater/exchange#id}"
            query.time: "{timestamp}"
            header.X-Nonce: "{nonce}"
            header.Authorization: "HMAC ${secret:headwater/exchange#id}:{signature}"
    """

    is_lasting: ClassVar[bool] = False
    type: Literal["hmac"] = "hmac"
    secret: Credential = Field(description="The shared secret, as a reference.")
    secret_is: Literal["text", "base64", "hex"] = Field(
        "text", description="How the secret is written: as the text that it is, or encoded."
    )
    sign_text: Recipe = Field(
        alias="sign", description="What is signed: a text with words such as `{method}` and `{timestamp}`."
    )
    write: Mapping[CredentialPlace, Recipe] = Field(
        min_length=1, description="What every request carries, by its place; `{signature}` stands for the signature."
    )
    hash: Literal["md5", "sha1", "sha256", "sha384", "sha512"] = Field("sha256", description="Hash function.")
    encoding: Literal["hex", "base64"] = Field("hex", description="How the signature is written.")
    timestamp: Literal["epoch_s", "epoch_ms", "iso", "http"] = Field(
        "epoch_s",
        description="How `{timestamp}` is written: seconds or milliseconds since 1970, ISO 8601, or as HTTP dates are.",
    )

    def sign_at(self, request: SignedRequest, secrets: Secrets, at: Moment) -> SignedRequest:
        """Return the request with what is written, the signature last."""
        words = {"timestamp": self._timestamp(at), "nonce": at.nonce}
        first = [(place, recipe) for place, recipe in self.write.items() if "{signature}" not in recipe]
        last = [(place, recipe) for place, recipe in self.write.items() if "{signature}" in recipe]
        for place, recipe in first:
            request = put(request, place, _filled(recipe, words | self._words(request), secrets))
        words |= self._words(request)
        words["signature"] = self._signature(_filled(self.sign_text, words, secrets), secrets)
        for place, recipe in last:
            request = put(request, place, _filled(recipe, words, secrets))
        return request

    def forget(self, request: Request) -> Request:
        """Return the request without the signature and what else is written anew each time."""
        for place in self.write:
            request = without(request, place)
        return request

    def _signature(self, text: str, secrets: Secrets) -> str:
        digest = hmac.new(self._key(secrets), text.encode(), self.hash).digest()
        return digest.hex() if self.encoding == "hex" else b64encode(digest).decode()

    def _key(self, secrets: Secrets) -> bytes:
        text = secrets(self.secret).strip()
        try:
            key = _decoded(text, self.secret_is)
        except (ValueError, binascii.Error):
            told = f"`{self.secret}` is not {self.secret_is}; correct `secret_is`, or store the key in that form"
            raise ConfigError(f"auth.secret: {told}") from None
        if not key:
            raise ConfigError(f"auth.secret: `{self.secret}` is empty; store the credential there")
        return key

    def _words(self, request: SignedRequest) -> dict[str, str]:
        parts = urlsplit(request.url)
        body = request.content or b""
        return {
            "method": request.method,
            "url": request.url,
            "host": parts.netloc,
            "path": parts.path or "/",
            "path_query": (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            "query": parts.query,
            "sorted_query": "&".join(sorted(filter(None, parts.query.split("&")))),
            "body": body.decode(errors="replace"),
            "body_hash": hashlib.new(self.hash, body).hexdigest(),
            **{f"header.{name.lower()}": value for name, value in request.headers.items()},
        }

    def _timestamp(self, at: Moment) -> str:
        now = at.now.astimezone(UTC)
        match self.timestamp:
            case "epoch_s":
                return str(int(now.timestamp()))
            case "epoch_ms":
                return str(int(now.timestamp() * 1000))
            case "iso":
                return now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return format_datetime(now.replace(microsecond=0), usegmt=True)


def _decoded(text: str, written_as: str) -> bytes:
    match written_as:
        case "base64":
            return b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
        case "hex":
            return bytes.fromhex(text)
    return text.encode()


def _filled(recipe: str, words: Mapping[str, str], secrets: Secrets) -> str:
    """Return the recipe with its words and references filled; what a request brings is taken as it stands."""

    def piece(match: re.Match[str]) -> str:
        if match[1] is None:
            return secrets(match[0]).strip()
        word = match[1].lower() if match[1].startswith("header.") else match[1]
        return words.get(word, "")

    return _PIECE.sub(piece, recipe)

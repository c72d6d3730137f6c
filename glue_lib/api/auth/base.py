"""What every auth kind can do, and how a credential becomes usable text."""

import re
import secrets as entropy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError
from glue_lib.kind import Kind

Secrets = Callable[[str], str]
"""Resolves the references in a text, `${secret:x#y}` and `${env:X}`, at the moment of use."""

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_SECRET = re.compile(r"\$\{secret:([^#}]+)[^}]*\}")


class IsCredential:
    """Marks a field of a kind that must hold a reference: `Pipeline` checks that no literal stands there."""


Credential = Annotated[str, IsCredential()]
"""A text with a reference to a credential."""


@dataclass(frozen=True)
class Moment:
    """What is new with each request that is signed: the time, and a text that never comes twice."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    nonce: str = field(default_factory=lambda: entropy.token_hex(16))


class Auth(Kind):
    """How requests are signed; the fields hold references, never the credentials themselves."""

    needs_reference: ClassVar[bool] = True
    is_lasting: ClassVar[bool] = True  # whether two requests are signed with the same values

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with its credentials."""
        raise NotImplementedError

    def sign_at(self, request: SignedRequest, secrets: Secrets, at: Moment) -> SignedRequest:
        """Return the request with its credentials, for kinds whose signature holds the time or a nonce."""
        return self.sign(request, secrets)

    def forget(self, request: Request) -> Request:
        """Return the request without credentials that the API repeated in a link it gave, fit to be stored."""
        return request

    def secret_names(self) -> list[str]:
        """Return the names of the secrets that the fields refer to, for errors that tell what to check."""
        return sorted({name for reference in self.references() for name in _SECRET.findall(reference)})

    def kept(self) -> list[str]:
        """Return the references behind which the API may put other credentials, to be written back."""
        return []

    def references(self) -> list[str]:
        """Return all references that the fields hold, each once."""
        return list(dict.fromkeys(found for text in _texts(self.model_dump()) for found in _REFERENCE.findall(text)))


def credential(reference: str, field: str, secrets: Secrets) -> str:
    """Return the credential behind a reference, fit for a header: printable, one line, no space at its ends."""
    value = secrets(reference).strip()
    if not value:
        raise ConfigError(f"auth.{field}: `{reference}` is empty; store the credential there")
    if not (value.isascii() and value.isprintable()):
        raise ConfigError(f"auth.{field}: `{reference}` has line breaks or characters that no header can carry")
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)

"""What every auth kind can do, and how a credential becomes usable text."""

import re
from collections.abc import Callable

from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError
from glue_lib.kind import Kind

Secrets = Callable[[str], str]
"""Resolves the references in a text, `${secret:x#y}` and `${env:X}`, at the moment of use."""

_SECRET = re.compile(r"\$\{secret:([^#}]+)[^}]*\}")


class Auth(Kind):
    """How requests are signed; the fields hold references, never the credentials themselves."""

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with its credentials."""
        raise NotImplementedError

    def forget(self, request: Request) -> Request:
        """Return the request without credentials that the API repeated in a link it gave, fit to be stored."""
        return request

    def secret_names(self) -> list[str]:
        """Return the names of the secrets that the fields refer to, for errors that tell what to check."""
        return sorted({name for value in self.model_dump().values() for name in _SECRET.findall(str(value))})


def credential(reference: str, field: str, secrets: Secrets) -> str:
    """Return the credential behind a reference, fit for a header: printable, one line, no space at its ends."""
    value = secrets(reference).strip()
    if not value:
        raise ConfigError(f"auth.{field}: `{reference}` is empty; store the credential there")
    if not (value.isascii() and value.isprintable()):
        raise ConfigError(f"auth.{field}: `{reference}` has line breaks or characters that no header can carry")
    return value

"""References to values that are no part of the file: `${secret:name#field}` and `${env:NAME}`.

They are resolved at the moment of use and nowhere else, so that no secret is ever stored, logged or compared.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from glue_lib.errors import ConfigError

FORMS = "`${secret:name}`, `${secret:name#field}` or `${env:NAME}`"

_ANY = re.compile(r"\$\{([^}]*)(\}?)")
_SECRET = re.compile(r"secret:(?P<name>[A-Za-z0-9/_+=.@:-]+)(#(?P<field>[^#{}\s]+))?\Z")
_ENV = re.compile(r"env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)\Z")


@dataclass(frozen=True)
class Reference:
    """One reference: to a field of a secret, to a secret as a whole, or to an environment variable."""

    store: str  # secret | env
    name: str
    field: str | None = None

    def __str__(self) -> str:
        return f"${{{self.store}:{self.name}{f'#{self.field}' if self.field else ''}}}"


def find(text: str) -> list[Reference]:
    """Return the references in a text, in their order; what is not well formed is left out, `fault` tells it."""
    return [found for match in _ANY.finditer(text) if (found := _reference(match))]


def fault(text: str) -> str | None:
    """Return what is wrong with the references in a text, or None."""
    for match in _ANY.finditer(text):
        if not _reference(match):
            return f"`{match[0]}` is not a reference; allowed: {FORMS}"
    return None


def resolve(text: str, secret: Callable[[str, str | None], str], env: Mapping[str, str]) -> str:
    """Return the text with each reference replaced by what it names."""

    def value(match: re.Match[str]) -> str:
        reference = _reference(match)
        if reference is None:
            raise ConfigError(f"`{match[0]}` is not a reference; allowed: {FORMS}")
        if reference.store == "secret":
            return secret(reference.name, reference.field)
        if reference.name not in env:
            raise ConfigError(f"{reference}: the environment variable `{reference.name}` is not set")
        return env[reference.name]

    return _ANY.sub(value, text)


def _reference(match: re.Match[str]) -> Reference | None:
    if not match[2]:
        return None
    if secret := _SECRET.match(match[1]):
        return Reference("secret", secret["name"], secret["field"])
    if env := _ENV.match(match[1]):
        return Reference("env", env["name"])
    return None

"""Redaction: credentials are remembered as they are used, and taken out of every text that people may see."""

import re
from urllib.parse import quote

from glue_lib.api.auth.base import Secrets

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_SHORTEST = 4  # a shorter value would be found everywhere


class Redaction:
    """Resolves references as `secrets` does, and knows afterwards what must not be shown."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._known: set[str] = set()

    def resolve(self, text: str) -> str:
        """Return `text` with its references resolved."""
        resolved = self._secrets(text)
        self._known.update(value for value in _values(text, resolved) if len(value) >= _SHORTEST)
        return resolved

    def clean(self, text: str) -> str:
        """Return `text` with `***` in place of every credential resolved so far."""
        for value in sorted(self._known.copy(), key=len, reverse=True):
            text = text.replace(value, "***").replace(quote(value, safe=""), "***")
        return text


def _values(text: str, resolved: str) -> list[str]:
    """Return what stands in `resolved` where `text` has references; all of it for a text without references."""
    pattern = "(.*)".join(re.escape(literal) for literal in _REFERENCE.split(text))
    found = re.fullmatch(pattern, resolved, re.DOTALL)
    return [value.strip() for value in found.groups()] if found and found.groups() else [resolved.strip()]

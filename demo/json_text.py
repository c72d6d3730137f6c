"""JSON as the platform writes it: a Decimal is a number with every digit it was made with, so `12.50` stays `12.50`."""

import json
import re
from decimal import Decimal
from typing import Any

Record = dict[str, Any]

# json.dumps cannot be handed a number's text, so a Decimal passes as a string that no record can hold: one with a NUL.
_MARKED = re.compile(r'"\\u0000([^"]*)"')


def written(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> bytes:
    """Return `value` as JSON in UTF-8; `ascii_only` escapes every other character as `\\uXXXX`."""
    text = json.dumps(value, default=_marked, indent=indent, ensure_ascii=ascii_only)
    return _MARKED.sub(r"\1", text).encode()


def _marked(value: Any) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no JSON form here")
    return f"\0{value}"

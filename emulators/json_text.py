"""JSON as an API writes it: a Decimal is a number with every digit it was made with, so `12.50` stays `12.50`."""

import json
import re
from decimal import Decimal
from typing import Any

# json.dumps takes no number's text, so a Decimal passes as a string that no record can hold: one with a NUL.
_MARKED = re.compile(r'"\\u0000([^"]*)"')


def written(value: Any) -> bytes:
    """Return `value` as compact JSON in UTF-8."""
    return _MARKED.sub(r"\1", json.dumps(value, default=_marked, ensure_ascii=False, separators=(",", ":"))).encode()


def _marked(value: Any) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no JSON form here")
    return f"\0{value}"

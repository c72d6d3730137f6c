"""Durations as people write them: `45s`, `30m`, `1h`, `7d`, `2w`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

_PATTERN = r"^[0-9]+[smhdw]$"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def length(text: str) -> timedelta:
    """Return the length of a duration."""
    if not re.match(_PATTERN, text):
        raise ValueError(f"`{text}` is no duration; write a number and one of s, m, h, d, w, such as `7d`")
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def _is_duration(text: str) -> str:
    length(text)
    return text


Duration = Annotated[str, AfterValidator(_is_duration), Field(json_schema_extra={"pattern": _PATTERN})]

"""Moments: the values of a cursor as whole numbers, read and written in the formats of APIs.

A moment is microseconds since 1970, or, in the format `integer`, the number itself: moments compare and add as numbers,
never as text. Their canonical text, which positions and plans keep, is ISO 8601 in UTC, or the digits.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

FORMATS = ("iso", "epoch_s", "epoch_ms", "integer")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CANONICAL = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")


def read(text: str, style: str, zone: tzinfo) -> int:
    """Return the moment that a text means, in the format `style` or in ISO 8601; `zone` counts where it names none."""
    if style == "integer":
        return int(text)
    if style in _MICROSECONDS and _NUMBER.fullmatch(text):
        return int(Decimal(text) * _MICROSECONDS[style])
    found = _by_pattern(text, style) if "%" in style and not _CANONICAL.fullmatch(text) else None
    found = found or datetime.fromisoformat(text)
    return of(found if found.tzinfo else found.replace(tzinfo=zone))


def of(instant: datetime) -> int:
    """Return the moment of an instant."""
    return (instant - _EPOCH) // _MICROSECOND


def write(moment: int, style: str, zone: tzinfo) -> str:
    """Return a moment as an API wants it, cut down to the grain of the format, so that no lower bound is too late."""
    if style == "integer":
        return str(moment)
    if style in _MICROSECONDS:
        return str(moment // _MICROSECONDS[style])
    local = _instant(moment).astimezone(zone)
    return local.strftime(style) if "%" in style else local.isoformat(timespec="seconds").replace("+00:00", "Z")


def canonical(moment: int, style: str) -> str:
    """Return the text that positions and plans keep."""
    return str(moment) if style == "integer" else _instant(moment).isoformat().replace("+00:00", "Z")


def _instant(moment: int) -> datetime:
    return _EPOCH + moment * _MICROSECOND


def _by_pattern(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        return None

"""Moments: the values of a cursor as whole numbers, read and written in the formats of APIs.

A moment is microseconds since 1970, or, in the format `integer`, the number itself: moments compare and add as numbers,
never as text. Their canonical text, which positions and plans keep, is ISO 8601 in UTC, or the digits.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from glue_lib.api import duration

FORMATS = ("iso", "epoch_s", "epoch_ms", "integer")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_TIMESPECS = {0: "seconds", 3: "milliseconds", 6: "microseconds"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CANONICAL = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")
_NO_MOMENT = re.compile(r"[0\-/:. TZ]*")  # `0000-00-00 00:00:00` is how some databases write that there is none

# The finest step of a pattern that has one of these directives.
_GRAINS = (
    ("f", "1us"),
    ("SscTXr", "1s"),
    ("MR", "1m"),
    ("HI", "1h"),
    ("djxDFaAuw", "1d"),
    ("UWV", "1w"),
    ("mbBh", "1mo"),
)


def read(text: str, style: str, zone: tzinfo, *, late: bool = False) -> int:
    """Return the moment that a text means, in the format `style` or in ISO 8601; `zone` counts where it names none.

    When clocks go back, an hour comes twice: what is meant is the first, or the `late` one.
    """
    if style == "integer":
        return int(text)
    if style in _MICROSECONDS and _NUMBER.fullmatch(text):
        return int(Decimal(text) * _MICROSECONDS[style])
    found = _by_pattern(text, style) if "%" in style and not _CANONICAL.fullmatch(text) else None
    found = found or datetime.fromisoformat(text)
    return of(found if found.tzinfo else found.replace(tzinfo=_zone(style, zone), fold=int(late)))


def is_none(text: str, style: str) -> bool:
    """Return whether a text stands for no moment at all, as the empty one does."""
    is_number = style == "integer" or style in _MICROSECONDS
    return not text.strip() if is_number else _NO_MOMENT.fullmatch(text) is not None


def of(instant: datetime) -> int:
    """Return the moment of an instant."""
    return (instant - _EPOCH) // _MICROSECOND


def write(moment: int, style: str, zone: tzinfo, step: str = "1s") -> str:
    """Return a moment as an API wants it, cut down to the grain of the format, so that no lower bound is too late.

    Where times have fractions of seconds, a `step` finer than a second says that the API wants them.
    """
    if style == "integer":
        return str(moment)
    digits = 6 if step.endswith("us") else 3 if step.endswith("ms") else 0
    if style in _MICROSECONDS:
        return _number(moment, _MICROSECONDS[style], digits if style == "epoch_s" else 0)
    local = instant(moment).astimezone(_zone(style, zone))
    if "%" in style:
        return local.strftime(style)
    return local.isoformat(timespec=_TIMESPECS[digits]).replace("+00:00", "Z")


def canonical(moment: int, style: str) -> str:
    """Return the text that positions and plans keep."""
    return str(moment) if style == "integer" else instant(moment).isoformat().replace("+00:00", "Z")


def instant(moment: int) -> datetime:
    """Return the instant that a moment of time is."""
    return _EPOCH + moment * _MICROSECOND


def grain(style: str) -> str:
    """Return the finest step that bounds in the format can take, as a duration; of whole numbers, `1`."""
    if style == "integer":
        return "1"
    if style == "epoch_ms":
        return "1ms"
    if "%" not in style:
        return "1s"
    directives = set(re.findall(r"%[-#]?(.)", style.replace("%%", "")))
    return next((step for letters, step in _GRAINS if directives & set(letters)), "1y")


def later(moment: int, step: str, times: int, zone: tzinfo) -> int:
    """Return the moment `times` steps later; a step is a duration, or, of whole numbers, digits."""
    return moment + int(step) * times if step.isdecimal() else of(duration.later(instant(moment), step, times, zone))


def floor(moment: int, step: str, zone: tzinfo) -> int:
    """Return the last moment at or before this one that begins a step."""
    if step.isdecimal():
        return moment - moment % int(step) if int(step) else moment
    return of(duration.floor(instant(moment), step, zone))


def can_write(step: str, style: str) -> bool:
    """Return whether bounds in the format can be as fine as a step."""
    finest = "1us" if style in ("iso", "epoch_s") else grain(style)
    return step.isdecimal() or duration.rank(step) >= duration.rank(finest)


def _number(moment: int, unit: int, digits: int) -> str:
    whole, rest = divmod(moment, unit)
    return f"{whole}.{rest:06}"[: len(str(whole)) + 1 + digits] if digits else str(whole)


def _zone(style: str, zone: tzinfo) -> tzinfo:
    # A pattern that ends with a literal `Z` writes UTC, whatever the zone of values that name none.
    return UTC if "%" in style and style.endswith("Z") and not style.endswith("%Z") else zone


def _by_pattern(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        return None

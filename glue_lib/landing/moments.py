"""Which texts are moments beyond doubt: those alone may become a column of moments without being declared.

Moments by UTC (`2026-01-31T08:30:00.25Z`), of microseconds at most, and dates (`2026-01-31`), from 1901 to 9999.
Nothing else: without a zone it is not known which moment is meant, and another offset, or a nanosecond, would be lost.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

_YEAR = r"(?:190[1-9]|19[1-9]\d|[2-9]\d{3})"
_DATE = re.compile(_YEAR + r"-\d\d-\d\d", re.ASCII)
_UTC = re.compile(_YEAR + r"-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)", re.ASCII)


def moment_of(texts: Sequence[str]) -> str:
    """Return what all of these texts are: `timestamp`, `date`, or nothing."""
    first = texts[0]
    if len(first) == 10 and first[4] == "-":
        return "date" if all(map(_is_date, texts)) else ""
    if len(first) >= 20 and first[10] == "T":
        return "timestamp" if all(map(_is_utc, texts)) else ""
    return ""


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _reads(date.fromisoformat, text)


def _is_utc(text: str) -> bool:
    return _UTC.fullmatch(text) is not None and _reads(datetime.fromisoformat, text)


def _reads(read: Callable[[str], object], text: str) -> bool:
    """Whether there is such a day and such a time of it: no 30th of February, 24 o'clock or leap second."""
    try:
        read(text)
    except ValueError:
        return False
    return True

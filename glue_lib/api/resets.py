"""Resets: how long it is until the moment that a header names, in whichever of its forms."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from glue_lib.api.exchange import Response

LONGEST_SECONDS = 32 * 86_400.0  # a longer wait is a mistake, or a trap: even monthly limits begin anew before
ROLLING_SECONDS = 3600.0  # of a limit over the last 24 hours: an hour later, some of it is free again

_EARLIEST_EPOCH = 1_000_000_000  # as seconds to wait this would be 31 years
_LATEST_EPOCH = 10_000_000_000
_NUMBER = re.compile(r"\d{1,16}(\.\d{1,9})?", re.ASCII)
_SPAN = re.compile(
    r"(?=\d)(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?",
    re.ASCII,
)


def seconds_until(text: str, now: datetime, *, unit_seconds: float = 1) -> float | None:
    """Return the seconds from `now` to what a text means, never less than 0; None when it means nothing.

    It may be a number of seconds (or of the unit), seconds or milliseconds since 1970, a span such as `1m30s`, an HTTP
    date, or ISO 8601.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _of_number(float(text), now, unit_seconds)
    if span := _SPAN.fullmatch(text):
        hours, minutes, seconds, milliseconds = (float(part or 0) for part in span.groups())
        return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
    moment = _iso(text) or http_date(text)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def clock_of(response: Response, now: datetime) -> datetime:
    """Return the API's own time, where it tells it: ours may differ."""
    return http_date(response.header("Date") or "") or now


def http_date(text: str) -> datetime | None:
    """Return the instant of an HTTP date, or None."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_number(number: float, now: datetime, unit_seconds: float) -> float | None:
    if number < _EARLIEST_EPOCH:
        return number * unit_seconds
    for grain in (1, 1000):
        if _EARLIEST_EPOCH <= number / grain < _LATEST_EPOCH:
            return max(0.0, number / grain - now.timestamp())
    return None


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d)", "", re.sub(r"\s+(UTC|GMT)\Z", "", text)))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

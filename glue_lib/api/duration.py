"""Durations as people write them: `5us`, `500ms`, `45s`, `30m`, `1h`, `7d`, `2w`, `1mo`, `1y`.

Hours and shorter are lengths of time. Days and longer are steps of the calendar: a day can have 23 hours, a month 28
days, so what they amount to depends on where they begin, and in which time zone.
"""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated

from pydantic import AfterValidator, Field

_PATTERN = r"[0-9]{1,9}(us|ms|s|m|h|d|w|mo|y)"
_TIMES = {"us": "microseconds", "ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours"}
_DAYS = {"d": 1, "w": 7}
_MONTHS = {"mo": 1, "y": 12}
_UNITS = (*_TIMES, *_DAYS, *_MONTHS)  # the shortest first
_EPOCH = datetime(1970, 1, 1)
_MONDAY = datetime(1970, 1, 5)


def later(instant: datetime, duration: str, times: int, zone: tzinfo) -> datetime:
    """Return the instant `times` durations later, which may be negative, by the calendar of `zone`.

    A day that a month lacks is its last: a month after January 31 is February 28. What the calendar does not reach is
    its first or last moment.
    """
    count, unit = _parts(duration)
    try:
        if unit in _TIMES:
            return (instant + timedelta(**{_TIMES[unit]: count * times})).astimezone(UTC)
        local = instant.astimezone(zone).replace(tzinfo=None)
        if unit in _DAYS:
            return _instant(local + timedelta(days=count * _DAYS[unit] * times), zone)
        return _instant(_months_later(local, count * _MONTHS[unit] * times), zone)
    except (OverflowError, ValueError):
        return (datetime.max if count * times > 0 else datetime.min).replace(tzinfo=UTC)


def floor(instant: datetime, duration: str, zone: tzinfo) -> datetime:
    """Return the last instant at or before this one that begins a duration: a whole minute, a day of `zone`, a month.

    Weeks begin with Monday. Several of a unit count from 1970, several months from January.
    """
    count, unit = _parts(duration)
    if count == 0:
        return instant
    local = instant.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    if unit in _MONTHS:
        months = (wall.year * 12 + wall.month - 1) // (count * _MONTHS[unit]) * count * _MONTHS[unit]
        return _instant(datetime(months // 12, months % 12 + 1, 1), zone)
    step = timedelta(days=count * _DAYS[unit]) if unit in _DAYS else timedelta(**{_TIMES[unit]: count})
    since = _MONDAY if unit == "w" else _EPOCH
    return _instant(since + (wall - since) // step * step, zone, fold=local.fold)


def is_empty(duration: str) -> bool:
    """Return whether a duration has no length."""
    return _parts(duration)[0] == 0


def rank(duration: str) -> int:
    """Return a number that is higher for a longer unit."""
    return _UNITS.index(_parts(duration)[1])


def _parts(text: str) -> tuple[int, str]:
    if not re.fullmatch(_PATTERN, text):
        raise ValueError(f"`{text}` is no duration; write a number and one of {', '.join(_UNITS)}, such as `7d`")
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)), unit


def _months_later(wall: datetime, months: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    return wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))


def _instant(wall: datetime, zone: tzinfo, *, fold: int = 0) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _is_duration(text: str) -> str:
    _parts(text)
    return text


Duration = Annotated[str, AfterValidator(_is_duration), Field(json_schema_extra={"pattern": f"^{_PATTERN}$"})]


def _is_step(text: str) -> str:
    return text if text.isdecimal() else _is_duration(text)


Step = Annotated[str, AfterValidator(_is_step), Field(json_schema_extra={"pattern": f"^([0-9]{{1,18}}|{_PATTERN})$"})]
"""A duration, or, where what is measured are whole numbers, one of these."""

"""When AWS runs the source: an EventBridge Scheduler expression in a time zone."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from glue_lib.api.zone import ZoneName
from glue_lib.kind import Kind

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minutes", 0, 59, []),
    ("hours", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, []),
)
_SIX = "minutes, hours, day of month, month, day of week, year"


def cron_expression(text: str) -> str:
    """Return the six fields of an AWS cron expression; a ValueError says which one is wrong."""
    if re.match(r"(cron|rate|at)\(", text):
        raise ValueError(f"`{text}` must be the six fields alone ({_SIX}), such as `0 6 * * ? *`")
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"`{text}` has {len(parts)} fields; AWS wants six ({_SIX}), such as `0 6 * * ? *`")
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        if not all(_fits(item, name, low, high, words) for item in part.upper().split(",")):
            allowed = f"{low} to {high}" + (f" or {words[0]} to {words[-1]}" if words else "")
            raise ValueError(
                f"`{part}` is no {name} of a cron expression; allowed are {allowed}, `*`, `,`, `-` and `/`"
            )
    if (parts[2] == "?") == (parts[4] == "?"):
        raise ValueError(f"`{text}` must have `?` for either the day of month or the day of week, and not for both")
    return " ".join(parts)


class Schedule(Kind):
    """The hour at which AWS starts the source: `schedule: {cron: "0 6 * * ? *", timezone: America/New_York}`."""

    cron: Annotated[str, AfterValidator(cron_expression)] = Field(
        description="Minutes, hours, day of month, month, day of week, year; one of both days is `?`.",
        examples=["0 6 * * ? *"],
    )
    timezone: ZoneName = Field(
        "UTC", description="The time zone of `cron`, with its daylight saving.", examples=["America/New_York"]
    )
    flexible_minutes: int = Field(
        0, ge=0, le=1440, description="AWS may start up to so many minutes later, which spreads the load; 0: on time."
    )
    enabled: bool = Field(True, description="`false` keeps the schedule, asleep.")


def _fits(item: str, name: str, low: int, high: int, words: list[str]) -> bool:
    if item == "*" or (item == "?" and name.startswith("day")):
        return True
    if name == "day of month" and re.fullmatch(r"L|LW|([1-9]|[12]\d|3[01])W", item):
        return True
    if name == "day of week" and re.fullmatch(r"L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])", item):
        return True
    span, slash, every = item.partition("/")
    if slash and not (every.isdecimal() and int(every) > 0):
        return False
    ends = span.split("-")
    return (slash != "" and span == "*") or (len(ends) <= 2 and all(_is_value(end, low, high, words) for end in ends))


def _is_value(text: str, low: int, high: int, words: list[str]) -> bool:
    return text in words or (text.isdecimal() and low <= int(text) <= high)

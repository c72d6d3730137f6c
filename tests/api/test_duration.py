from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.api.duration import Duration, floor, is_empty, later

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "duration", "times", "zone", "expected"),
    [
        ("2026-01-31T10:00:00Z", "45s", 1, UTC, "2026-01-31T10:00:45Z"),
        ("2026-01-31T10:00:00Z", "500ms", 3, UTC, "2026-01-31T10:00:01.500Z"),
        ("2026-01-31T10:00:00Z", "30m", -1, UTC, "2026-01-31T09:30:00Z"),
        ("2026-01-31T10:00:00Z", "1h", 2, UTC, "2026-01-31T12:00:00Z"),
        ("2026-01-31T10:00:00Z", "7d", 1, UTC, "2026-02-07T10:00:00Z"),
        ("2026-01-31T10:00:00Z", "2w", -1, UTC, "2026-01-17T10:00:00Z"),
        ("2026-01-31T10:00:00Z", "1mo", 1, UTC, "2026-02-28T10:00:00Z"),
        ("2026-01-31T10:00:00Z", "1mo", 2, UTC, "2026-03-31T10:00:00Z"),
        ("2024-02-29T10:00:00Z", "1y", -1, UTC, "2023-02-28T10:00:00Z"),
        # Clocks go forward on 2026-03-08 and back on 2026-11-01: a day has 23 and 25 hours, 24 hours are no day.
        ("2026-03-07T00:00:00-05:00", "1d", 2, NEW_YORK, "2026-03-09T00:00:00-04:00"),
        ("2026-11-01T00:00:00-04:00", "1d", 1, NEW_YORK, "2026-11-02T00:00:00-05:00"),
        ("2026-11-01T00:00:00-04:00", "24h", 1, NEW_YORK, "2026-11-01T23:00:00-05:00"),
        ("2026-03-07T02:30:00-05:00", "1d", 1, NEW_YORK, "2026-03-08T03:30:00-04:00"),  # there is no half past two
    ],
)
def test_steps_by_time_or_by_the_calendar(start, duration, times, zone, expected):
    assert later(at(start), duration, times, zone) == at(expected)


def test_beyond_the_calendar_is_its_end():
    assert later(at("2026-01-31T10:00:00Z"), "999999999y", 1, UTC).year == 9999
    assert later(at("2026-01-31T10:00:00Z"), "999999999w", -1, UTC).year == 1


@pytest.mark.parametrize(
    ("moment", "duration", "zone", "expected"),
    [
        ("2026-01-31T10:59:59.999999Z", "1s", UTC, "2026-01-31T10:59:59Z"),
        ("2026-01-31T10:59:59.123456Z", "1ms", UTC, "2026-01-31T10:59:59.123Z"),
        ("2026-01-31T10:59:59Z", "15m", UTC, "2026-01-31T10:45:00Z"),
        ("2026-01-31T10:59:59Z", "1h", ZoneInfo("Asia/Kolkata"), "2026-01-31T10:30:00Z"),
        ("2026-01-31T03:00:00Z", "1d", UTC, "2026-01-31T00:00:00Z"),
        ("2026-01-31T03:00:00Z", "1d", NEW_YORK, "2026-01-30T05:00:00Z"),
        ("2026-01-31T03:00:00Z", "1w", UTC, "2026-01-26T00:00:00Z"),
        ("2026-05-31T03:00:00Z", "3mo", UTC, "2026-04-01T00:00:00Z"),
        ("2026-05-31T03:00:00Z", "1y", UTC, "2026-01-01T00:00:00Z"),
        ("1969-12-31T23:59:58.5Z", "1s", UTC, "1969-12-31T23:59:58Z"),
        ("2026-11-01T06:30:00Z", "1h", NEW_YORK, "2026-11-01T06:00:00Z"),  # the second half past one
        ("2026-01-31T10:00:00.5Z", "0s", UTC, "2026-01-31T10:00:00.5Z"),
    ],
)
def test_floors_to_the_beginning_of_a_duration(moment, duration, zone, expected):
    assert floor(at(moment), duration, zone) == at(expected)


@pytest.mark.parametrize("text", ["", "7", "d", "7 d", "-1d", "1.5h", "7days", "1M", "٧d", "1d\n", "9999999999d"])
def test_refuses_what_is_no_duration(text):
    with pytest.raises(ValidationError, match="is no duration; write a number and one of us, ms, s, m, h, d, w, mo, y"):
        TypeAdapter(Duration).validate_python(text)


def test_nothing_has_no_length():
    assert is_empty("0d")
    assert not is_empty("1us")

from zoneinfo import ZoneInfo

import pytest

from glue_lib.api.moments import can_write, canonical, floor, grain, is_none, later, read, write

UTC = ZoneInfo("UTC")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "style", "zone", "expected"),
    [
        ("2026-01-31T08:30:00Z", "iso", UTC, "2026-01-31T08:30:00Z"),
        ("2026-01-31T08:30:00", "iso", UTC, "2026-01-31T08:30:00Z"),
        ("2026-01-31T08:30:00", "iso", NEW_YORK, "2026-01-31T13:30:00Z"),
        ("2026-01-31T08:30:00Z", "iso", NEW_YORK, "2026-01-31T08:30:00Z"),
        ("2026-01-31 08:30:00+02:00", "iso", UTC, "2026-01-31T06:30:00Z"),
        ("2026-01-31T08:30:00.250+0000", "iso", UTC, "2026-01-31T08:30:00.250000Z"),
        ("2026-01-31", "iso", UTC, "2026-01-31T00:00:00Z"),
        ("1512085950.000216", "epoch_s", UTC, "2017-11-30T23:52:30.000216Z"),
        ("1512085950", "epoch_s", NEW_YORK, "2017-11-30T23:52:30Z"),
        ("1512085950123", "epoch_ms", UTC, "2017-11-30T23:52:30.123000Z"),
        ("-1", "epoch_s", UTC, "1969-12-31T23:59:59Z"),
        ("2020-01-01", "epoch_s", UTC, "2020-01-01T00:00:00Z"),
        ("31.01.2026 08:30", "%d.%m.%Y %H:%M", NEW_YORK, "2026-01-31T13:30:00Z"),
        ("2020-01-01", "%d.%m.%Y", UTC, "2020-01-01T00:00:00Z"),
        ("2026-01-31T08:30:00Z", "%Y-%m-%dT%H:%M:%SZ", NEW_YORK, "2026-01-31T08:30:00Z"),
        ("12345678901234567890", "integer", UTC, "12345678901234567890"),
    ],
)
def test_reads_what_apis_write(text, style, zone, expected):
    assert canonical(read(text, style, zone), style) == expected


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("soon", "iso"),
        ("", "iso"),
        ("1512085950", "iso"),
        ("1.5", "integer"),
        ("soon", "epoch_s"),
        ("31/01/26", "%d.%m.%Y"),
    ],
)
def test_refuses_what_is_no_moment(text, style):
    with pytest.raises(ValueError):
        read(text, style, UTC)


@pytest.mark.parametrize(
    ("style", "zone", "expected"),
    [
        ("iso", UTC, "2026-07-31T22:30:59Z"),
        ("iso", NEW_YORK, "2026-07-31T18:30:59-04:00"),
        ("epoch_s", UTC, "1785537059"),
        ("epoch_ms", NEW_YORK, "1785537059987"),
        ("%Y-%m-%d %H:%M", NEW_YORK, "2026-07-31 18:30"),
        ("%Y-%m-%d", UTC, "2026-07-31"),
    ],
)
def test_writes_what_apis_read_never_later_than_the_moment(style, zone, expected):
    moment = read("2026-07-31T22:30:59.987654Z", "iso", UTC)

    assert write(moment, style, zone) == expected
    assert read(write(moment, style, zone), style, zone) <= moment


def test_moments_before_1970_are_cut_downwards_too():
    assert write(read("1969-12-31T23:59:58.5Z", "iso", UTC), "epoch_s", UTC) == "-2"


def test_a_whole_number_is_written_as_it_is():
    assert write(12345678901234567890, "integer", UTC) == "12345678901234567890"


@pytest.mark.parametrize(
    ("style", "step", "expected"),
    [
        ("iso", "1ms", "2026-07-31T22:30:59.987Z"),
        ("iso", "1us", "2026-07-31T22:30:59.987654Z"),
        ("epoch_s", "1ms", "1785537059.987"),
        ("epoch_s", "1us", "1785537059.987654"),
        ("epoch_s", "1h", "1785537059"),
        ("epoch_ms", "1ms", "1785537059987"),
    ],
)
def test_writes_fractions_where_the_step_has_them(style, step, expected):
    assert write(read("2026-07-31T22:30:59.987654Z", "iso", UTC), style, UTC, step) == expected


def test_a_literal_z_means_utc_whatever_the_zone_of_what_names_none():
    style = "%Y-%m-%dT%H:%M:%S.%fZ"

    assert write(read("2026-01-31T08:30:00Z", "iso", UTC), style, NEW_YORK) == "2026-01-31T08:30:00.000000Z"
    assert write(read("2026-01-31 08:30Z", "%Y-%m-%d %H:%MZ", NEW_YORK), "iso", UTC) == "2026-01-31T08:30:00Z"
    assert write(0, "%H:%M %Z", NEW_YORK) == "19:00 EST"


@pytest.mark.parametrize(
    ("style", "step"),
    [
        ("iso", "1s"),
        ("epoch_s", "1s"),
        ("epoch_ms", "1ms"),
        ("integer", "1"),
        ("%Y-%m-%dT%H:%M:%S.%f", "1us"),
        ("%d/%m/%Y %H:%M:%S", "1s"),
        ("%Y-%m-%d %I:%M %p", "1m"),
        ("%Y%m%d%H", "1h"),
        ("%Y-%m-%d", "1d"),
        ("%-d.%-m.%Y", "1d"),
        ("%G-W%V", "1w"),
        ("%b %Y", "1mo"),
        ("%Y", "1y"),
        ("%%S%Y", "1y"),
    ],
)
def test_the_grain_of_a_format_is_its_finest_directive(style, step):
    assert grain(style) == step


def test_what_is_finer_than_a_format_cannot_be_written_in_it():
    assert can_write("1us", "iso")
    assert can_write("1w", "%Y-%m-%d")
    assert not can_write("1h", "%Y-%m-%d")
    assert not can_write("1us", "epoch_ms")
    assert can_write("10", "integer")


def test_whole_numbers_step_and_floor_as_numbers():
    assert later(7, "5", -2, UTC) == -3
    assert floor(-3, "5", UTC) == -5
    assert floor(7, "0", UTC) == 7


@pytest.mark.parametrize(
    ("text", "style", "expected"),
    [
        ("", "iso", True),
        ("  ", "epoch_s", True),
        ("0000-00-00 00:00:00", "%Y-%m-%d %H:%M:%S", True),
        ("0000-00-00T00:00:00Z", "iso", True),
        ("0", "integer", False),
        ("0", "epoch_ms", False),
        ("2000-01-01", "iso", False),
    ],
)
def test_tells_what_stands_for_no_moment(text, style, expected):
    assert is_none(text, style) is expected

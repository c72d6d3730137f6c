from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from glue_lib.api.cursor import Cursor, Window
from glue_lib.api.request import Request
from glue_lib.errors import ApiError, ConfigError

NOW = datetime(2026, 1, 31, 8, 30, 15, 250_000, tzinfo=UTC)


def cursor(**keys):
    return Cursor.model_validate({"field": "updated_at", "from": "query.since", **keys})


def sliced(**keys):
    return cursor(until="query.until", **keys)


def windows(of, position=None, from_=None, to=None, now=NOW):
    return [str(window) for window in of.windows(position, now, from_, to)]


def test_the_first_run_begins_at_the_start():
    assert windows(cursor(start="2020-01-01")) == ["2020-01-01T00:00:00Z.."]
    assert windows(sliced(start="2020-01-01")) == ["2020-01-01T00:00:00Z..2026-01-31T08:30:15Z"]


def test_without_a_start_the_first_run_asks_for_everything():
    assert windows(cursor()) == [".."]
    assert windows(sliced(slice="1d")) == ["..2026-01-31T08:30:15Z"]


def test_the_next_run_begins_at_the_position_less_the_lookback():
    of = sliced(start="2020-01-01", lookback="1h")

    assert windows(of, "2026-01-31T08:00:00Z") == ["2026-01-31T07:00:00Z..2026-01-31T08:30:15Z"]


def test_windows_touch_and_leave_nothing_out():
    of = sliced(slice="7d")

    assert windows(of, "2026-01-10T12:00:00Z") == [
        "2026-01-10T12:00:00Z..2026-01-17T12:00:00Z",
        "2026-01-17T12:00:00Z..2026-01-24T12:00:00Z",
        "2026-01-24T12:00:00Z..2026-01-31T08:30:15Z",
    ]


def test_a_slice_that_fits_exactly_makes_no_empty_window():
    assert len(windows(sliced(slice="1d"), from_="2026-01-01", to="2026-01-03")) == 2


def test_a_backfill_asks_for_what_it_says_whatever_the_position():
    of = sliced(start="2020-01-01", lookback="1h")

    assert windows(of, "2026-01-30T00:00:00Z", "2025-01-01", "2025-02-01") == [
        "2025-01-01T00:00:00Z..2025-02-01T00:00:00Z"
    ]
    assert windows(of, "2026-01-30T00:00:00Z", from_="2025-01-01") == ["2025-01-01T00:00:00Z..2026-01-31T08:30:15Z"]
    assert windows(of, "2026-01-30T00:00:00Z", to="2025-02-01") == ["2020-01-01T00:00:00Z..2025-02-01T00:00:00Z"]


def test_a_day_begins_in_the_time_zone_of_the_stream():
    of = sliced(timezone="America/New_York")

    assert windows(of, from_="2026-01-01", to="2026-01-02") == ["2026-01-01T05:00:00Z..2026-01-02T05:00:00Z"]


def test_there_is_nothing_to_ask_for_when_the_position_has_reached_now():
    assert windows(sliced(), "2026-01-31T08:30:15Z") == []
    assert windows(sliced(), "2026-02-01T00:00:00Z") == []


def test_whole_numbers_have_an_open_end():
    of = cursor(format="integer", start=100)

    assert windows(of) == ["100.."]
    assert windows(of, "12345678901234567890") == ["12345678901234567890.."]
    assert windows(sliced(format="integer"), from_="9", to="10") == ["9..10"]


@pytest.mark.parametrize(
    ("of", "asked", "said"),
    [
        (cursor(), {"to": "2026-01-01"}, "has no `until`"),
        (sliced(), {"from_": "2026-02-01", "to": "2026-01-01"}, "there is nothing from"),
        (sliced(), {"from_": "2027-01-01"}, "there is nothing from"),
        (sliced(), {"from_": "last week"}, "`--from` `last week` is neither ISO 8601 nor in the format `iso`"),
        (sliced(), {"position": "soon"}, "the position `soon`"),
        (sliced(slice="1s"), {"from_": "2020-01-01"}, "makes more than 100,000 slices"),
    ],
)
def test_a_span_that_cannot_be_asked_for_is_an_error(of, asked, said):
    with pytest.raises(ConfigError, match=said):
        windows(of, **asked)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, {"since": "2026-01-01T05:00:00Z", "until": "2026-01-08T00:00:00Z"}),
        ({"format": "epoch_s"}, {"since": "1767243600", "until": "1767830400"}),
        ({"format": "epoch_ms"}, {"since": "1767243600000", "until": "1767830400000"}),
        (
            {"timezone": "America/New_York"},
            {"since": "2026-01-01T00:00:00-05:00", "until": "2026-01-07T19:00:00-05:00"},
        ),
        ({"format": "%Y/%m/%d", "timezone": "America/New_York"}, {"since": "2026/01/01", "until": "2026/01/07"}),
    ],
)
def test_writes_the_bounds_as_the_api_wants_them(keys, expected):
    window = Window("2026-01-01T05:00:00Z", "2026-01-08T00:00:00Z")

    assert sliced(**keys).apply(Request("/things"), window).query == expected


def test_an_open_side_is_not_written():
    assert sliced().apply(Request("/things"), Window(None, None)) == Request("/things")
    assert cursor().apply(Request("/x"), Window("2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z")).query == {
        "since": "2026-01-01T00:00:00Z"
    }


def test_consecutive_runs_leave_no_gap_even_in_days():
    of = sliced(format="%Y-%m-%d")
    (first,) = of.windows("2026-01-30T00:00:00Z", NOW, None, None)
    (second,) = of.windows(first.end, datetime(2026, 2, 2, 9, tzinfo=UTC), None, None)

    asked = [of.apply(Request("/x"), window).query for window in (first, second)]

    assert asked == [{"since": "2026-01-30", "until": "2026-01-31"}, {"since": "2026-01-31", "until": "2026-02-02"}]


@pytest.mark.parametrize(
    ("style", "a", "b", "later"),
    [
        ("iso", "2026-01-31T10:00:00+02:00", "2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z"),
        ("iso", "2026-01-31T08:30:00.5Z", "2026-01-31T08:30:00Z", "2026-01-31T08:30:00.5Z"),
        ("epoch_s", "999999999", "1000000000", "1000000000"),
        ("epoch_s", "1512085950.000216", "1512085950.000215", "1512085950.000216"),
        ("epoch_ms", "1512085950123", "2026-01-31T08:30:00Z", "2026-01-31T08:30:00Z"),
        ("integer", "9", "10", "10"),
        ("integer", "12345678901234567891", "12345678901234567890", "12345678901234567891"),
        ("%d.%m.%Y", "31.01.2026", "01.02.2026", "01.02.2026"),
        ("iso", None, "2026-01-31", "2026-01-31"),
        ("iso", "2026-01-31", None, "2026-01-31"),
    ],
)
def test_the_later_value_is_found_by_instant_or_number_never_by_text(style, a, b, later):
    assert cursor(format=style).latest(a, b) == later
    assert cursor(format=style).latest(b, a) == later


def test_no_value_is_later_than_none():
    assert cursor().latest(None, None) is None


def test_a_value_in_another_format_is_an_error():
    with pytest.raises(ApiError, match="cursor field `updated_at` is not in the format `iso`"):
        cursor().latest("2026-01-31", "yesterday")


def test_positions_have_one_form():
    assert cursor(format="epoch_s").canonical("1512085950.5") == "2017-11-30T23:52:30.500000Z"
    assert cursor(format="integer").canonical("007") == "7"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"slice": "7d"}, "`slice` needs `until`"),
        ({"slice": "0d", "until": "query.until"}, "longer than nothing"),
        ({"slice": "7", "until": "query.until"}, "is no duration"),
        ({"format": "integer", "lookback": "1h"}, "leave them out"),
        ({"format": "integer", "slice": "1h", "until": "query.u"}, "leave them out"),
        ({"format": "epoch"}, "`epoch` is not one of iso, epoch_s"),
        ({"timezone": "New York"}, "`New York` is no time zone"),
        ({"timezone": "../etc/passwd"}, "is no time zone"),
        ({"start": "yesterday"}, "yesterday"),
        ({"from": "since"}, "no place in a request"),
        ({"field": "a..b"}, "is not a dotted path"),
        ({"untill": "query.u"}, "Extra inputs"),
    ],
)
def test_a_cursor_that_makes_no_sense_is_refused(keys, said):
    with pytest.raises(ValidationError, match=said):
        cursor(**keys)

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
        # The end is at seven in the evening in New York: up to and without January 8 is all of it.
        ({"format": "%Y/%m/%d", "timezone": "America/New_York"}, {"since": "2026/01/01", "until": "2026/01/08"}),
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
        ({"slice": "7days", "until": "query.until"}, "is no duration"),
        ({"lookback": 5}, "`lookback: 5` is no duration"),
        ({"granularity": "0s"}, "longer than nothing"),
        ({"format": "integer", "lookback": "1h"}, "with `format: integer` write a whole number"),
        ({"format": "integer", "slice": "1h", "until": "query.u"}, "with `format: integer` write a whole number"),
        ({"format": "integer", "slice": 0, "until": "query.u"}, "longer than nothing"),
        ({"from": None, "until": "query.u"}, "`until` needs `from`"),
        ({"most": 10000}, "`most` needs `until`"),
        ({"most": 1, "until": "query.u"}, "greater than or equal to 2"),
        ({"until_inclusive": True}, "says how the API takes `until`, which is not given"),
        ({"from": None, "from_exclusive": True}, "says how the API takes `from`, which is not given"),
        ({"sorted": "ascending"}, "descending"),
        ({"format": "integer", "start": 1, "until": "text.end"}, "would stay open"),
        ({"granularity": "1h", "format": "%Y-%m-%d"}, "is finer than `format: %Y-%m-%d` can write"),
        ({"format": "epoch"}, "`epoch` is not one of iso, epoch_s"),
        ({"timezone": "New York"}, "`New York` is no time zone"),
        ({"timezone": "../etc/passwd"}, "is no time zone"),
        ({"start": "yesterday"}, "`start: yesterday` is neither ISO 8601"),
        ({"start": 2024, "format": "%Q"}, "nor in the format `%Q`"),
        ({"start": "x", "format": "integer"}, "`start: x` is neither"),
        ({"from": "since"}, "no place in a request"),
        ({"from": "text.since", "start": None}, "`from: text.since` needs `start`"),
        ({"field": "a..b"}, "is not a dotted path"),
        ({"untill": "query.u"}, "Extra inputs"),
    ],
)
def test_a_cursor_that_makes_no_sense_is_refused(keys, said):
    with pytest.raises(ValidationError, match=said):
        cursor(**keys)


def test_calendar_months_are_counted_from_the_start():
    assert windows(sliced(slice="1mo"), "2025-12-31", now=datetime(2026, 3, 31, 1, tzinfo=UTC)) == [
        "2025-12-31T00:00:00Z..2026-01-31T00:00:00Z",
        "2026-01-31T00:00:00Z..2026-02-28T00:00:00Z",
        "2026-02-28T00:00:00Z..2026-03-31T00:00:00Z",
        "2026-03-31T00:00:00Z..2026-03-31T01:00:00Z",
    ]


def test_days_are_those_of_the_time_zone_also_when_its_clocks_change():
    of = sliced(slice="1d", timezone="America/New_York", format="%Y-%m-%d")

    asked = [of.apply(Request("/x"), one).query for one in of.windows("2026-10-31T04:00:00Z", NOV_3, None, None)]

    assert asked == [
        {"since": "2026-10-31", "until": "2026-11-01"},
        {"since": "2026-11-01", "until": "2026-11-02"},
        {"since": "2026-11-02", "until": "2026-11-03"},
    ]


NOV_3 = datetime(2026, 11, 3, 17, tzinfo=UTC)


def test_a_window_ends_on_a_step_that_the_api_can_be_asked_for():
    assert windows(sliced(format="%Y-%m-%d"), "2026-01-29T00:00:00Z") == ["2026-01-29T00:00:00Z..2026-01-31T00:00:00Z"]
    assert windows(sliced(granularity="1h"), "2026-01-31T00:00:00Z") == ["2026-01-31T00:00:00Z..2026-01-31T08:00:00Z"]
    assert windows(sliced(granularity="1us"), "2026-01-31T08:30:15Z") == [
        "2026-01-31T08:30:15Z..2026-01-31T08:30:15.250000Z"
    ]


def test_a_slice_shorter_than_a_step_of_the_api_is_a_step():
    assert len(windows(sliced(format="%Y-%m-%d", slice="1h"), "2026-01-29T00:00:00Z")) == 2


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"until_inclusive": True, "granularity": "1s"}, ("2026-01-01T05:00:00Z", "2026-01-07T23:59:59Z")),
        ({"until_inclusive": True}, ("2026-01-01T05:00:00Z", "2026-01-08T00:00:00Z")),  # what is too much is left out
        ({"from_exclusive": True}, ("2026-01-01T04:59:59Z", "2026-01-08T00:00:00Z")),
        ({"granularity": "1d"}, ("2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z")),
        ({"granularity": "1ms"}, ("2026-01-01T05:00:00.000Z", "2026-01-08T00:00:00.000Z")),
        ({"format": "%Y-%m-%d", "until_inclusive": True, "granularity": "1d"}, ("2026-01-01", "2026-01-07")),
    ],
)
def test_writes_the_bounds_by_the_sides_that_the_api_takes(keys, expected):
    query = sliced(**keys).apply(Request("/x"), Window("2026-01-01T05:00:00Z", "2026-01-08T00:00:00Z")).query

    assert (query["since"], query["until"]) == expected


def test_a_span_can_end_where_the_api_cannot_be_asked_to():
    of = cursor()

    assert windows(of, from_="2026-01-01", to="2026-01-02") == ["2026-01-01T00:00:00Z..2026-01-02T00:00:00Z"]
    assert of.apply(Request("/x"), Window("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")).query == {
        "since": "2026-01-01T00:00:00Z"
    }


def test_an_api_that_takes_no_bound_is_asked_without():
    of = Cursor(field="at", start="2026-01-01")

    assert windows(of) == ["2026-01-01T00:00:00Z.."]
    assert of.apply(Request("/x"), Window("2026-01-01T00:00:00Z", None)) == Request("/x")


def test_whole_numbers_look_back_and_step_by_numbers():
    of = sliced(format="integer", lookback=10, slice=100)

    assert windows(of, "1000") == ["990.."]
    assert of.step(Window("990", None)) == Window("990", "1090")
    assert windows(of, from_="0", to="250") == ["0..100", "100..200", "200..250"]


def test_what_cannot_be_stepped_through_is_not():
    assert sliced(format="integer", slice=100).step(Window(None, None)) is None
    assert sliced(format="integer", slice=100).step(Window("0", "10")) is None
    assert sliced(format="integer").step(Window("0", None)) is None
    assert sliced(slice="1d").step(Window("2026-01-01T00:00:00Z", None)) is None


@pytest.mark.parametrize(
    ("keys", "window", "expected"),
    [
        ({}, ("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"), "2026-01-02T00:00:00Z"),
        ({}, ("2026-01-01T00:00:00Z", "2026-01-01T00:00:03Z"), "2026-01-01T00:00:01Z"),
        ({}, ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"), None),
        ({}, ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:01.5Z"), "2026-01-01T00:00:01Z"),
        ({"format": "%Y-%m-%d"}, ("2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"), "2026-01-02T00:00:00Z"),
        ({"format": "%Y-%m-%d"}, ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), None),
        ({"format": "%Y-%m-%d"}, ("2026-01-01T22:00:00Z", "2026-01-03T01:00:00Z"), "2026-01-02T00:00:00Z"),
        ({"format": "integer"}, ("0", "5"), "2"),
        ({"format": "integer"}, ("4", "5"), None),
        ({}, (None, "2026-01-02T00:00:00Z"), None),
        ({}, ("2026-01-02T00:00:00Z", None), None),
    ],
)
def test_a_window_is_halved_on_a_step_of_the_api(keys, window, expected):
    of = sliced(**keys)

    found = of.halves(Window(*window))

    if expected is None:
        assert found is None
    else:
        start, end = map(of.canonical, window)
        assert found == (Window(start, expected), Window(expected, end))


def test_numbers_and_flags_are_taken_as_they_are_written_in_a_file():
    of = sliced(most="10000", until_inclusive="true", from_exclusive="false", start="2020-01-01")

    assert (of.most, of.until_inclusive, of.from_exclusive) == (10000, True, False)


@pytest.mark.parametrize("keys", [{"most": "many"}, {"most": "1.5"}, {"until_inclusive": "maybe"}])
def test_other_texts_are_no_number_and_no_flag(keys):
    with pytest.raises(ValidationError):
        sliced(**keys)

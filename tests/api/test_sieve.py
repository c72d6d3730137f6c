"""Which records belong to a slice, and that none on a bound is lost or read twice, whatever the API's sides."""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from glue_lib.api import moments
from glue_lib.api.cursor import Cursor, Window
from glue_lib.api.request import Request
from glue_lib.api.sieve import Sieve, Tally
from glue_lib.errors import ApiError


def cursor(**keys: Any) -> Cursor:
    return Cursor.model_validate({"field": "at", "from": "query.since", **keys})


def record(at: Any, **more: Any) -> bytes:
    return json.dumps({"at": at, **more}).encode()


def records(*values: Any) -> tuple[bytes, ...]:
    return tuple(record(value) for value in values)


def kept(sieve: Sieve, *values: Any) -> list[Any]:
    return [json.loads(one)["at"] for one in sieve.kept(records(*values))]


def open_from(start: str | None) -> Window:
    return Window(start, None)


def test_without_bounds_everything_stays_and_the_latest_is_told():
    tally = Tally()

    assert kept(Sieve(cursor(), open_from(None), tally), "2026-01-02", "2026-01-03", "2026-01-01") == [
        "2026-01-02",
        "2026-01-03",
        "2026-01-01",
    ]
    assert tally.latest == "2026-01-03"


def test_nothing_is_copied_where_nothing_is_left_out():
    page = records("2026-01-02")

    assert Sieve(cursor(), open_from(None), Tally()).kept(page) is page


@pytest.mark.parametrize("nothing", [None, "", " ", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z"])
def test_a_record_without_a_value_stays_and_is_counted(nothing: Any):
    tally = Tally()
    sieve = Sieve(cursor(**{"from": None}), open_from("2026-01-01T00:00:00Z"), tally)

    assert kept(sieve, nothing, "2025-01-01") == [nothing]
    assert (tally.nulls, tally.before) == (1, 1)


def test_a_record_without_the_field_stays_and_so_does_one_whose_parent_is_null():
    of, tally = cursor(field="meta.at"), Tally()

    assert len(Sieve(of, open_from(None), tally).kept((b"{}", b'{"meta": null}', b'{"meta": []}'))) == 3
    assert tally.nulls == 3


def test_zero_is_a_moment_where_moments_are_numbers():
    tally = Tally()

    assert kept(Sieve(cursor(format="epoch_s"), open_from(None), tally), 0, "0") == [0, "0"]
    assert (tally.nulls, tally.latest) == (0, "0")


@pytest.mark.parametrize("odd", ["soon", True, {"a": 1}, [1], "2026-13-01"])
def test_a_value_that_cannot_be_read_stays_among_others_that_can(odd: Any):
    tally = Tally()
    sieve = Sieve(cursor(**{"from": None}), open_from("2026-01-01T00:00:00Z"), tally)

    assert kept(sieve, "2026-01-02", odd) == ["2026-01-02", odd]
    assert (tally.unreadable, tally.latest) == (1, "2026-01-02")


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ("soon", "cursor field `at` is not in the format `iso`"),
        ({"a": 1}, "`at` is an object; name a value inside it"),
        (True, "`at` is `true`"),
    ],
)
def test_a_field_that_no_record_can_be_read_by_is_an_error(odd: Any, said: str):
    with pytest.raises(ApiError, match=said):
        Sieve(cursor(), open_from(None), Tally()).kept(records(odd, None, odd))


def test_broken_text_beside_the_field_keeps_nothing_from_being_read():
    tally = Tally()

    Sieve(cursor(), open_from(None), tally).kept(
        (b'{"name": "\\ud800", "at": "2026-01-02"}', b'{"at":"2026-01-0\\u0031"}')
    )

    assert (tally.latest, tally.values) == ("2026-01-02", 2)


def test_a_long_number_is_read_exactly():
    tally = Tally()

    Sieve(cursor(format="integer"), open_from(None), tally).kept(records(12345678901234567890, 12345678901234567891))

    assert tally.latest == "12345678901234567891"


def test_an_api_that_takes_no_bound_is_sorted_out_here():
    tally = Tally()
    sieve = Sieve(cursor(**{"from": None}), open_from("2026-01-10T00:00:00Z"), tally)

    assert kept(sieve, "2026-01-09T23:59:59Z", "2026-01-10T00:00:00Z", "2026-01-11") == [
        "2026-01-10T00:00:00Z",
        "2026-01-11",
    ]
    assert tally.before == 1


def test_what_an_api_gives_from_outside_of_what_it_was_asked_for_stays_and_is_told():
    of = cursor(until="query.until")
    tally = Tally()
    sieve = Sieve(of, Window("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z"), tally)

    assert kept(sieve, "2026-01-09", "2026-01-10", "2026-01-11") == ["2026-01-09", "2026-01-10", "2026-01-11"]
    assert (tally.outside, tally.before, tally.after) == (2, 0, 0)


def test_a_span_that_ends_without_an_until_ends_here():
    tally = Tally()
    sieve = Sieve(cursor(), Window("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z"), tally)

    assert kept(sieve, "2026-01-10", "2026-01-11", "2026-01-12") == ["2026-01-10"]
    assert tally.after == 2


def test_the_very_record_that_the_run_before_landed_is_left_out_once_for_each_time():
    first, second = Tally(), Tally()
    Sieve(cursor(), open_from(None), first).kept((record("2026-01-01"), record("2026-01-02", id=1)))
    known = {mark: count for mark, (count, _) in first.edge.items()}
    again = (record("2026-01-02", id=1), record("2026-01-02", id=1), record("2026-01-02", id=2))

    left = Sieve(cursor(), open_from("2026-01-02T00:00:00Z"), second, known=known).kept(again)

    assert list(left) == [record("2026-01-02", id=1), record("2026-01-02", id=2)]


def test_what_was_left_out_before_a_stop_is_not_left_out_again_after_it():
    first, second = Tally(), Tally()
    one = record("2026-01-02")
    Sieve(cursor(), open_from(None), first).kept((one,))
    known = {mark: count for mark, (count, _) in first.edge.items()}
    Sieve(cursor(), open_from("2026-01-02T00:00:00Z"), second, known=known).kept((one,))
    stored = json.loads(json.dumps(second.to_json()))

    left = Sieve(cursor(), open_from("2026-01-02T00:00:00Z"), Tally.from_json(stored), known=known).kept((one,))

    assert list(left) == [one]


def test_the_same_record_of_another_parent_is_another():
    first = Tally()
    one = record("2026-01-02")
    Sieve(cursor(), open_from(None), first, prefix=b'{"_parent_id": 1, ').kept((one,))
    known = {mark: count for mark, (count, _) in first.edge.items()}

    sieve = Sieve(cursor(), open_from(None), Tally(), known=known, prefix=b'{"_parent_id": 2, ')

    assert list(sieve.kept((one,))) == [one]


def test_the_edge_is_what_the_next_request_meets_again_and_no_more():
    tally = Tally()
    values = ["2026-01-01T10:00:00Z", "2026-01-01T10:00:01.100Z", "2026-01-01T10:00:01.900Z", "2026-01-01T10:00:01Z"]

    Sieve(cursor(), open_from(None), tally).kept(records(*values))

    assert len(tally.edge) == 3


def test_a_record_from_the_future_leaves_the_edge_where_the_position_will_be():
    tally = Tally()
    values = ["2026-01-01T10:00:00Z", "2026-01-01T10:00:05Z", "2099-01-01"]

    Sieve(cursor(), open_from(None), tally, not_after="2026-01-01T10:00:05Z").kept(records(*values))

    assert len(tally.edge) == 2


def test_an_edge_of_very_many_records_does_not_grow():
    tally = Tally()

    Sieve(cursor(), open_from(None), tally).kept(tuple(record("2026-01-01", id=one) for one in range(1500)))

    assert (len(tally.edge), tally.is_edge_full) == (1000, True)


def descending() -> Cursor:
    return cursor(**{"from": None}, sorted="descending")


def test_a_feed_that_gives_the_newest_first_is_left_where_it_gets_to_what_is_known():
    sieve = Sieve(descending(), open_from("2026-01-10T00:00:00Z"), Tally())

    assert kept(sieve, "2026-01-12", "2026-01-10") == ["2026-01-12", "2026-01-10"]
    assert not sieve.is_passed
    assert kept(sieve, "2026-01-10", "2026-01-09") == ["2026-01-10"]
    assert sieve.is_passed


def test_a_first_run_of_such_a_feed_reads_it_to_the_end():
    sieve = Sieve(descending(), open_from(None), Tally())
    kept(sieve, "2026-01-12", "1999-01-10")

    assert not sieve.is_passed


@pytest.mark.parametrize(
    "pinned", [["2025-01-01", "2026-01-12", "2026-01-09"], ["2026-01-12", "2025-01-01", "2026-01-11"]]
)
def test_a_feed_with_an_old_record_on_top_is_read_to_the_end(pinned: list[str]):
    tally = Tally()
    sieve = Sieve(descending(), open_from("2026-01-10T00:00:00Z"), tally)
    kept(sieve, *pinned)

    kept(sieve, "2026-01-08")

    assert not sieve.is_passed
    assert tally.is_unsorted


def test_a_page_without_values_ends_no_feed():
    sieve = Sieve(descending(), open_from("2026-01-10T00:00:00Z"), Tally())

    kept(sieve, "2026-01-12")
    kept(sieve, None, None)

    assert not sieve.is_passed


NEW_YORK = {"from": None, "timezone": "America/New_York"}


def test_in_the_hour_that_comes_twice_nothing_is_left_out_that_may_be_new():
    # The position is at a quarter to two, the first time; half past one the second time is later.
    sieve = Sieve(cursor(**NEW_YORK), open_from("2026-11-01T05:45:00Z"), Tally())

    assert kept(sieve, "2026-11-01T00:59:00", "2026-11-01T01:30:00") == ["2026-11-01T01:30:00"]


def test_in_the_hour_that_comes_twice_no_feed_is_left():
    sieve = Sieve(cursor(**NEW_YORK, sorted="descending"), open_from("2026-11-01T05:45:00Z"), Tally())

    kept(sieve, "2026-11-01T01:30:00")
    assert not sieve.is_passed
    kept(sieve, "2026-11-01T00:59:00")
    assert sieve.is_passed


# What an API compares and how its records write it: microseconds, seconds, whole days, whole numbers.
BASE = datetime.fromisoformat("2026-03-07T00:00:00+00:00")


def _micros() -> list[str]:
    steps = [
        0,
        400_000,
        999_999,
        1_000_000,
        1_000_001,
        2_500_000,
        3_000_000,
        4_000_000,
        4_000_000,
        5_999_999,
        9_000_000,
    ]
    return [(BASE + timedelta(microseconds=step)).isoformat() for step in steps]


def _seconds() -> list[int]:
    return [int(BASE.timestamp()) + step for step in (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)]


def _days() -> list[str]:
    return [f"2026-03-{day:02}" for day in (7, 7, 8, 8, 9, 10, 11, 12, 12)]


KINDS = [
    ({"format": "iso", "slice": "2s"}, _micros(), timedelta(seconds=3)),
    ({"format": "iso", "slice": "2s", "granularity": "1us"}, _micros(), timedelta(seconds=3)),
    ({"format": "epoch_s", "slice": "2s"}, _seconds(), timedelta(seconds=3, milliseconds=700)),
    ({"format": "epoch_ms", "slice": "1s"}, [second * 1000 + 7 for second in _seconds()], timedelta(milliseconds=2507)),
    ({"format": "%Y-%m-%d", "slice": "1d"}, _days(), timedelta(hours=37)),
    ({"format": "%Y-%m-%d", "slice": "2d", "timezone": "America/New_York"}, _days(), timedelta(hours=37)),
    ({"format": "%Y-%m-%d", "slice": "1d", "granularity": "1d"}, _days(), timedelta(hours=50)),
]
SIDES = list(product((False, True), (False, True)))


class SortedApi:
    """Gives the records between its bounds, of which each side is its own, as exactly as its records are written."""

    def __init__(self, of: Cursor, values: list[Any]) -> None:
        self.of, self.stored = of, [record(value, id=number) for number, value in enumerate(values)]

    def answers(self, request: Request, existing: int) -> Collection[bytes]:
        return tuple(self._between(request.query.get("since"), request.query.get("until"), existing))

    def _between(self, since: Any, until: Any, existing: int) -> Iterator[bytes]:
        for one in self.stored:
            at = self.of.moment(str(json.loads(one)["at"]))
            low, high = (None if bound is None else self.of.moment(bound) for bound in (since, until))
            if at > existing:
                continue
            if low is not None and (at < low or (at == low and self.of.from_exclusive)):
                continue
            if high is not None and (at > high or (at == high and not self.of.until_inclusive)):
                continue
            yield one


@pytest.mark.parametrize(("from_exclusive", "until_inclusive"), SIDES)
@pytest.mark.parametrize(("keys", "values", "pause"), KINDS)
def test_no_record_on_a_bound_of_a_window_is_lost_or_read_twice(
    keys: dict[str, Any], values: list[Any], pause: timedelta, from_exclusive: bool, until_inclusive: bool
):
    of = cursor(until="query.until", from_exclusive=from_exclusive, until_inclusive=until_inclusive, **keys)
    api, landed, position, now = SortedApi(of, values), Counter[bytes](), "2026-03-06T23:59:51.5Z", BASE
    for _ in range(8):
        for window in of.windows(position, now, None, None):
            page = api.answers(of.apply(Request("/x"), window), moments.of(now))
            landed.update(Sieve(of, window, Tally()).kept(page))
            position = str(window.end)
        now += pause

    assert landed == Counter(api.stored)


@pytest.mark.parametrize("from_exclusive", [False, True])
@pytest.mark.parametrize(("keys", "values", "pause"), KINDS)
def test_no_record_at_the_position_is_lost_or_read_twice(
    keys: dict[str, Any], values: list[Any], pause: timedelta, from_exclusive: bool
):
    of = cursor(**{name: keys[name] for name in keys if name != "slice"}, from_exclusive=from_exclusive)
    api, landed, position, known, now = SortedApi(of, values), Counter[bytes](), None, {}, BASE
    for _ in range(8):
        (window,) = of.windows(position, now, None, None)
        tally = Tally()
        page = api.answers(of.apply(Request("/x"), window), moments.of(now))
        landed.update(Sieve(of, window, tally, known=known).kept(page))
        position = of.canonical(tally.latest) if tally.latest else position
        known = {mark: count for mark, (count, _) in tally.edge.items()} if tally.latest else known
        now += pause

    assert landed == Counter(api.stored)

"""Slices on hostile servers: caps, feeds, bounds, totals; and stops in the middle of each of them."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from glue_lib.api.exchange import Response
from glue_lib.errors import ApiError
from tests.feed import COUNTED, NOW, OFFSET, Feed, Lake, days


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


CAPPED = "{field: at, from: query.since, until: query.until, start: 2026-01-01, most: 5}"


def too_far() -> Response:
    return Response(400, {}, b'{"message": "Result window is too large"}')


def hides_the_rest(api: Feed) -> None:
    api.cap = 5


def refuses_to_go_on(api: Feed) -> None:
    api.cap, api.behind_cap = 5, too_far


def says_it_in_the_body(api: Feed) -> None:
    api.cap, api.behind_cap = 5, lambda: Response(200, {}, b'{"error": "only 5 records can be asked for"}')


def tells_how_many(api: Feed) -> None:
    api.cap, api.tells_total = 5, True


@pytest.mark.parametrize("capped", [hides_the_rest, refuses_to_go_on, says_it_in_the_body, tells_how_many])
@pytest.mark.parametrize("limit", [2, 3, 5])
def test_a_window_of_more_than_the_api_gives_is_halved_until_each_half_comes_whole(
    lake: Lake, capped: Callable[[Feed], None], limit: int
):
    api = Feed(*days(31))
    capped(api)

    outcome = lake.ingest(api, CAPPED, limit=limit, pagination=COUNTED if api.tells_total else OFFSET)

    assert sorted(lake.landed()) == list(range(1, 32))
    assert outcome.evidence["windows"] > 5
    assert lake.position.value == "2026-03-01T00:00:00Z"


def test_exactly_as_many_as_the_api_gives_are_halved_too_since_there_may_be_more(lake: Lake):
    api = Feed(*days(5))
    api.cap = 5

    outcome = lake.ingest(api, CAPPED)

    assert sorted(lake.landed()) == [1, 2, 3, 4, 5]
    assert outcome.evidence["windows"] > 1


def test_a_declared_total_decides_before_anything_of_the_window_is_asked_for_further(lake: Lake):
    api = Feed(*days(31))
    tells_how_many(api)

    lake.ingest(api, CAPPED, pagination=COUNTED)

    whole = [query for query in api.asked if query["since"].startswith("2026-01-01") and "03-01" in query["until"]]
    assert len(whole) == 1


def test_what_stands_at_one_instant_cannot_be_halved_and_is_an_error_with_a_remedy(lake: Lake):
    api = Feed(*["2026-01-02"] * 9)
    hides_the_rest(api)

    told = (
        r"small.things: 2026-01-02T00:00:00Z..2026-01-02T00:00:01Z: holds .* records and maybe more,"
        r" and `cursor.most` says that the API gives .* `granularity`"
    )
    with pytest.raises(ApiError, match=told):
        lake.ingest(api, CAPPED)

    assert lake.landed() == []


def test_a_window_without_a_start_cannot_be_halved_and_the_remedy_is_a_start(lake: Lake):
    api = Feed(*days(9))
    hides_the_rest(api)

    with pytest.raises(ApiError, match="give the cursor a `start`"):
        lake.ingest(api, "{field: at, from: query.since, until: query.until, most: 5}")


def test_an_error_that_is_no_cap_is_told_as_it_is_once_nothing_can_be_halved(lake: Lake):
    api = Feed(*["2026-01-02"] * 4)
    api.instead = lambda query: Response(400, {}, b'{"message": "no"}') if query["offset"] == "2" else None

    with pytest.raises(ApiError, match="an error behind 2 records") as raised:
        lake.ingest(api, CAPPED)

    assert "answered 400 (no)" in str(raised.value.__cause__)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_an_error_that_has_nothing_to_do_with_a_cap_halves_nothing(lake: Lake, status: int):
    api = Feed(*days(31))
    api.instead = lambda query: Response(status, {}, b"") if query["offset"] == "2" else None

    with pytest.raises(ApiError, match=f"answered {status}"):
        lake.ingest(api, CAPPED)

    assert len(api.asked) == 2


@pytest.mark.parametrize("stop", [2, 4, 7, 9, 12, 15])
def test_a_cap_s_halves_are_gone_on_with_after_a_stop_and_none_is_read_twice(lake: Lake, stop: int):
    api = Feed(*days(13))
    hides_the_rest(api)
    stops = iter([None] * (stop - 1) + [ZeroDivisionError()])
    api.instead = lambda query: next(stops, None)
    with pytest.raises(ZeroDivisionError):
        lake.ingest(api, CAPPED, part_bytes=1)

    lake.ingest(api, CAPPED, part_bytes=1)

    assert sorted(lake.landed()) == list(range(1, 14))


NUMBERS = "{field: at, from: query.since, until: query.until, format: integer, start: 0, slice: 10}"


def test_whole_numbers_are_read_in_steps_to_their_end_whatever_gaps_they_have(lake: Lake):
    api = Feed(1, 5, 9, 10, 11, 35, 1000, 1001)

    lake.ingest(api, NUMBERS)

    assert lake.landed() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert lake.position.value == "1001"
    assert api.asked[-1].get("until") is None  # what is behind the last step was asked for


def test_the_next_run_of_whole_numbers_begins_at_the_last_and_brings_it_no_second_time(lake: Lake):
    api = Feed(1, 5, 9)
    lake.ingest(api, NUMBERS)
    api.records += [{"id": 4, "at": 9}, {"id": 5, "at": 12}]

    lake.ingest(api, NUMBERS)

    assert lake.landed() == [1, 2, 3, 4, 5]


def test_whole_numbers_are_gone_on_with_after_a_stop(lake: Lake):
    api = Feed(*range(0, 50, 3))
    stops = iter([None] * 7 + [ZeroDivisionError()])
    api.instead = lambda query: next(stops, None)
    with pytest.raises(ZeroDivisionError):
        lake.ingest(api, NUMBERS, part_bytes=1)

    lake.ingest(api, NUMBERS, part_bytes=1)

    assert lake.landed() == list(range(1, 18))


@pytest.mark.parametrize("values", [[1, 5, 27], [None, None], [None, 1]])
def test_an_api_that_ignores_the_bounds_of_steps_does_not_make_them_endless(lake: Lake, values: list[int | None]):
    api = Feed(*values)
    api.ignores_bounds = True

    lake.ingest(api, NUMBERS)

    assert set(lake.landed()) == set(range(1, len(values) + 1))
    assert len(api.asked) < 20


def test_steps_of_whole_numbers_that_hold_too_many_are_halved(lake: Lake):
    api = Feed(*range(40))
    api.cap = 5

    lake.ingest(api, NUMBERS.replace("slice: 10", "slice: 10, most: 5"))

    assert lake.landed() == list(range(1, 41))


OPEN = "{field: at, from: query.since, start: 2026-01-01}"


def test_a_record_at_the_position_is_landed_once_though_every_run_meets_it_again(lake: Lake):
    api = Feed("2026-01-01T10:00:00Z", "2026-01-02T10:00:00.250Z")
    lake.ingest(api, OPEN)
    api.records.append({"id": 3, "at": "2026-01-02T10:00:00.250Z"})

    outcomes = [lake.ingest(api, OPEN), lake.ingest(api, OPEN), lake.ingest(api, OPEN)]

    assert lake.landed() == [1, 2, 3]
    assert [outcome.evidence.get("repeated", 0) for outcome in outcomes] == [1, 2, 2]


def test_a_record_at_the_position_that_changed_is_landed_again(lake: Lake):
    api = Feed("2026-01-02T10:00:00Z")
    lake.ingest(api, OPEN)
    api.records[0]["name"] = "changed"

    lake.ingest(api, OPEN)

    assert lake.landed() == [1, 1]


def test_a_record_from_the_future_hides_none_and_is_landed_once(lake: Lake):
    api = Feed("2026-01-01T10:00:00Z", "2099-01-01T00:00:00Z")
    lake.ingest(api, OPEN)
    api.records.append({"id": 3, "at": "2026-03-01T00:00:00Z"})
    lake.now = NOW + timedelta(days=1)

    lake.ingest(api, OPEN)

    assert lake.landed() == [1, 2, 3]


def test_a_killed_run_that_has_left_out_a_repeat_leaves_it_out_once(lake: Lake):
    api = Feed("2026-01-02T10:00:00Z", "2026-01-02T10:00:00Z", "2026-01-02T10:00:00Z")
    lake.ingest(api, OPEN, part_bytes=1, limit=1)
    api.records += [{"id": 4, "at": "2026-01-02T10:00:00Z"}, {"id": 5, "at": "2026-01-02T10:00:00Z"}]
    api.instead = lambda query: ZeroDivisionError() if query["offset"] == "2" else None
    with pytest.raises(ZeroDivisionError):
        lake.ingest(api, OPEN, part_bytes=1, limit=1)
    api.instead = lambda query: None

    lake.ingest(api, OPEN, part_bytes=1, limit=1)

    assert lake.landed() == [1, 2, 3, 4, 5]


def test_records_without_a_value_are_kept_and_told(lake: Lake):
    api = Feed("2026-01-02", None, "")

    outcome = lake.ingest(api, OPEN)

    assert sorted(lake.landed()) == [1, 2, 3]
    assert outcome.evidence["nulls"] == 2
    assert lake.position.value == "2026-01-02T00:00:00Z"


OURS = "{field: at}"
FEED = "{field: at, sorted: descending}"


def test_an_api_that_takes_no_bound_is_read_whole_and_only_what_is_new_is_landed(lake: Lake):
    api = Feed(*days(6))
    lake.ingest(api, OURS)
    api.records += [{"id": 7, "at": "2026-01-06"}, {"id": 8, "at": "2026-01-07"}, {"id": 9, "at": None}]

    outcome = lake.ingest(api, OURS)

    assert lake.landed_by(outcome.run_id) == [9, 7, 8]
    assert (outcome.evidence["before"], outcome.evidence["repeated"], outcome.evidence["nulls"]) == (5, 1, 1)


def test_a_feed_is_left_at_the_first_page_that_is_known(lake: Lake):
    api = Feed(*days(20))
    api.descending = True
    lake.ingest(api, FEED)
    api.records += [{"id": 21, "at": "2026-01-20"}, {"id": 22, "at": "2026-01-21"}]
    api.asked.clear()

    outcome = lake.ingest(api, FEED)

    assert sorted(lake.landed_by(outcome.run_id)) == [21, 22]
    assert [query["offset"] for query in api.asked] == ["0", "2"]
    assert lake.position.value == "2026-01-21T00:00:00Z"


def test_a_feed_that_is_not_sorted_is_read_to_its_end(lake: Lake):
    api = Feed(*days(6))
    lake.ingest(api, FEED)
    api.records.append({"id": 7, "at": "2026-01-09"})  # the last, since the feed is ascending

    lake.ingest(api, FEED)

    assert lake.landed() == [1, 2, 3, 4, 5, 6, 7]


def test_a_feed_that_is_left_early_is_not_held_to_its_total(lake: Lake):
    api = Feed(*days(20))
    api.descending = api.tells_total = True
    lake.ingest(api, FEED, pagination=COUNTED)
    api.records.append({"id": 21, "at": "2026-01-21"})

    lake.ingest(api, FEED, pagination=COUNTED)

    assert sorted(lake.landed()) == list(range(1, 22))


def test_a_feed_stopped_on_its_way_is_gone_on_with_and_its_newest_is_not_forgotten(lake: Lake):
    api = Feed(*days(6))
    api.descending = True
    api.instead = lambda query: ZeroDivisionError() if query["offset"] == "4" else None
    with pytest.raises(ZeroDivisionError):
        lake.ingest(api, FEED, part_bytes=1)
    api.instead = lambda query: None

    lake.ingest(api, FEED, part_bytes=1)

    assert sorted(lake.landed()) == [1, 2, 3, 4, 5, 6]
    assert lake.position.value == "2026-01-06T00:00:00Z"


SLICED = "{field: at, from: query.since, until: query.until, start: 2026-01-01, slice: 1w}"


def test_a_bound_that_the_api_takes_into_both_windows_is_told_where_the_file_does_not_say_so(lake: Lake):
    api = Feed(*days(59))
    api.until_inclusive = True

    outcome = lake.ingest(api, SLICED)

    assert outcome.evidence["outside"] > 0
    assert set(lake.landed()) == set(range(1, 60))


@pytest.mark.parametrize("more", ["until_inclusive: true", "until_inclusive: true, granularity: 1d"])
def test_a_bound_that_the_api_takes_into_both_windows_is_landed_once_where_the_file_says_so(lake: Lake, more: str):
    api = Feed(*days(59))
    api.until_inclusive = True

    outcome = lake.ingest(api, SLICED.replace("slice", f"{more}, slice"))

    assert sorted(lake.landed()) == list(range(1, 60))
    assert "outside" not in outcome.evidence


def test_a_backfill_leaves_position_and_edge_alone(lake: Lake):
    api = Feed(*days(20))
    lake.ingest(api, OPEN)
    before = lake.position

    outcome = lake.ingest(api, OPEN, start="2026-01-03", end="2026-01-05")

    assert lake.landed_by(outcome.run_id) == [3, 4]
    assert lake.position == before


def test_an_api_that_brings_fewer_than_it_says_is_asked_once_more_and_then_not_believed(lake: Lake):
    api = Feed(*days(3))
    short = json.dumps({"data": api.records[:2], "total": 3, "next": None}).encode()
    api.instead = lambda query: Response(200, {}, short)
    pages = "{type: token, read: body.next, write: query.after, total: body.total}"

    with pytest.raises(ApiError, match="said that there are 3 records, and brought 2"):
        lake.ingest(api, OPEN, pagination=pages)

    assert len(api.asked) == 2
    assert lake.landed() == []


def test_an_api_that_brings_all_at_the_second_try_is_believed(lake: Lake):
    api = Feed(*days(3))
    answers = iter([api.records[:2], api.records])
    api.instead = lambda query: Response(
        200, {}, json.dumps({"data": next(answers), "total": 3, "next": None}).encode()
    )
    pages = "{type: token, read: body.next, write: query.after, total: body.total}"

    lake.ingest(api, OPEN, pagination=pages)

    assert lake.landed() == [1, 2, 3]


def test_a_total_that_shrinks_while_it_is_read_is_no_lie(lake: Lake):
    api = Feed(*days(3))
    answers = iter([(api.records[:1], 3, "b"), (api.records[2:], 2, None)])

    def answer(query: dict[str, str]) -> Response:
        found, total, following = next(answers)
        return Response(200, {}, json.dumps({"data": found, "total": total, "next": following}).encode())

    api.instead = answer
    pages = "{type: token, read: body.next, write: query.after, total: body.total}"

    lake.ingest(api, OPEN, pagination=pages)

    assert lake.landed() == [1, 3]


def test_a_slice_whose_progress_another_version_wrote_is_read_anew(lake: Lake):
    api = Feed(*days(5))
    api.instead = lambda query: ZeroDivisionError() if query["offset"] == "4" else None
    with pytest.raises(ZeroDivisionError):
        lake.ingest(api, OPEN, part_bytes=1)
    for key in lake.storage.list("raw/"):
        if "progress-" in key:
            document = json.loads(lake.storage.read(key) or b"")
            lake.storage.write(key, json.dumps(document | {"state": {"chain": 0, "latest": None}}).encode())
    api.instead = lambda query: None

    lake.ingest(api, OPEN, part_bytes=1)

    assert lake.landed() == [1, 2, 3, 4, 5]

"""What a run reads, and how far it has read, decided without a request."""

from datetime import UTC, datetime
from typing import Any

import pytest

from glue_lib.api.address import url_of
from glue_lib.errors import ConfigError
from glue_lib.extract.fanning import Drawn
from glue_lib.extract.planning import first_requests, key_of, landed_after, mode_of, plan, read_at
from glue_lib.landing.plan import Plan
from glue_lib.landing.positions import Position
from glue_lib.spec.loader import loads
from glue_lib.spec.stream import Stream

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
OPEN = "write: append, cursor: {field: updated_at, from: query.since, start: 2024-01-01}"
WINDOWS = "write: append, cursor: {field: created, from: query.from, until: query.to, start: 2024-02-20, slice: 7d}"
COUNTING = "write: append, cursor: {field: id, from: query.after, until: query.to, format: integer}"


def stream(fields: str = "") -> Stream:
    text = f"""
source: x
base_url: https://x
streams:
  parents: {{path: /parents, key: [id]}}
  things: {{path: /things, {fields}}}
"""
    return loads(text, "x.yaml").streams["things"]


def comments(more: str = "") -> Stream:
    path = '"/parents/{parents.id}/{parents.kind.name}/comments"'
    text = f"""
source: x
base_url: https://x
streams:
  parents: {{path: /parents, key: [id]}}
  comments: {{path: {path}, key: [id], {more}}}
"""
    return loads(text, "x.yaml").streams["comments"]


def planned(of: Stream, **given: Any) -> Plan:
    defaults: dict[str, Any] = {"mode": "full", "position": None, "start": None, "end": None}
    return plan(of, run_id="r1", source="x", now=NOW, **defaults | given)


def queries(of: Stream, made: Plan) -> list[dict[str, str]]:
    return [dict(request.query) for work in made.slices for _, request in first_requests(of, work.work)]


@pytest.mark.parametrize(
    ("cursor", "is_backfill", "full_refresh", "position", "mode"),
    [
        ("", False, False, Position(None, "r0", 1), "full"),
        ("", True, False, None, "full"),
        (OPEN, False, False, None, "full"),
        (OPEN, False, False, Position(None, "r0", 1), "full"),
        (OPEN, False, False, Position("2024-02-01T00:00:00Z", "r0", 1), "incremental"),
        (OPEN, False, True, Position("2024-02-01T00:00:00Z", "r0", 1), "full"),
        (OPEN, True, False, Position("2024-02-01T00:00:00Z", "r0", 1), "backfill"),
        (OPEN, True, True, None, "backfill"),
    ],
)
def test_the_mode(cursor: str, is_backfill: bool, full_refresh: bool, position: Position | None, mode: str):
    assert mode_of(stream(cursor), is_backfill=is_backfill, full_refresh=full_refresh, position=position) == mode


@pytest.mark.parametrize(
    ("full_refresh", "position", "mode"),
    [(False, None, "full"), (False, Position(None, "r0", 1), "incremental"), (True, Position(None, "r0", 1), "full")],
)
def test_changed_parents_alone_are_no_whole_reading(full_refresh: bool, position: Position | None, mode: str):
    of = comments("only_changed: true, write: upsert")

    assert mode_of(of, is_backfill=False, full_refresh=full_refresh, position=position) == mode


def test_a_stream_without_a_cursor_is_one_slice():
    things = stream("params: {limit: 2}")

    made = planned(things)

    assert [(work.number, work.work, work.label) for work in made.slices] == [(0, {}, "all")]
    assert queries(things, made) == [{"limit": "2"}]
    assert (made.upper, made.created_at) == (None, "2024-03-01T12:00:00+00:00")


def test_a_first_run_begins_at_the_cursor_s_start_and_the_next_at_the_position():
    things = stream(OPEN)

    first = planned(things)
    second = planned(things, mode="incremental", position=Position("2024-02-01T00:00:00Z", "r0", 4))

    assert queries(things, first) == [{"since": "2024-01-01T00:00:00Z"}]
    assert queries(things, second) == [{"since": "2024-02-01T00:00:00Z"}]
    assert (first.context["sequence"], second.context["sequence"]) == (0, 4)


def test_a_full_run_does_not_begin_at_the_position():
    made = planned(stream(OPEN), mode="full", position=Position("2024-02-01T00:00:00Z", "r0", 1))

    assert queries(stream(OPEN), made) == [{"since": "2024-01-01T00:00:00Z"}]


def test_windows_become_slices_up_to_the_moment_of_the_plan():
    made = planned(stream(WINDOWS))

    assert [work.label for work in made.slices] == [
        "2024-02-20T00:00:00Z..2024-02-27T00:00:00Z",
        "2024-02-27T00:00:00Z..2024-03-01T12:00:00Z",
    ]
    assert queries(stream(WINDOWS), made)[1] == {"from": "2024-02-27T00:00:00Z", "to": "2024-03-01T12:00:00Z"}
    assert made.upper == "2024-03-01T12:00:00Z"


def test_a_backfill_asks_for_its_span():
    made = planned(stream(WINDOWS), mode="backfill", start="2024-01-01", end="2024-01-03")

    assert queries(stream(WINDOWS), made) == [{"from": "2024-01-01T00:00:00Z", "to": "2024-01-03T00:00:00Z"}]


def test_a_backfill_to_an_end_that_the_api_cannot_be_asked_for_is_cut_off_here():
    made = planned(stream(OPEN), mode="backfill", start="2024-01-01", end="2024-01-03")

    assert made.slices[0].work == {"start": "2024-01-01T00:00:00Z", "end": "2024-01-03T00:00:00Z"}
    assert queries(stream(OPEN), made) == [{"since": "2024-01-01T00:00:00Z"}]


def test_a_run_right_after_another_has_nothing_to_ask_and_keeps_the_position():
    things, position = stream(WINDOWS), Position("2024-03-01T12:00:00Z", "r0", 1)

    made = planned(things, mode="incremental", position=position)

    assert made.slices == ()
    assert landed_after(things, made, None, position) == "2024-03-01T12:00:00Z"


def parents(*ids: int) -> Drawn:
    return Drawn(
        tuple({"parents.id": str(one), "parents.kind.name": '"a/b"'} for one in ids), {"parents": len(ids)}, {}
    )


def test_each_parent_is_asked_for_by_itself_and_slices_hold_some_of_them():
    made = planned(comments(), drawn=parents(*range(40)))

    assert [len(work.work["parents"]) for work in made.slices] == [3] * 13 + [1]
    assert [made.slices[at].label for at in (0, 1, -1)] == ["all, parents 1-3", "all, parents 4-6", "all, parent 40"]
    ((prefix, request),) = first_requests(comments(), made.slices[-1].work)
    assert prefix == b'{"_parents_id": 39, "_parents_kind_name": "a/b", '
    assert url_of("https://x", request) == "https://x/parents/39/a%2Fb/comments"
    assert (made.context["parents"], made.context["parents_of"]) == (40, {"parents": 40})


def test_parents_are_asked_for_in_every_window():
    of = comments(WINDOWS)

    made = planned(of, drawn=parents(1))

    assert [sorted(work.work) for work in made.slices] == [["end", "parents", "start"]] * 2
    assert made.slices[1].label == "2024-02-27T00:00:00Z..2024-03-01T12:00:00Z, parent 1"


@pytest.mark.parametrize(("count", "length"), [(100, "1h"), (200_000, "7d")])
def test_a_plan_that_is_too_long_to_be_kept_is_an_error(count: int, length: str):
    of = comments(WINDOWS.replace("start: 2024-02-20, slice: 7d", f"start: 2020-01-01, slice: {length}"))

    with pytest.raises(ConfigError, match=r"x\.comments: [\d,]+ windows of [\d,]+ parents make [\d,]+ slices"):
        planned(of, drawn=parents(*range(count)))


def test_without_parents_there_is_nothing_to_ask():
    assert planned(comments(), drawn=parents()).slices == ()


def test_a_plan_can_be_stored():
    made = planned(comments(WINDOWS), drawn=parents(1))

    assert Plan.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("of", "key"),
    [
        (stream(), ()),
        (stream("key: [id, kind]"), ("id", "kind")),
        (comments(), ("_parents_id", "_parents_kind_name", "id")),
        (comments("key_is_global: true"), ("id",)),
        (comments("copy: [title]"), ("_parents_id", "_parents_kind_name", "id")),
        (comments("params: {x: '{parents.x}'}, batch: 5"), ("_parents_id", "_parents_kind_name", "id")),
    ],
)
def test_the_key_of_a_fan_out_has_its_parent_s_in_front(of: Stream, key: tuple[str, ...]):
    assert key_of(of) == key


AT = Position("2024-02-01T00:00:00Z", "r0", 1)


@pytest.mark.parametrize(
    ("cursor", "mode", "latest", "position", "after"),
    [
        ("", "full", None, AT, None),
        (OPEN, "full", None, None, None),
        (OPEN, "incremental", None, AT, "2024-02-01T00:00:00Z"),
        (OPEN, "full", "2024-02-09T00:00:00+01:00", None, "2024-02-08T23:00:00Z"),
        (OPEN, "incremental", "2024-02-09", AT, "2024-02-09T00:00:00Z"),
        (OPEN, "full", "2099-01-01", None, "2024-03-01T12:00:00Z"),  # a record from the future
        (OPEN, "incremental", "2024-01-31", AT, "2024-02-01T00:00:00Z"),  # read again by the lookback
        (OPEN, "full", "2024-01-31", AT, "2024-01-31T00:00:00Z"),
        (WINDOWS, "full", None, None, "2024-03-01T12:00:00Z"),
        (COUNTING, "full", "900", None, "900"),
        (COUNTING, "incremental", "1000", Position("900", "r0", 1), "1000"),
        (COUNTING, "incremental", None, Position("900", "r0", 1), "900"),
    ],
)
def test_how_far_a_complete_run_has_read(
    cursor: str, mode: Any, latest: str | None, position: Position | None, after: str | None
):
    of = stream(cursor)

    assert landed_after(of, planned(of, mode=mode, position=position), latest, position) == after


@pytest.mark.parametrize(
    ("served", "after"),
    [
        ([], "2024-03-01T12:00:00Z"),
        (["2024-03-01T12:00:03+00:00", None], "2024-03-01T12:00:00Z"),
        (["2024-03-01T11:59:48+00:00", "2024-03-01T12:00:03+00:00"], "2024-03-01T11:59:48Z"),  # its clock is behind
        (["2024-01-01T00:00:00+00:00"], "2024-03-01T12:00:00Z"),  # an answer from a cache, or a broken clock
    ],
)
def test_what_an_api_will_write_by_its_own_clock_is_not_passed_over(served: list[str | None], after: str):
    made = planned(stream(WINDOWS))

    assert landed_after(stream(WINDOWS), made, None, None, read_at(made, served)) == after


def test_a_clock_that_is_behind_moves_no_position_back():
    at = Position("2024-03-01T11:59:55Z", "r0", 1)
    made = planned(stream(WINDOWS), mode="incremental", position=at)

    after = landed_after(stream(WINDOWS), made, None, at, read_at(made, ["2024-03-01T11:59:00+00:00"]))

    assert after == at.value


def test_a_span_in_which_nothing_is_names_the_stream():
    with pytest.raises(ConfigError, match=r"^x\.things: there is nothing from 2024-01-03T00:00:00Z to 2024-01-01T"):
        planned(stream(WINDOWS), mode="backfill", start="2024-01-03", end="2024-01-01")

"""Each parent of a fan-out goes on where it was left; one that is new begins at the start."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from glue_lib.api.client import Client
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.limits import Limits
from glue_lib.api.retry import Retry
from glue_lib.execution import Execution, Outcome
from glue_lib.extract.fanning import Drawn
from glue_lib.extract.ingest import ingest_stream
from glue_lib.extract.planning import plan
from glue_lib.extract.reached import mark, reached_after
from glue_lib.landing.plan import Plan
from glue_lib.landing.positions import Position
from glue_lib.landing.reached import ReachedFile
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads
from glue_lib.spec.stream import Stream

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNTING = "{field: number, from: query.after, format: integer, start: 0}"
OPEN = "{field: at, from: query.since, start: 2026-01-01}"
ENDED = "{field: at, from: query.since, until: query.until, start: 2026-01-01}"
PIPELINE = """
source: small
base_url: https://api.example.org
streams:
  posts: {{path: /posts, key: [id]}}
  notes:
    path: "/posts/{{posts.id}}/notes"
    key: [number]
    write: append
    {more}
    cursor: {cursor}
"""


def stream(cursor: str, more: str = "") -> Stream:
    return loads(PIPELINE.format(cursor=cursor, more=more), "small.yaml").stream("notes")


def post(number: int) -> dict[str, str]:
    return {"posts.id": str(number)}


def planned(of: Stream, reached: dict[str, str] | None, *posts: int, since: str = "2026-02-01T00:00:00Z") -> Plan:
    parents = tuple(post(number) for number in posts)
    return plan(
        of,
        run_id="r1",
        source="small",
        mode="incremental",
        position=Position(since, "r0", 1),
        drawn=Drawn(parents, {}, {}),
        reached=reached,
        start=None,
        end=None,
        now=NOW,
    )


def reached(of: Stream, **values: str) -> dict[str, str]:
    return {mark(of, post(int(name[1:]))): value for name, value in values.items()}


def spans(made: Plan) -> list[tuple[str | None, str | None, list[str]]]:
    return [
        (work.work.get("start"), work.work.get("end"), [parent["posts.id"] for parent in work.work["parents"]])
        for work in made.slices
    ]


def test_parents_that_were_read_before_go_on_and_new_ones_begin_at_the_start():
    of = stream(ENDED)

    made = planned(of, reached(of, p1="2026-02-01T00:00:00Z", p2="2026-02-01T00:00:00Z"), 1, 2, 3)

    assert spans(made) == [
        ("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", ["3"]),
        ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", ["1"]),
        ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", ["2"]),
    ]
    assert [work.number for work in made.slices] == [0, 1, 2]


def test_a_parent_that_was_left_out_for_a_while_goes_on_where_it_was_left():
    of = stream(ENDED)

    made = planned(of, reached(of, p1="2026-02-01T00:00:00Z", p2="2026-01-15T00:00:00Z"), 1, 2)

    assert [start for start, _, _ in spans(made)] == ["2026-01-15T00:00:00Z", "2026-02-01T00:00:00Z"]


def test_without_ends_each_parent_has_its_own_start_in_one_slice():
    of = stream(COUNTING, "batch: null")

    made = planned(of, reached(of, p1="17", p2="3", p3=""), 1, 2, 3, 4, since="17")

    starts = [start for work in made.slices for start in work.work["starts"]]
    assert starts == ["17", "3", "0", "0"]


def test_what_nothing_is_known_of_goes_on_at_the_position():
    assert spans(planned(stream(ENDED), None, 1)) == [("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", ["1"])]


def test_very_many_different_values_make_few_groups_and_none_is_read_from_too_late():
    of = stream(ENDED)
    days = {f"p{number}": f"2026-01-{number % 28 + 1:02}T00:{number // 28:02}:00Z" for number in range(200)}

    made = planned(of, reached(of, **days), *range(200))

    assert len({start for start, _, _ in spans(made)}) == 20
    for start, _, posts in spans(made):
        assert all(start <= days[f"p{number}"] for number in posts)


def test_what_a_run_did_not_ask_for_stays_where_it_was():
    of = stream(ENDED)
    made = planned(of, reached(of, p1="2026-02-01T00:00:00Z"), 2)

    after = reached_after(of, made, {}, reached(of, p1="2026-02-01T00:00:00Z"))

    assert after == reached(of, p1="2026-02-01T00:00:00Z", p2="2026-03-01T00:00:00Z")


@pytest.mark.parametrize("known", [{}, {"p2": "2026-01-15T00:00:00Z"}])
def test_a_parent_that_the_api_did_not_know_goes_on_from_where_it_was(known: dict[str, str]):
    of = stream(ENDED)
    made = planned(of, reached(of, **known), 1, 2)
    gone = {
        work.number: [at for at, one in enumerate(work.work["parents"]) if one["posts.id"] == "2"]
        for work in made.slices
    }

    after = reached_after(of, made, {}, reached(of, **known), gone)

    assert after == reached(of, p1="2026-03-01T00:00:00Z", **known)


def test_the_latest_of_each_chain_is_its_parent_s():
    of = stream(COUNTING)
    made = planned(of, reached(of, p1="17"), 1, 2, since="17")
    latests = {
        work.number: [{"1": None, "2": "9"}[one["posts.id"]] for one in work.work["parents"]] for work in made.slices
    }

    assert reached_after(of, made, latests, reached(of, p1="17")) == reached(of, p1="17", p2="9")


def test_the_file_belongs_to_one_position_and_those_of_long_before_go(tmp_path: Path):
    kept = ReachedFile(FolderStorage(tmp_path), "small", "notes")
    for sequence in (1, 2, 3):
        kept.write(sequence, {"a": str(sequence), "b": ""})

    assert kept.read(1) is None
    assert kept.read(2) == {"a": "2", "b": ""}
    assert kept.read(3) == {"a": "3", "b": ""}


class Blog:
    """Posts, and notes on each that are counted from 1 or have a time."""

    def __init__(self) -> None:
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.asked: list[str] = []

    def __call__(self, request: SignedRequest, *_: Any, **__: Any) -> Response:
        url = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.asked.append(f"{url.path}?{url.query}")
        if url.path == "/posts":
            return Response(200, {}, json.dumps([{"id": one} for one in self.notes]).encode())
        notes = self.notes[int(url.path.split("/")[2])]
        after, since = int(query.get("after", 0)), query.get("since", "")
        found = [one for one in notes if one["number"] >= after and one["at"] >= since]
        return Response(200, {}, json.dumps(found).encode())


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Outcome]:
    moments = iter(NOW + timedelta(minutes=minute) for minute in range(100))

    def once(blog: Blog, cursor: str) -> Outcome:
        pipeline, now = loads(PIPELINE.format(cursor=cursor, more=""), "small.yaml"), next(moments)
        execution = Execution(pipeline, FolderStorage(tmp_path), no_engine, str, now=lambda: now)
        limits = Limits(requests_per_second=1_000_000)
        for name in ("posts", "notes"):
            client = Client(pipeline.base_url, name=name, secrets=str, limits=limits, retry=Retry(tries=1), send=blog)
            outcome = ingest_stream(execution, pipeline.stream(name), client)
        return outcome

    return once


def landed(folder: Path) -> list[tuple[int, int]]:
    found = []
    for state in Runs(FolderStorage(folder), "small", "notes").complete():
        run = RunFolder(FolderStorage(folder), "small", "notes", state.run_id)
        records = [json.loads(record) for part in run.parts() for record in run.records(part)]
        found += [(record["_posts_id"], record["number"]) for record in records]
    return sorted(found)


def note(number: int, at: str = "2026-02-01T00:00:00Z") -> dict[str, Any]:
    return {"number": number, "at": at}


@pytest.mark.parametrize("cursor", [COUNTING, OPEN])
def test_no_note_of_any_post_is_lost_or_landed_twice(run: Callable[..., Outcome], tmp_path: Path, cursor: str):
    blog = Blog()
    blog.notes = {1: [note(one) for one in range(1, 6)], 2: [note(1, "2026-01-05T00:00:00Z")]}
    run(blog, cursor)
    blog.notes[2].append(note(2, "2026-02-03T00:00:00Z"))  # far below the highest number of all
    blog.notes[3] = [note(1, "2026-01-02T00:00:00Z")]  # a new post with a note from long before the position
    run(blog, cursor)
    blog.notes[3].append(note(2, "2026-02-04T00:00:00Z"))
    run(blog, cursor)

    expected = [(number, one["number"]) for number, notes in blog.notes.items() for one in notes]
    assert landed(tmp_path) == expected

"""The runs of a stream, by what their folders say."""

import pytest

from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs, behind
from glue_lib.landing.storage import FolderStorage, Storage


def start(storage: Storage, run_id: str, day: int, mode: Mode = "incremental", stream: str = "donations") -> RunFolder:
    run = RunFolder(storage, "donorbox", stream, run_id)
    run.start(Plan(run_id, "donorbox", stream, mode, "f", (Slice(0, {}, "all"),), None, f"2026-11-{day:02}T00:00:00Z"))
    return run


def complete(storage: Storage, run_id: str, day: int, mode: Mode = "incremental", ids: tuple[int, ...] = ()) -> None:
    run = start(storage, run_id, day, mode)
    with run.slice_writer(Slice(0, {}, "all")) as writer:
        writer.add(
            [b'{"id": %d}' % number for number in ids],
            request={},
            next=None,
            request_fingerprint="",
            page_fingerprint="",
            state={},
        )
        writer.close({})
    run.write_parents(["id"])
    run.finish("complete", {})


def runs_of(storage: Storage) -> Runs:
    return Runs(storage, "donorbox", "donations")


def ids(states: list) -> list[str]:
    return [state.run_id for state in states]


def test_a_stream_without_runs(storage: Storage):
    assert runs_of(storage).all() == []
    assert runs_of(storage).unfinished() is None
    assert list(runs_of(storage).parents()) == []


def test_runs_come_in_the_order_of_their_plans_with_their_status(storage: Storage):
    complete(storage, "z-given", 1, "full")
    start(storage, "b", 3)
    start(storage, "c", 2).finish("abandoned", {})
    start(storage, "a", 4).finish("incomplete", {})
    start(storage, "other", 1, stream="donations_old")

    assert [(run.run_id, run.status, run.mode) for run in runs_of(storage).all()] == [
        ("z-given", "complete", "full"),
        ("c", "abandoned", "incremental"),
        ("b", "open", "incremental"),
        ("a", "incomplete", "incremental"),
    ]


def test_the_oldest_unfinished_run_is_to_be_finished_first(folder: FolderStorage):
    complete(folder, "a", 1)
    start(folder, "c", 2).finish("incomplete", {})
    start(folder, "b", 3)
    runs = runs_of(folder)

    assert runs.unfinished().run_id == "c"
    RunFolder(folder, "donorbox", "donations", "c").finish("abandoned", {})
    assert runs.unfinished().run_id == "b"


def test_a_folder_without_a_plan_is_no_run(folder: FolderStorage):
    folder.write("raw/donorbox/donations/run=x/notes.txt", b"")

    assert runs_of(folder).all() == []


def test_since_the_last_full_run_only_complete_ones_count(folder: FolderStorage):
    complete(folder, "a", 1, "full")
    complete(folder, "b", 2)
    complete(folder, "c", 3, "full")
    start(folder, "d", 4).finish("incomplete", {})
    complete(folder, "e", 5)
    start(folder, "f", 6, "full")

    assert ids(runs_of(folder).since_last_full()) == ["c", "e"]


def test_without_a_full_run_all_complete_ones_count(folder: FolderStorage):
    complete(folder, "a", 1)
    complete(folder, "b", 2, "backfill")

    assert ids(runs_of(folder).since_last_full()) == ["a", "b"]


def test_parents_are_the_union_since_the_last_full_run(folder: FolderStorage):
    complete(folder, "a", 1, "full", (9,))
    complete(folder, "b", 2, "full", (1, 2))
    complete(folder, "c", 3, ids=(2, 3))
    runs = runs_of(folder)

    assert list(runs.parents()) == [{"id": "1"}, {"id": "2"}, {"id": "2"}, {"id": "3"}]
    assert [(run.run_id, parent["id"]) for run, parent in runs.kept_parents(runs.since_last_full(), ["id"])] == [
        ("b", "1"),
        ("b", "2"),
        ("c", "2"),
        ("c", "3"),
    ]


def test_fields_that_nobody_asked_for_are_looked_up_and_kept_only_where_they_are_to_be(folder: FolderStorage):
    complete(folder, "a", 1, "full", (1,))
    runs = runs_of(folder)
    before = folder.read("raw/donorbox/donations/run=a/parents.jsonl.gz")

    assert list(runs.parents(["id", "name"])) == [{"id": "1"}]
    assert folder.read("raw/donorbox/donations/run=a/parents.jsonl.gz") == before

    assert [parent for _, parent in runs.kept_parents(runs.since_last_full(), ["id", "name"])] == [{"id": "1"}]
    assert folder.read("raw/donorbox/donations/run=a/parents.jsonl.gz") != before


@pytest.mark.parametrize(
    ("after", "later"), [("b", ["c", "d"]), ("d", []), ("a", ["b", "c", "d"]), (None, ["b", "c", "d"])]
)
def test_what_is_behind_a_run_is_all_where_that_run_is_not_among_them(
    after: str | None, later: list[str], folder: FolderStorage
):
    complete(folder, "a", 1, "full")
    complete(folder, "b", 2, "full")
    complete(folder, "c", 3)
    complete(folder, "d", 4, "backfill")

    assert ids(behind(runs_of(folder).since_last_full(), after)) == later

"""The runs of a stream, by what their folders say."""

import pytest

from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
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

    assert [parent for parent, _ in runs_of(folder).parents()] == [{"id": "1"}, {"id": "2"}, {"id": "2"}, {"id": "3"}]


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ("b", ["3", "4"]),
        ("c", ["4"]),
        ("d", []),
        ("a", ["1", "3", "4"]),  # before the last full run
        (None, ["1", "3", "4"]),
        ("expired", ["1", "3", "4"]),
    ],
)
def test_parents_of_every_run_behind_the_one_that_was_read_have_changed(
    after: str | None, changed: list[str], folder: FolderStorage
):
    complete(folder, "a", 1, "full", (9,))
    complete(folder, "b", 2, "full", (1,))
    complete(folder, "c", 3, ids=(3,))
    complete(folder, "d", 4, "backfill", ids=(4,))

    assert [parent["id"] for parent, is_new in runs_of(folder).parents(after=after) if is_new] == changed

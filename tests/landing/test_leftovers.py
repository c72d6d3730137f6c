"""What killed executions leave goes when it is old, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from glue_lib.landing.expiry import Freed
from glue_lib.landing.folder import FolderStorage
from glue_lib.landing.leftovers import delete_leftovers, delete_unfinished
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import Storage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
MARKS = {"request_fingerprint": "", "page_fingerprint": ""}
SLICE = "raw/shop/orders/run={}/slice=0/"


def landed(storage: Storage, run_id: str, *, is_whole: bool = True) -> None:
    """Land a run of two parts, by an attempt that is named."""
    run, work = RunFolder(storage, "shop", "orders", run_id), Slice(0, {}, "all")
    run.start(Plan(run_id, "shop", "orders", "full", "f", (work,), None, "2026-01-01T00:00:00Z"))
    with run.slice_writer(work, attempt="mine", part_bytes=1) as writer:
        for number in range(2):
            writer.add([b'{"id": %d}' % number], request={}, next=None, state={}, **MARKS)
        writer.flush()
        if is_whole:
            writer.close({})
    if is_whole:
        run.finish("complete", {"records": 2})


def aged(folder: Path, moment: datetime) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_parts_of_attempts_that_came_second_go_when_their_slice_is_whole_and_they_are_old(tmp_path: Path):
    storage = FolderStorage(tmp_path)
    landed(storage, "a")
    landed(storage, "b", is_whole=False)
    landed(storage, "c")
    counted = set(storage.list("raw/"))
    for run_id in "ab":
        storage.write(SLICE.format(run_id) + "part-1-other.jsonl.gz", b"1234")
    aged(tmp_path, YESTERDAY - timedelta(hours=1))
    storage.write(SLICE.format("c") + "part-2-late.jsonl.gz", b"young")

    def work() -> Freed:
        return delete_leftovers(storage, "shop", "orders", YESTERDAY)

    (tmp_path / SLICE.format("c") / "part-2-late.jsonl.gz").touch()
    os.utime(tmp_path / SLICE.format("c") / "part-2-late.jsonl.gz", (NOW.timestamp(), NOW.timestamp()))
    assert (work(), work()) == (Freed(0, 1, 4), Freed())
    assert set(storage.list("raw/")) == counted | {
        SLICE.format("b") + "part-1-other.jsonl.gz",
        SLICE.format("c") + "part-2-late.jsonl.gz",
    }


def test_what_loads_have_staged_goes_and_that_of_other_streams_stays(tmp_path: Path):
    storage = FolderStorage(tmp_path)
    for stream in ("orders", "orders_2"):
        storage.write(f"_headwater/tmp/shop/{stream}/x/part-0.csv", b"12345")
    aged(tmp_path, YESTERDAY - timedelta(hours=1))

    assert delete_leftovers(storage, "shop", "orders", YESTERDAY) == Freed(0, 1, 5)
    assert storage.list("_headwater/") == ["_headwater/tmp/shop/orders_2/x/part-0.csv"]


def test_files_whose_writing_was_stopped_go_when_they_are_old(tmp_path: Path):
    storage = FolderStorage(tmp_path)
    landed(storage, "a")
    run = tmp_path / SLICE.format("a")
    (run / ".0123.tmp").write_bytes(b"123")
    (tmp_path / "raw/shop/.4567.tmp").write_bytes(b"another stream's")
    aged(tmp_path, YESTERDAY - timedelta(hours=1))
    (run / ".89ab.tmp").write_bytes(b"young")
    os.utime(run / ".89ab.tmp", (NOW.timestamp(), NOW.timestamp()))
    counted = storage.list("")

    assert delete_unfinished(storage, "raw/shop/orders/", YESTERDAY) == Freed(0, 1, 3)
    assert delete_unfinished(storage, "nowhere/", YESTERDAY) == Freed()
    assert storage.list("") == counted
    assert sorted(path.name for path in tmp_path.rglob(".*.tmp")) == [".4567.tmp", ".89ab.tmp"]


def test_a_listing_tells_when_an_object_was_written(storage: Storage):
    began = datetime.now(UTC) - timedelta(seconds=2)
    storage.write("a/1", b"123")

    (found,) = storage.stored("a/").values()

    assert found.bytes == 3
    assert began <= found.changed_at <= datetime.now(UTC) + timedelta(seconds=2)

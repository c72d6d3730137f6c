"""Two attempts at one slice at the same time: one of them wins each part, and nothing that counts is written over."""

import gzip
from pathlib import Path

import pytest

from glue_lib.errors import LoadError
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.leases import Lease, LeaseLost, Witness
from glue_lib.landing.plan import Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage, Storage
from glue_lib.landing.writer import Outrun, SliceWriter


@pytest.fixture
def folder(tmp_path: Path) -> Storage:
    return FolderStorage(tmp_path)


def attempt(folder: Storage, name: str) -> SliceWriter:
    return SliceWriter(folder, RunLayout("s", "t", "r1"), Slice(0, {}, "all"), part_bytes=1, attempt=name)


def add(writer: SliceWriter, *records: bytes) -> None:
    mark = str(records)
    writer.add(records, request={}, next={}, request_fingerprint=mark, page_fingerprint=mark, state={})


def test_of_two_attempts_the_slower_one_stops_and_writes_over_nothing(folder: Storage):
    quick, slow = attempt(folder, "quick"), attempt(folder, "slow")
    add(quick, b'{"id": 1}')

    with pytest.raises(Outrun, match="was written by another execution"):
        add(slow, b'{"id": 2}')
    add(quick, b'{"id": 3}')
    quick.close({})

    run = RunFolder(folder, "s", "t", "r1")
    assert [record for part in run.parts() for record in run.records(part)] == [b'{"id": 1}', b'{"id": 3}']
    assert [key.rpartition("/")[2] for key in folder.list("") if "part-" in key] == [
        "part-0-quick.jsonl.gz",
        "part-1-quick.jsonl.gz",
    ]


def test_an_attempt_goes_on_behind_what_another_one_has_landed(folder: Storage):
    add(attempt(folder, "first"), b'{"id": 1}')
    second = attempt(folder, "second")
    add(second, b'{"id": 2}')
    second.close({})

    run = RunFolder(folder, "s", "t", "r1")
    assert [record for part in run.parts() for record in run.records(part)] == [b'{"id": 1}', b'{"id": 2}']


def test_what_an_attempt_writes_after_the_manifest_does_not_count(folder: Storage):
    late, quick = attempt(folder, "late"), attempt(folder, "quick")
    quick.close({})
    add(late, b'{"id": 2}')

    assert RunFolder(folder, "s", "t", "r1").parts() == []


def test_a_restart_forgets_the_parts_of_all_attempts(folder: Storage):
    add(attempt(folder, "first"), b'{"id": 1}')
    second = attempt(folder, "second")
    add(second, b'{"id": 2}')

    second.restart()

    assert folder.list("") == []


def test_a_part_that_is_not_as_it_was_landed_is_told(folder: Storage):
    writer = attempt(folder, "a")
    add(writer, b'{"id": 1}')
    run = RunFolder(folder, "s", "t", "r1")
    (part,) = run.parts()
    folder.write(part.key, gzip.compress(b'{"id": 2}\n'))

    with pytest.raises(LoadError, match=r"part-0-a\.jsonl\.gz: is not as it was landed"):
        list(run.records(part))


def test_a_witness_sees_the_lease_until_it_is_given_back(folder: Storage):
    with Lease(folder, "s", "t", "ingest") as lease:
        witness = Witness(folder, lease.ticket)
        witness.check()
        assert witness.attempt != lease.attempt

    with pytest.raises(LeaseLost, match=r"s\.t: ingest: the lease of the execution that this works for was lost"):
        witness.check()


def test_a_witness_sees_that_another_execution_took_the_lease(folder: Storage):
    with Lease(folder, "s", "t", "ingest") as lease:
        witness = Witness(folder, lease.ticket)
    with Lease(folder, "s", "t", "ingest"), pytest.raises(LeaseLost):
        witness.check()


def test_a_witness_sees_that_a_lease_has_ended(folder: Storage):
    now = 0.0
    with Lease(folder, "s", "t", "ingest", seconds=60) as lease:
        witness = Witness(folder, lease.ticket, clock=lambda: now)
        witness.check()
        now = 1e12
        with pytest.raises(LeaseLost):
            witness.check()

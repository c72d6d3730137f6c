"""A run is stopped at every write it makes, before and after the write took effect, and then run again."""

import os
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pytest

from glue_lib.landing.leases import Lease
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage, Storage

PAGES_OF_A_SLICE = 7
PAGES_OF_A_PART = 3
SLICES = 2


class Killed(BaseException):
    """The end of the process: no `except Exception` sees it."""


class Mortal:
    """A storage that dies at its n-th write, before it takes effect or right after, and stays dead."""

    def __init__(self, storage: Storage, dies_at: int, *, after: bool) -> None:
        self._storage, self._dies_at, self._after = storage, dies_at, after
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def write(self, key: str, content: bytes | IO[bytes]) -> None:
        self._mortal(lambda: self._storage.write(key, content))

    def write_if_absent(self, key: str, content: bytes) -> bool:
        return self._mortal(lambda: self._storage.write_if_absent(key, content))

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        return self._mortal(lambda: self._storage.replace(key, content, tag))

    def delete(self, keys: Iterable[str]) -> None:
        for key in list(keys):
            self._mortal(lambda key=key: self._storage.delete([key]))

    def _mortal(self, act: Any) -> Any:
        self.writes += 1
        if self.writes > self._dies_at or (self.writes == self._dies_at and not self._after):
            raise Killed
        result = act()
        if self.writes == self._dies_at:
            raise Killed
        return result


class Api:
    """Pages of three records, by slice and number; it counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[int, int]] = Counter()

    def page(self, part: int, number: int) -> list[bytes]:
        self.asked[part, number] += 1
        return [b'{"id": "%d/%d/%d"}' % (part, number, record) for record in range(3)]


def new_plan(run_id: str) -> Plan:
    slices = tuple(Slice(number, {}, f"slice {number}") for number in range(SLICES))
    return Plan(run_id, "s", "t", "full", "f", slices, "end", "2026-11-24T08:30:00Z")


def ingest(storage: Storage, api: Api, run_id: str = "new") -> None:
    """Read the stream as the pipeline does: finish the unfinished run, else start one; move the position last."""
    with Lease(storage, "s", "t", "ingest", wait_seconds=0, seconds=3600) as lease:
        positions = Positions(storage, "s", "t")
        last = Runs(storage, "s", "t").unfinished()
        complete = Runs(storage, "s", "t").complete()
        if last is None and complete:
            position = Position("end", complete[-1].run_id, 1)
            return positions.move("landed", position, positions.landed())
        run = RunFolder(storage, "s", "t", last.run_id if last else run_id)
        plan = run.plan() or run.start(new_plan(run_id))
        for work in plan.slices:
            land(run, work, api, lease)
        run.write_parents(["id"])
        run.finish("complete", {})
        positions.move("landed", Position("end", run.run_id, 1), positions.landed())


def land(run: RunFolder, work: Slice, api: Api, lease: Lease) -> None:
    record_bytes = len(b'{"id": "0/0/0"}\n') * 3
    with run.slice_writer(work, part_bytes=record_bytes * PAGES_OF_A_PART, check=lease.check) as writer:
        if writer.is_whole:
            return
        following: Any = writer.resume.next if writer.resume else {"page": 0}
        while following is not None:
            number = following["page"]
            records = api.page(work.number, number)
            following = {"page": number + 1} if number + 1 < PAGES_OF_A_SLICE else None
            fingerprint = f"{work.number}/{number}"
            writer.add(
                records,
                request={"page": number},
                next=following,
                request_fingerprint=fingerprint,
                page_fingerprint=fingerprint,
                state={"latest": number},
            )
        writer.close({"pages": PAGES_OF_A_SLICE})


def everything(storage: Storage) -> dict[str, bytes | None]:
    return {key: storage.read(key) for key in storage.list("") if "/leases/" not in key}


def undisturbed(folder: Path) -> tuple[dict[str, bytes | None], int]:
    storage = Mortal(FolderStorage(folder), 10**9, after=False)
    ingest(storage, Api())
    return everything(storage), storage.writes


def lease_ended(storage: Storage) -> None:
    """Let the lease of the process that died end now, instead of an hour later."""
    storage.delete(storage.list("_headwater/leases/"))


WRITES = 20  # lease, plan, two slices of three parts and a manifest, parents, run.json, position, lease


def test_the_number_of_writes_is_known(tmp_path: Path):
    assert undisturbed(tmp_path / "lake")[1] == WRITES


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("dies_at", range(1, WRITES + 1))
def test_a_run_stopped_at_any_write_ends_as_an_undisturbed_one(tmp_path: Path, dies_at: int, after: bool):
    expected, _ = undisturbed(tmp_path / "expected")
    storage, api = FolderStorage(tmp_path / "lake"), Api()
    with pytest.raises(Killed):
        ingest(Mortal(storage, dies_at, after=after), api)
    lease_ended(storage)
    ingest(storage, api, "another")

    run_id = Runs(storage, "s", "t").all()[0].run_id
    got = everything(storage)
    if run_id == "new":  # else it died before its plan was written, and the second execution made its own run
        assert got == expected
    assert len(Runs(storage, "s", "t").all()) == 1
    run = RunFolder(storage, "s", "t", run_id)
    records = [record for part in run.parts() for record in run.records(part)]
    assert Counter(records) == Counter(record for at in api.asked for record in Api().page(*at))
    assert len(records) == SLICES * PAGES_OF_A_SLICE * 3
    asked_again = sum(api.asked.values()) - SLICES * PAGES_OF_A_SLICE
    assert asked_again <= PAGES_OF_A_PART
    assert max(api.asked.values()) <= 2
    assert Positions(storage, "s", "t").landed() == Position("end", run_id, 1)


@pytest.mark.parametrize("dies_at", range(4, WRITES, 3))
def test_a_run_stopped_again_and_again_still_ends(tmp_path: Path, dies_at: int):
    expected, _ = undisturbed(tmp_path / "expected")
    storage, api = FolderStorage(tmp_path / "lake"), Api()
    for _ in range(40):
        try:
            ingest(Mortal(storage, dies_at, after=False), api)
            break
        except Killed:
            lease_ended(storage)

    assert everything(storage) == expected


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("dies_at", range(1, 7))
def test_a_restart_stopped_at_any_deletion_can_be_repeated(tmp_path: Path, dies_at: int, after: bool):
    storage, api = FolderStorage(tmp_path / "lake"), Api()
    with pytest.raises(Killed):
        ingest(Mortal(storage, 9, after=False), api)  # three parts of the first slice are landed, its manifest is not
    lease_ended(storage)
    work = new_plan("new").slices[0]
    with pytest.raises(Killed):
        RunFolder(Mortal(storage, dies_at, after=after), "s", "t", "new").slice_writer(work).restart()

    RunFolder(storage, "s", "t", "new").slice_writer(work).restart()
    ingest(storage, api)

    assert everything(storage) == undisturbed(tmp_path / "expected")[0]


KILLED_CHILD = """
    import importlib.util, os, signal, sys
    spec = importlib.util.spec_from_file_location("crash", {test!r})
    crash = importlib.util.module_from_spec(spec)
    sys.modules["crash"] = crash
    spec.loader.exec_module(crash)

    class Deadly(crash.Api):
        def page(self, part, number):
            if (part, number) == ({part}, {number}):
                os.kill(os.getpid(), signal.SIGKILL)
            return super().page(part, number)

    crash.ingest(crash.FolderStorage({lake!r}), Deadly())
"""


@pytest.mark.parametrize(("part", "number"), [(0, 4), (1, 0)])
def test_a_process_killed_between_two_pages_is_gone_on_with_at_once(tmp_path: Path, part: int, number: int):
    script = KILLED_CHILD.format(test=__file__, part=part, number=number, lake=str(tmp_path / "lake"))
    path = os.pathsep.join(sys.path)
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    api = Api()
    ingest(FolderStorage(tmp_path / "lake"), api)

    assert child.returncode == -9
    assert everything(FolderStorage(tmp_path / "lake")) == undisturbed(tmp_path / "expected")[0]
    assert sum(api.asked.values()) <= (SLICES - part) * PAGES_OF_A_SLICE - number + PAGES_OF_A_PART

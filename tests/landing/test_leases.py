"""One execution at a time holds a lease, and one that lost it learns so before it commits."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from glue_lib.landing.holders import this_process
from glue_lib.landing.leases import Lease, LeaseLost
from glue_lib.landing.storage import FolderStorage, Storage

KEY = "_headwater/leases/donorbox/donations/ingest.json"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def lease_of(storage: Storage, holder: str = "a", **options: Any) -> Lease:
    return Lease(storage, "donorbox", "donations", options.pop("purpose", "ingest"), holder=holder, **options)


@contextmanager
def killed(lease: Lease) -> Iterator[Lease]:
    """Hold a lease and never give it back, as a process that is killed."""
    lease.__enter__()
    lease._left.set()
    lease._heart.join()
    yield lease


def test_a_second_execution_is_told_who_holds_the_lease_and_until_when(storage: Storage):
    clock = Clock()
    with lease_of(storage, "first", clock=clock) as lease:
        lease.check()
        with pytest.raises(LeaseLost, match="donations: ingest: is held by first until 1970-01-12T13:47:40") as told:
            lease_of(storage, "second", clock=clock).__enter__()

    assert "stop it and run again" in str(told.value)


def test_a_lease_is_free_again_when_the_block_is_left(storage: Storage):
    with lease_of(storage, "first"):
        pass
    with lease_of(storage, "second") as lease:
        lease.check()


def test_ingest_and_load_have_leases_of_their_own(storage: Storage):
    with lease_of(storage, purpose="ingest"), lease_of(storage, purpose="load") as lease:
        lease.check()


def test_an_ended_lease_is_taken_over_and_its_holder_learns_it(storage: Storage):
    clock = Clock()
    with killed(lease_of(storage, "first", clock=clock)) as first:
        clock.now += 61
        with lease_of(storage, "second", clock=clock) as second:
            second.check()
            with pytest.raises(LeaseLost, match="the lease of first ended and was lost"):
                first.check()
            first.__exit__(None, None, None)

            assert json.loads(storage.read(KEY))["holder"] == "second"
            second.check()


def test_a_holder_that_slept_but_was_not_replaced_goes_on(storage: Storage):
    clock = Clock()
    with lease_of(storage, clock=clock) as lease:
        clock.now += 600
        lease.check()

        with pytest.raises(LeaseLost):
            lease_of(storage, "second", clock=clock).__enter__()


def test_a_lease_outlives_its_seconds_while_its_holder_lives(folder: FolderStorage):
    with lease_of(folder, seconds=0.6) as lease:
        threading.Event().wait(1.5)
        lease._clock = lambda: 0.0  # so that `check` itself renews nothing
        lease.check()
        with pytest.raises(LeaseLost, match="is held by a until"):
            lease_of(folder, "second", seconds=0.6).__enter__()


def test_a_second_execution_may_wait_for_the_end(storage: Storage):
    clock = Clock()
    with (
        killed(lease_of(storage, "first", clock=clock)),
        lease_of(storage, "second", clock=clock, sleep=clock.sleep, wait_seconds=90) as lease,
    ):
        lease.check()

    assert 60 <= clock.now - 1_000_000 < 70


def test_waiting_has_an_end(storage: Storage):
    clock = Clock()
    with killed(lease_of(storage, "first", clock=clock)), pytest.raises(LeaseLost, match="held by first"):
        lease_of(storage, "second", clock=clock, sleep=clock.sleep, wait_seconds=20).__enter__()


def test_one_of_many_executions_at_once_gets_the_lease(storage: Storage):
    clock = Clock()
    for round_ in range(3):  # at first there is no lease; then an ended one is to be taken over
        leases = [lease_of(storage, f"{round_} {number}", clock=clock) for number in range(6)]

        def enter(lease: Lease) -> bool:
            try:
                lease.__enter__()
            except LeaseLost:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            entered = list(pool.map(enter, leases))

        assert entered.count(True) == 1
        leases[entered.index(True)].check()
        clock.now += 61


def test_a_process_that_was_killed_on_this_machine_does_not_keep_its_lease(folder: FolderStorage):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = this_process().split(":")
    dead = ":".join([holder[0], str(child.pid), holder[2]])
    with killed(lease_of(folder, dead)):
        with pytest.raises(LeaseLost):
            lease_of(folder, "second").__enter__()
        child.kill()
        child.wait()
        child.stdin.close()
        with lease_of(folder, "second") as lease:
            lease.check()


@pytest.mark.parametrize("holder", ["elsewhere:1:0123456789ab", "glue job run 7", "", "a:b:c"])
def test_a_holder_elsewhere_is_never_thought_dead(folder: FolderStorage, holder: str):
    with killed(lease_of(folder, holder or "x")), pytest.raises(LeaseLost):
        lease_of(folder, "second").__enter__()


class LostAnswers:
    """A storage whose conditional writes arrive, but answer as if they had not, from some moment on."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self.is_deaf = storage, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        return self._storage.replace(key, content, tag) and not self.is_deaf


def test_a_renewal_whose_answer_was_lost_is_still_a_renewal(folder: FolderStorage):
    clock = Clock()
    storage = LostAnswers(folder)
    with lease_of(storage, clock=clock) as lease:  # type: ignore[arg-type]
        storage.is_deaf = True
        for _ in range(3):
            clock.now += 55
            lease.check()

"""A long stream, disturbed half-way: by a kill, by connections that break, by a second execution at the same time."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.execution import Execution, ExecutionFailed, Outcome, no_engine
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage
from glue_lib.spec.loader import loads
from tests.e2e.small_api import LIMIT, PIPELINE, TOKEN, SmallApi, serve

RECORD_BYTES = len(b'{"id": 1000, "updated_at": "2024-01-01T00:00:00Z"}\n')
PAGES_OF_A_PART = 20
PART_BYTES = RECORD_BYTES * LIMIT * PAGES_OF_A_PART
UNDER_WAY = 2  # `limits.concurrency`


class Orders(SmallApi):
    """A feed of so many pages; some of its answers break off."""

    def __init__(self, pages: int) -> None:
        ids = range(1000, 1000 + pages * LIMIT)
        super().__init__({"/orders": [{"id": one, "updated_at": "2024-01-01T00:00:00Z"} for one in ids]})
        self.cut_each: int | None = None

    def answer(self, target: str, authorization: str | None) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = super().answer(target, authorization)
        if self.cut_each and len(self.asked) % self.cut_each == 0:
            return status, {"Content-Length": str(len(body)), "Connection": "close"}, body[: len(body) // 2]
        return status, headers, body

    @property
    def pages_asked(self) -> Counter[str]:
        return Counter(target.partition("after=")[2] for target in self.asked)


@pytest.fixture
def orders() -> Iterator[Callable[[int], Orders]]:
    servers: list[Any] = []

    def served(pages: int) -> Orders:
        api = Orders(pages)
        servers.append(serve(api))
        return api

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "lake")


def ingest(storage: FolderStorage, api: Orders, part_bytes: int = PART_BYTES) -> Outcome:
    text = PIPELINE.format(base_url=api.base_url)
    secrets = lambda text: text.replace("${secret:small#token}", TOKEN)  # noqa: E731
    execution = Execution(
        loads(text, "small.yaml"), storage, no_engine, secrets, streams=("orders",), part_bytes=part_bytes
    )
    return pipeline.ingest(execution)[0]


def landed(storage: FolderStorage) -> list[int]:
    """Return the ids in the one run that there is."""
    (run,) = Runs(storage, "small", "orders").complete()
    folder = RunFolder(storage, "small", "orders", run.run_id)
    parts = folder.parts()
    assert {part.key for part in parts} == {key for key in storage.list("raw/") if "/part-" in key}
    return [json.loads(record)["id"] for part in parts for record in folder.records(part)]


def all_of(api: Orders) -> list[int]:
    return [one["id"] for one in api.records["/orders"]]


def killed_at(page: int, storage: FolderStorage, api: Orders) -> None:
    is_half = threading.Event()
    api.before = lambda target, count: is_half.set() if count == page else None
    lake = storage.uri("").removeprefix("file://")
    words = ["ingest", lake, api.base_url, "before:orders/.*never:1", str(PART_BYTES)]
    child = subprocess.Popen([sys.executable, "-m", "tests.e2e.killed", *words], stderr=subprocess.DEVNULL)
    try:
        assert is_half.wait(60), "the half was not reached"
    finally:
        os.kill(child.pid, signal.SIGKILL)
    assert child.wait(10) == -9
    api.before = lambda target, count: None


@pytest.mark.parametrize("pages", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_after_a_kill_at_half_only_the_pages_since_the_last_part_are_asked_again(
    storage: FolderStorage, orders: Callable[[int], Orders], pages: int
):
    api = orders(pages)
    killed_at(pages // 2, storage, api)
    parts = [key for key in storage.list("raw/") if "/progress-" in key]
    assert len(parts) >= (pages // 2) // PAGES_OF_A_PART - 2

    outcome = ingest(storage, api)

    assert (outcome.status, outcome.records, outcome.pages) == ("complete", pages * LIMIT, pages)
    assert landed(storage) == all_of(api)
    again = [page for page, count in api.pages_asked.items() if count > 1]
    assert len(again) <= PAGES_OF_A_PART + UNDER_WAY
    assert max(api.pages_asked.values()) <= 2


def test_connections_that_break_cost_the_page_that_broke(storage: FolderStorage, orders: Callable[[int], Orders]):
    api = orders(60)
    api.cut_each = 7

    outcome = ingest(storage, api)

    assert (outcome.status, outcome.records) == ("complete", 120)
    assert landed(storage) == all_of(api)
    assert len(api.asked) == 60 + len(api.asked) // 7


def held_at(page: int, api: Orders) -> tuple[threading.Event, threading.Event]:
    """Let the API wait with its answer: return what is set then, and what lets it go on."""
    is_under_way, go_on = threading.Event(), threading.Event()

    def hold(target: str, count: int) -> None:
        if count == page:
            is_under_way.set()
            go_on.wait(30)

    api.before = hold
    return is_under_way, go_on


def tried(storage: FolderStorage, api: Orders) -> Outcome:
    try:
        return ingest(storage, api, part_bytes=1)
    except ExecutionFailed as failed:
        return failed.outcomes[0]


def test_of_two_executions_at_once_one_is_turned_away(storage: FolderStorage, orders: Callable[[int], Orders]):
    api = orders(40)
    is_under_way, go_on = held_at(10, api)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tried, storage, api)
        assert is_under_way.wait(30)
        second = tried(storage, api)
        go_on.set()

    assert (first.result().status, second.status) == ("complete", "failed")
    assert "small.orders: ingest: is held by" in str(second.error)
    assert landed(storage) == all_of(api)
    assert len(api.asked) == 40


def test_an_execution_whose_lease_was_taken_from_it_mixes_nothing_into_what_the_other_lands(
    storage: FolderStorage, orders: Callable[[int], Orders]
):
    api = orders(40)
    is_under_way, go_on = held_at(10, api)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(tried, storage, api)
        assert is_under_way.wait(30)
        storage.delete(storage.list("_headwater/leases/"))  # as if it had been paused until its lease was over
        second = pool.submit(tried, storage, api)
        go_on.set()
        outcomes = [first.result(), second.result()]

    last = tried(storage, api)
    assert last.status == "complete"
    assert landed_of_all_runs(storage)[: 40 * LIMIT] == all_of(api)
    assert {outcome.run_id for outcome in outcomes if outcome.run_id} <= set(runs(storage))


def runs(storage: FolderStorage) -> list[str]:
    return [run.run_id for run in Runs(storage, "small", "orders").complete()]


def landed_of_all_runs(storage: FolderStorage) -> list[int]:
    folders = [RunFolder(storage, "small", "orders", run_id) for run_id in runs(storage)]
    records = (record for folder in folders for part in folder.parts() for record in folder.records(part))
    return [json.loads(record)["id"] for record in records]

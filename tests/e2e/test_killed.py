"""Promise 2: killed anywhere and run again, the tables equal those of an undisturbed run, and little is asked twice."""

import subprocess
import sys
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.landing.positions import Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import open_storage
from tests.e2e.small_api import second_edition

STREAMS = ("orders", "shops", "reviews")
INGEST_STEPS = [
    "after:orders/run=.*/plan:1",
    "before:orders/.*part-0:1",
    "before:orders/.*progress-0:1",  # a part is there, its progress is not
    "after:orders/.*progress-1:1",
    "before:orders/.*manifest:1",
    "before:orders/.*run\\.json:1",
    "before:positions/small/orders/landed:1",  # the run is complete, the position has not moved
    "before:shops/.*parents:1",
    "after:reviews/.*progress-0:1",  # inside a batch of parents
    "before:reviews/.*manifest:1",
]
LOAD_STEPS = [
    "table:1",  # the first of three tables is committed
    "table:2",
    "before:positions/small/orders/loaded:1",  # all tables are committed, the position has not moved
]


def killed(job: str, lake: Any, api: Any, step: str) -> None:
    command = [sys.executable, "-m", "tests.e2e.killed", job, str(lake.folder), api.base_url, step]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == -9, f"was not killed at {step}: {done.stderr[-2000:]}"


def landed(lake: Any) -> dict[str, Any]:
    """Return the records of each stream's complete runs, and how far the stream is landed."""
    storage = open_storage(str(lake.folder))
    found: dict[str, Any] = {}
    for stream in STREAMS:
        runs = [RunFolder(storage, "small", stream, run.run_id) for run in Runs(storage, "small", stream).complete()]
        records = [sorted(record for part in run.parts() for record in run.records(part)) for run in runs]
        position = Positions(storage, "small", stream).landed()
        found[stream] = (records, position.value if position else None, position.sequence if position else None)
    return found


def distinct(found: dict[str, Any]) -> dict[str, Any]:
    return {stream: {one for run in runs for one in run} | {value} for stream, (runs, value, _) in found.items()}


def ingest_both_editions(lake: Any, api: Any) -> dict[str, Any]:
    pipeline.ingest(lake.execution())
    api.records = second_edition()
    pipeline.ingest(lake.execution())
    return landed(lake)


@pytest.mark.parametrize("step", INGEST_STEPS)
def test_an_ingest_killed_between_two_steps_lands_what_an_undisturbed_one_lands(step, api, new_lake):
    lake, calm = new_lake("killed"), new_lake("calm")
    first = api.records

    killed("ingest", lake, api, step)
    found = ingest_both_editions(lake, api)
    api.records = first
    wanted = ingest_both_editions(calm, api)

    # The streams that the kill did not reach had one more run, with nothing new in it.
    (stopped,) = [stream for stream in STREAMS if f"{stream}/" in step]
    assert found[stopped] == wanted[stopped]
    assert distinct(found) == distinct(wanted)


def test_after_a_kill_no_page_that_has_landed_is_asked_for_again(api, lake):
    killed("ingest", lake, api, "after:orders/.*progress-2:1")
    first = [target for target in api.asked if target.startswith("/orders")]
    api.asked.clear()

    pipeline.ingest(lake.execution(streams=("orders",)))

    again = [target for target in api.asked if target.startswith("/orders")]
    assert len(first) in (3, 4)  # while a page is landed, the next one is under way
    assert len(again) == 1  # seven orders, two a page: the fourth
    assert not set(first[:3]) & set(again)


@pytest.fixture(scope="module")
def remembered() -> dict[str, Any]:
    return {}


@pytest.fixture
def undisturbed(remembered, api, new_lake):
    """What the tables hold after two runs that nothing stops; worked out once."""
    if not remembered:
        calm = new_lake("calm")
        first = api.records
        calm.sync(streams=("orders",))
        api.records = second_edition()
        calm.sync(streams=("orders",))
        api.records = first
        remembered.update(calm.contents())
    return remembered


@pytest.mark.parametrize("step", LOAD_STEPS)
def test_a_load_killed_between_two_tables_ends_as_an_undisturbed_one(step, api, lake, undisturbed):
    lake.sync(streams=("orders",))
    api.records = second_edition()
    pipeline.ingest(lake.execution(streams=("orders",)))
    killed("load", lake, api, step)

    lake.sync(streams=("orders",))

    assert lake.contents() == undisturbed


def test_a_first_run_killed_while_it_lands_and_while_it_loads_ends_as_an_undisturbed_one(api, lake, undisturbed):
    killed("sync", lake, api, "after:orders/.*progress-1:1")
    killed("sync", lake, api, "table:1")
    lake.sync(streams=("orders",))
    api.records = second_edition()

    lake.sync(streams=("orders",))

    orders = {name: rows for name, rows in lake.contents().items() if name.startswith("orders")}
    assert orders == undisturbed

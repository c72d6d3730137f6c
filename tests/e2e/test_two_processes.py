"""Promise 9 with real processes: two of them never mix, and one that was stopped for long writes nothing afterwards."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from glue_lib.landing.positions import Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import Storage, open_storage
from glue_lib.runtime.secrets import variable_of
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi

LEASE_SECONDS = 4.0
Started = Callable[..., subprocess.Popen[str]]


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "lake")
    return f"s3://{request.getfixturevalue('s3_bucket')}/some/lake"


@pytest.fixture
def started(location: str, api: SmallApi) -> Iterator[Started]:
    """Start a process that works on the lake, in a group of its own; none is left behind."""
    children: list[subprocess.Popen[str]] = []

    def start(job: str, step: str = "never") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.e2e.paused", job, location, api.base_url, step, str(LEASE_SECONDS)]
        children.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True))
        return children[-1]

    yield start
    for child in children:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def ended(child: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = child.communicate(timeout=240)
    return child.returncode, said


def wait_until_stopped(child: subprocess.Popen[str]) -> None:
    """Wait until the process has stopped itself, and on until its lease has ended."""
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"ended before the step: {status}"
    time.sleep(LEASE_SECONDS + 0.5)


def go_on(child: subprocess.Popen[str]) -> None:
    os.killpg(child.pid, signal.SIGCONT)


def runs_of(storage: Storage) -> list[list[int]]:
    """Return the ids in each complete run, as they were landed."""
    folders = [RunFolder(storage, "small", "orders", run.run_id) for run in Runs(storage, "small", "orders").complete()]
    return [[json.loads(line)["id"] for part in run.parts() for line in run.records(part)] for run in folders]


def commits_of(storage: Storage) -> dict[str, bytes | None]:
    """Return all commits of all tables."""
    return {key: storage.read(key) for key in storage.list("tables/") if key.endswith(".json")}


def test_of_two_runs_at_once_the_second_ends_with_a_sentence_and_the_first_is_undisturbed(
    started: Started, location: str, api: SmallApi, tmp_path: Path
):
    is_asked, may_answer = threading.Event(), threading.Event()

    def before(target: str, count: int) -> None:
        is_asked.set()
        may_answer.wait(120)

    api.before = before
    first = started("ingest")
    assert is_asked.wait(60)
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    second = subprocess.run(
        [Path(sys.executable).with_name("headwater"), "run", "small.yaml", "--stream", "orders", "--lake", location],
        cwd=tmp_path,
        env={**os.environ, variable_of("small", "token"): TOKEN},
        capture_output=True,
        text=True,
        timeout=240,
    )
    may_answer.set()
    code, said = ended(first)

    assert (second.returncode, code) == (1, 0), said
    assert "small.orders: ingest: is held by " in second.stderr and "wait for it, or stop it" in second.stderr
    assert "Traceback" not in second.stderr
    storage = open_storage(location)
    assert runs_of(storage) == [[one["id"] for one in api.records["/orders"]]]


def test_executions_that_start_at_the_same_moment_land_whole_runs(started: Started, location: str, api: SmallApi):
    children = [started("ingest") for _ in range(3)]
    ends = [ended(child) for child in children]

    storage = open_storage(location)
    landed = runs_of(storage)
    position = Positions(storage, "small", "orders").landed()
    refused = [said for code, said in ends if code != 0]
    assert len(refused) < len(ends)
    assert all("another execution has just started" in said or "is held by" in said for said in refused)
    assert landed[0] == [one["id"] for one in api.records["/orders"]]
    assert len(landed) == len(ends) - len(refused)
    assert all(len(ids) == len(set(ids)) for ids in landed)
    assert position and position.run_id == Runs(storage, "small", "orders").complete()[-1].run_id


def test_an_ingest_that_was_stopped_past_its_lease_lands_nothing_more(started: Started, location: str, api: SmallApi):
    zombie = started("ingest", "after:orders/.*progress-1")
    wait_until_stopped(zombie)
    other = started("ingest")
    assert ended(other)[0] == 0
    storage = open_storage(location)
    landed, stored = runs_of(storage), {key: storage.read(key) for key in storage.list("raw/")}

    go_on(zombie)
    code, said = ended(zombie)

    assert code == 1 and "small.orders: ingest: the lease of " in said and "was lost; run again" in said
    assert landed == [[one["id"] for one in api.records["/orders"]]]
    assert runs_of(storage) == landed
    assert {key: storage.read(key) for key in stored} == stored


@pytest.mark.slow
def test_a_load_that_was_stopped_between_check_and_commit_commits_nothing_more(
    started: Started, location: str, api: SmallApi
):
    assert ended(started("ingest"))[0] == 0
    items = [{"sku": "new", "tags": ["a", "b"]}]
    api.records["/orders"].append({"id": 99, "updated_at": "2025-01-01T00:00:00Z", "items": items})
    assert ended(started("ingest"))[0] == 0
    zombie = started("load", "commit:4")  # three tables are made of the first run; this is the second run's first
    wait_until_stopped(zombie)
    storage = open_storage(location)
    before = commits_of(storage)
    code, said = ended(started("load"))
    assert code == 0, said
    commits = commits_of(storage)
    assert len(before) == 3 and len(commits) == 6

    go_on(zombie)
    code, said = ended(zombie)

    assert code == 1 and re.search("load: the lease of .* was lost|another load has changed .*; run again", said)
    assert commits_of(storage) == commits

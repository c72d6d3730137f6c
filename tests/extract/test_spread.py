"""The slices of a run as tasks: the same records as with threads, whatever fails, and whoever else is at it."""

import json
import pickle
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from glue_lib import pipeline
from glue_lib.api.redaction import Redaction
from glue_lib.api.retry import Deferred
from glue_lib.errors import ApiError, ConfigError
from glue_lib.execution import Execution, ExecutionFailed, Outcome, no_engine
from glue_lib.extract import spread
from glue_lib.landing.leases import Lease, LeaseLost
from glue_lib.landing.quota import QuotaLedger
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.secrets import Resolver, variable_of
from glue_lib.spec.loader import load, loads
from tests.e2e.small_api import TOKEN, SmallApi, serve

ROOT = Path(__file__).parents[2]
SECRETS = methodcaller("replace", "${secret:small#token}", TOKEN)
DAYS = 8
PIPELINE = """
source: small
base_url: {base_url}
auth: {{type: bearer, token: "${{secret:small#token}}"}}
limits: {{requests_per_second: 1000, concurrency: {concurrency}, requests_per_day: 5000}}
retry: {{tries: 1, longest_wait_seconds: 5}}
streams:
  events:
    path: /events
    records: data
    pagination: {{type: token, read: body.next, write: query.after}}
    key: [id]
    write: upsert
    spread: {spread}
    cursor: {{field: at, from: query.since, until: query.until, start: 2024-01-01, slice: 1d}}
"""


class Events:
    """Five events a day, two a page; each answer may be another one."""

    def __init__(self) -> None:
        self.all = [
            {"id": day * 10 + one, "at": f"2024-01-0{day + 1}T0{one}:00:00Z"} for day in range(DAYS) for one in range(5)
        ]
        self.instead: Callable[[dict[str, str]], Any] = lambda query: None

    def answer(self, target: str, _: int) -> tuple[int, dict[str, str], bytes]:
        query = dict(parse_qsl(urlsplit(target).query))
        instead = self.instead(query)
        if instead is not None:
            return instead  # type: ignore[no-any-return]
        found = [one for one in self.all if query["since"] <= one["at"] < query.get("until", "9")]
        start = int(query.get("after", 0))
        following = str(start + 2) if start + 2 < len(found) else None
        return 200, {}, json.dumps({"data": found[start : start + 2], "next": following}).encode()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def api(events: Events) -> Iterator[SmallApi]:
    small = SmallApi({}, events.answer)
    server = serve(small)
    yield small
    server.shutdown()
    server.server_close()


class Cluster:
    """An engine whose tasks run here, after a journey."""

    def __init__(self, tasks_at_once: int) -> None:
        self.tasks_at_once = tasks_at_once
        self.errands: list[spread.Errand] = []
        self.reports: list[spread.Report] = []

    def each(self, work: Any, values: Sequence[Any], *, name: str) -> list[Any]:
        sent = pickle.dumps(work)
        self.errands.append(pickle.loads(sent).args[0])
        with ThreadPoolExecutor(len(values)) as pool:
            self.reports = list(pool.map(lambda value: self._task(sent, value), values))
        return self.reports

    def _task(self, sent: bytes, value: Any) -> Any:
        return pickle.loads(pickle.dumps(pickle.loads(sent)(value)))


class Lake:
    def __init__(self, folder: Path, api: SmallApi) -> None:
        self.storage, self.api = FolderStorage(folder), api

    def execution(
        self, engine: Any = None, *, spread: str = "executors", concurrency: int = 4, **given: Any
    ) -> Execution:
        text = PIPELINE.format(base_url=self.api.base_url, spread=spread, concurrency=concurrency)
        defaults = {"secrets": SECRETS, "part_bytes": 1, "now": lambda: datetime(2024, 1, 9, tzinfo=UTC)}
        found = (lambda: engine) if engine else no_engine
        return Execution(loads(text, "small.yaml"), self.storage, found, **defaults | given)

    def ingest(self, engine: Any = None, **given: Any) -> Outcome:
        return pipeline.ingest(self.execution(engine, **given))[0]

    def run(self, outcome: Outcome) -> RunFolder:
        return RunFolder(self.storage, "small", "events", str(outcome.run_id))

    def landed(self, outcome: Outcome) -> list[tuple[int, list[bytes]]]:
        """Return the slices in order, each with its records in the order in which they were landed."""
        run, found = self.run(outcome), dict[int, list[bytes]]()
        for part in run.parts():
            found.setdefault(part.slice, []).extend(run.records(part))
        return sorted(found.items())


@pytest.fixture
def lake(tmp_path: Path, api: SmallApi) -> Lake:
    return Lake(tmp_path / "lake", api)


def test_tasks_land_what_threads_land(tmp_path: Path, api: SmallApi):
    spread_out, together = Lake(tmp_path / "a", api), Lake(tmp_path / "b", api)
    cluster = Cluster(3)

    outcome = spread_out.ingest(cluster)

    assert spread_out.landed(outcome) == together.landed(together.ingest(spread="threads"))
    assert (outcome.status, outcome.records, outcome.pages) == ("complete", 40, 24)
    assert [report.slices for report in cluster.reports] == [3, 3, 2]
    assert sum(report.pages for report in cluster.reports) == 24
    assert not [report.failures for report in cluster.reports if report.failures]


@pytest.mark.parametrize(("cores", "concurrency", "tasks"), [(3, 8, 3), (99, 4, 4), (99, 99, DAYS)])
def test_the_budget_is_split_among_the_tasks_that_run_at_once(lake: Lake, cores: int, concurrency: int, tasks: int):
    cluster = Cluster(cores)

    lake.ingest(cluster, concurrency=concurrency)

    (errand,) = cluster.errands
    limits = errand.pipeline.limits
    assert len(cluster.reports) == tasks
    assert limits.requests_per_second * tasks == pytest.approx(1000)
    assert limits.concurrency * tasks <= concurrency
    assert QuotaLedger(lake.storage, "small").reserved(datetime.now(UTC).date().isoformat()) == len(lake.api.asked)


def test_where_there_is_no_spark_the_slices_are_spread_over_threads(lake: Lake, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "headwater")

    outcome = lake.ingest()

    assert (outcome.status, outcome.records) == ("complete", 40)
    assert "no executors stream=events reason=there is no Spark here" in caplog.text


@pytest.mark.parametrize(("cores", "concurrency"), [(1, 4), (4, 1)])
def test_what_cannot_run_side_by_side_stays_with_the_driver(lake: Lake, cores: int, concurrency: int):
    cluster = Cluster(cores)

    assert lake.ingest(cluster, concurrency=concurrency).records == 40
    assert cluster.reports == []


def test_a_slice_that_fails_does_not_waste_the_others_and_its_reason_is_told(lake: Lake, events: Events):
    refusal = json.dumps({"error": {"message": f"{TOKEN} is tired"}}).encode()
    events.instead = lambda query: (500, {}, refusal) if query["since"] == "2024-01-03T00:00:00Z" else None

    with pytest.raises(ExecutionFailed) as failed:
        lake.ingest(Cluster(2))

    (outcome,) = failed.value.outcomes
    label = "2024-01-03T00:00:00Z..2024-01-04T00:00:00Z"
    assert (outcome.evidence["whole_slices"], list(outcome.evidence["failed_slices"])) == (7, [label])
    assert "small.events: GET /events" in str(outcome.error) and "answered 500 (*** is tired)" in str(outcome.error)
    events.instead = lambda query: None
    lake.api.asked.clear()
    assert lake.ingest(Cluster(2)).status == "complete"
    assert len(lake.api.asked) == 3


def test_waits_of_several_tasks_end_in_an_incomplete_run_that_waits_for_the_longest(lake: Lake, events: Events):
    waits = {"2024-01-03T00:00:00Z": "100", "2024-01-06T00:00:00Z": "3600"}
    events.instead = lambda query: (
        (429, {"Retry-After": waits[query["since"]]}, b"") if query["since"] in waits else None
    )

    outcome = lake.ingest(Cluster(4))

    resume_at = datetime.fromisoformat(str(outcome.resume_at))
    assert outcome.status == "incomplete"
    assert timedelta(seconds=3500) < resume_at - datetime.now(UTC) < timedelta(seconds=3700)
    assert "failed_slices" not in outcome.evidence
    assert {"2024-01-03T00:00:00Z..2024-01-04T00:00:00Z"} <= set(outcome.evidence["waiting_slices"])


def test_tasks_keep_to_the_deadline(lake: Lake, events: Events):
    events.instead = lambda query: time.sleep(0.05)
    deadline = datetime.now(UTC) + timedelta(seconds=0.3)

    outcome = lake.ingest(Cluster(2), deadline=deadline)

    assert outcome.status == "incomplete"
    assert 0 < len(lake.api.asked) < 40  # eight slices of five pages


@contextmanager
def opened(lake: Lake) -> Iterator[spread.Errand]:
    """Open a run, with all of its slices missing, under a lease that is held in the block."""
    with pytest.raises(ExecutionFailed):
        lake.ingest(Stillborn(2))
    (run_id,) = lake.storage.folders("raw/small/events/run=")
    with Lease(lake.storage, "small", "events", "ingest") as lease:
        yield spread.Errand(
            lake.execution().pipeline,
            lake.storage.uri("").rstrip("/"),
            SECRETS,
            "events",
            run_id,
            lease.ticket,
            part_bytes=1,
            part_seconds=30,
            deadline=None,
        )


class Stillborn(Cluster):
    """A cluster that loses its tasks before they begin."""

    def each(self, work: Any, values: Sequence[Any], *, name: str) -> list[Any]:
        raise ApiError(f"{name}: lost")


def test_two_attempts_at_one_task_at_the_same_time_land_each_record_once(lake: Lake, events: Events):
    events.instead = lambda query: time.sleep(0.005)

    with opened(lake) as errand, ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: spread.do(errand, range(DAYS)), range(2)))

    outcome = lake.ingest()
    records = [json.loads(record)["id"] for _, slice_ in lake.landed(outcome) for record in slice_]
    assert sorted(records) == [one["id"] for one in events.all]
    assert outcome.status == "complete"
    run = lake.run(outcome)
    named = {part.key for part in run.parts()}
    assert {key for key in lake.storage.list("raw/") if "/part-" in key} == named
    assert max(Counter(lake.api.asked).values()) <= 2 * 3
    assert {failure.kind for report in reports for failure in report.failures} <= {"LeaseLost"}


def test_a_task_of_an_execution_that_lost_its_lease_writes_nothing_more(lake: Lake):
    with opened(lake) as errand:
        lake.storage.write(errand.ticket.key, b'{"holder": "other", "mark": "other", "ends_at": 1e12}')
        before = lake.storage.list("raw/")
        report = spread.do(errand, range(DAYS))

    assert {failure.kind for failure in report.failures} == {"LeaseLost"}
    assert lake.storage.list("raw/") == before
    assert len(lake.api.asked) <= 8  # and it does not go on asking


def test_a_task_that_is_sent_anew_asks_for_nothing_that_is_landed(lake: Lake):
    with opened(lake) as errand:
        spread.do(errand, [0, 1])
        lake.api.asked.clear()
        report = spread.do(errand, [0, 1, 2])

    assert (report.whole, report.pages, report.records) == (3, 9, 15)
    assert len(lake.api.asked) == 3


def test_a_secret_that_is_missing_there_is_told(lake: Lake):
    with opened(lake) as errand:
        report = spread.do(replace(errand, secrets=Resolver({"HEADWATER_SECRETS_FILE": "/nowhere"})), [3])

    (failure,) = report.failures
    assert (failure.number, failure.kind) == (3, "ConfigError")
    assert isinstance(failure.error(), ConfigError)


@pytest.mark.parametrize("error", [ConfigError("a"), LeaseLost("b")])
def test_an_error_arrives_as_what_it_was(error: Exception):
    arrived = spread.Failure.of(1, error, Redaction(str)).error()

    assert (type(arrived), str(arrived)) == (type(error), str(error))


def test_an_api_error_arrives_with_its_status_and_a_wait_with_its_end():
    refused, moment = ApiError("x"), datetime(2026, 1, 1, tzinfo=UTC)
    refused.status = 403

    arrived = spread.Failure.of(1, refused, Redaction(str)).error()
    deferred = spread.Failure.of(1, Deferred("y", moment), Redaction(str)).error()

    assert isinstance(arrived, ApiError) and arrived.status == 403
    assert isinstance(deferred, Deferred) and deferred.resume_at == moment


def test_an_error_that_nobody_foresaw_arrives_with_its_way_and_without_credentials():
    redaction = Redaction(SECRETS)
    redaction.resolve("${secret:small#token}")
    try:
        {}[f"key {TOKEN}"]
    except KeyError as error:
        arrived = spread.Failure.of(1, error, redaction).error()

    assert isinstance(arrived, RuntimeError)
    assert "KeyError: 'key ***'" in str(arrived) and "test_spread.py" in str(arrived)


def test_no_secret_travels(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(variable_of("small", "token"), TOKEN)
    cluster = Cluster(2)
    resolver = Resolver()

    assert lake.ingest(cluster, secrets=resolver).records == 40

    assert resolver("${secret:small#token}") == TOKEN
    assert TOKEN.encode() not in pickle.dumps(cluster.errands)


@pytest.mark.parametrize("file", sorted((ROOT / "pipelines").rglob("*.yaml")), ids=lambda file: file.stem)
def test_every_pipeline_travels(file: Path):
    pipeline = load(file)

    assert pickle.loads(pickle.dumps(pipeline)) == pipeline


def test_spark_lands_from_tasks_what_threads_land(tmp_path: Path, api: SmallApi, spark: Any):
    spread_out, together = Lake(tmp_path / "a", api), Lake(tmp_path / "b", api)
    engine = SparkEngine(spread_out.storage.uri("").rstrip("/"), is_on_glue=False)

    outcome = spread_out.ingest(engine, concurrency=2)

    assert spread_out.landed(outcome) == together.landed(together.ingest(spread="threads"))
    attempts = {part.key.rpartition("-")[2] for part in spread_out.run(outcome).parts()}
    assert len(attempts) == 2  # one of each task

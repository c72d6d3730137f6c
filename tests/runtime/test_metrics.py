"""The lines that CloudWatch makes metrics of: their form, their names, and when there are any."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glue_lib import log
from glue_lib.execution import ExecutionFailed, Outcome
from glue_lib.lake.write.base import TableReport
from glue_lib.load.sifting import Sieve
from glue_lib.meter import Ended, Meter
from glue_lib.runtime.arguments import Arguments
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.job import job
from glue_lib.runtime.metrics import UNITS, SetAside, line, namespace_of, of_execution, of_stream
from glue_lib.runtime.secrets import variable_of
from glue_lib.shape.flaws import Count
from glue_lib.shape.tolerance import Tolerance
from glue_lib.spec.alarms import Alarms
from jobs.ingest_lambda import handler
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi, first_edition, serve

AT = datetime(2026, 1, 1, tzinfo=UTC)
DOCS = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()


class NoSpark(SparkEngine):
    def commit(self, job_name: str, options: Any) -> None: ...


def of_emf(text: str) -> dict[str, Any]:
    """Return the document of a line, having checked what CloudWatch demands of it."""
    document = json.loads(text)
    assert "\n" not in text
    (directive,) = document["_aws"]["CloudWatchMetrics"]
    assert isinstance(document["_aws"]["Timestamp"], int)
    assert 0 < len(directive["Metrics"]) <= 100
    for dimensions in directive["Dimensions"]:
        assert all(isinstance(document[name], str) and document[name] for name in dimensions)
    for metric in directive["Metrics"]:
        assert metric["Unit"] in ("Count", "Seconds", "Bytes", "None")
        assert isinstance(document[metric["Name"]], int | float)
    return dict(document)


def heard(*events: tuple[str, str, int, int]) -> SetAside:
    bad = SetAside()
    log.LOGGER.addHandler(bad)
    try:
        for stream, run, records, of in events:
            log.warning("records set aside", source="s", stream=stream, run=run, records=records, of=of, why="x")
        log.warning("rows kept", source="s", stream="a", run="1", reason="x")
    finally:
        log.LOGGER.removeHandler(bad)
    return bad


def test_the_line_in_the_documentation_is_what_is_written():
    outcome = Outcome("donorbox", "donations", "complete", "20260101T000000Z-1", records=1690, pages=17)
    metrics = of_stream(Ended("ingest", outcome), heard())
    about = {"source": "donorbox", "stream": "donations", "step": "ingest", "run_id": outcome.run_id, "resume_at": None}

    text = line("Headwater/prod", AT, about, metrics, ("source",), ("source", "stream"))

    of_emf(text)
    assert text in DOCS


def test_every_metric_is_documented_and_no_other():
    told = set(re.findall(r"`([A-Z][A-Za-z]+)`", DOCS.partition("## Alarms")[0])) - {"Headwater"}

    assert told == set(UNITS)


@pytest.mark.parametrize(
    ("step", "status", "metrics"),
    [
        (
            "sync",
            "complete",
            {"Complete": 1, "Incomplete": 0, "Failed": 0, "RecordsLanded": 8, "Pages": 2, "Loaded": 1}
            | {"RecordsLoaded": 6, "RowsWritten": 59, "RecordsQuarantined": 3, "QuarantinedShare": 0.25},
        ),
        (
            "load",
            "failed",
            {"Complete": 0, "Incomplete": 0, "Failed": 1, "Loaded": 0}
            | {"RecordsLoaded": 6, "RowsWritten": 59, "RecordsQuarantined": 3, "QuarantinedShare": 0.25},
        ),
        ("ingest", "incomplete", {"Complete": 0, "Incomplete": 1, "Failed": 0, "RecordsLanded": 8, "Pages": 2}),
        ("maintain", "complete", {"Complete": 1, "Incomplete": 0, "Failed": 0}),
    ],
)
def test_a_stream_has_the_metrics_of_its_step(step: Any, status: Any, metrics: dict[str, float]):
    tables = (
        TableReport("a", inserted=1, updated=2, deleted=3),
        TableReport("a__lines", inserted=50),
        TableReport("a__quarantine", inserted=3),
    )
    outcome = Outcome("s", "a", status, "1", records=8, pages=2, tables=tables)
    bad = heard(("a", "1", 1, 8), ("a", "1", 1, 8), ("a", "2", 1, 4), ("b", "1", 4, 4))

    assert of_stream(Ended(step, outcome), bad) == metrics


def test_what_a_load_says_of_bad_records_is_heard():
    bad = SetAside()
    log.LOGGER.addHandler(bad)
    try:
        sieve = Sieve("s", "a", (), (), Tolerance(records=10))
        sieve.judge([Count("no key", "id", 0, part, 0, 2) for part in (1, 2)], 16, "r1")
    finally:
        log.LOGGER.removeHandler(bad)

    assert bad.of("a") == (4, 0.25)


def test_what_an_operator_asks_first_is_measured():
    asked = {"requests": "Requests", "waits": "WaitedSeconds", "bytes": "ReceivedBytes", "rows": "RowsWritten"}

    assert set(asked.values()) <= UNITS.keys()


@pytest.mark.parametrize("file", ["monitoring.tf", "modules/source/alarms.tf"])
def test_terraform_names_no_other_metrics(file: str):
    text = (Path(__file__).parents[2] / "terraform" / file).read_text()
    named = re.findall(r'^ +metric += "(\w+)"|^ {6}([A-Z]\w+) += "(?:Sum|Maximum)"', text, re.MULTILINE)

    names = {first or second for first, second in named}
    assert len(names) > 4
    assert names <= UNITS.keys()


def test_the_alarms_defaults_in_the_documentation_are_those_of_the_file():
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\S+) \|$", DOCS.partition("## Alarms")[2], re.MULTILINE)
    words = {True: "on", None: "off"}

    assert dict(rows) == {name: str(words.get(value, value)) for name, value in Alarms().model_dump().items()}


def test_a_record_that_is_bad_twice_makes_no_share_above_the_whole():
    assert heard(("a", "1", 3, 4), ("a", "1", 3, 4)).of("a") == (6, 1.0)
    assert heard().of("a") == (0, 0.0)


def test_the_duration_is_compared_with_the_time_that_there_is():
    meter = Meter()

    assert of_execution(meter, 90, 120, is_broken=False)["DurationShare"] == 0.75
    assert "DurationShare" not in of_execution(meter, 90, None, is_broken=False)
    assert "Failed" not in of_execution(meter, 90, None, is_broken=False)


@pytest.mark.parametrize(
    ("given", "is_on_aws", "namespace"),
    [(None, True, "Headwater"), (None, False, None), ("off", True, None), ("X/y", False, "X/y"), ("X/y", True, "X/y")],
)
def test_off_aws_there_are_metrics_only_where_they_are_asked_for(
    given: str | None, is_on_aws: bool, namespace: str | None
):
    assert namespace_of(Arguments("p", "l", metrics_namespace=given), is_on_aws=is_on_aws) == namespace


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [of_emf(text) for text in capsys.readouterr().out.splitlines()]


@pytest.fixture
def argv(tmp_path: Path) -> list[str]:
    (tmp_path / "small.yaml").write_text("source: small\nbase_url: https://x.example\nstreams: {a: {path: /a}}\n")
    return ["job.py", "--pipeline", str(tmp_path / "small.yaml"), "--lake", str(tmp_path / "lake")]


def test_a_job_tells_its_streams_and_itself(argv: list[str], capsys: pytest.CaptureFixture[str]):
    with job([*argv, "--metrics_namespace", "Headwater/test", "--run_id", "r"], NoSpark) as given:
        given.meter.end("sync", [Outcome("small", "a", "complete", "r"), Outcome("small", "b", "incomplete", "r")])

    first, second, whole = lines(capsys)
    assert (first["stream"], first["Loaded"], second["stream"], second["Incomplete"]) == ("a", 1, "b", 1)
    assert first["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Headwater/test"
    assert (whole["source"], whole["run_id"], whole["Requests"], "stream" in whole) == ("small", "r", 0, False)
    assert not [one for one in log.LOGGER.handlers if isinstance(one, SetAside)]


@pytest.mark.parametrize(("argument", "count"), [(["--JOB_RUN_ID", "jr_1"], 1), ([], 0), (["--metrics_namespace="], 0)])
def test_a_job_of_the_service_tells_them_by_itself(
    argv: list[str], argument: list[str], count: int, capsys: pytest.CaptureFixture[str]
):
    with job([*argv, *argument], NoSpark):
        pass

    told = lines(capsys)
    assert len(told) == count
    assert all(one["DurationShare"] < 1 for one in told)


def test_a_job_that_fails_tells_which_stream_or_that_it_broke(argv: list[str], capsys: pytest.CaptureFixture[str]):
    failed = Outcome("small", "a", "failed", "r", error="a secret place")
    with pytest.raises(ExecutionFailed), job([*argv, "--metrics_namespace", "X"], NoSpark) as given:
        given.meter.end("sync", [failed])
        raise ExecutionFailed([failed])
    stream, whole = lines(capsys)
    assert stream["Failed"] == 1
    assert "Failed" not in whole  # or one failure would count twice
    assert "secret" not in json.dumps([stream, whole])

    with pytest.raises(ZeroDivisionError), job([*argv, "--metrics_namespace", "X"], NoSpark):
        raise ZeroDivisionError
    (whole,) = lines(capsys)
    assert whole["Failed"] == 1


def test_a_call_of_lambda_counts_what_it_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    api = SmallApi(first_edition())
    server = serve(api)
    monkeypatch.setenv(variable_of("small", "token"), TOKEN)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "small")
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    event = {"pipeline": str(tmp_path / "small.yaml"), "lake": str(tmp_path / "lake"), "streams": ["orders"]}
    api.before = lambda target, count: (503, {"Retry-After": "0.2"}, b"{}") if count == 2 else None
    try:
        handler(event, None)
    finally:
        server.shutdown()
        server.server_close()

    orders, whole = lines(capsys)
    assert (orders["stream"], orders["step"], orders["RecordsLanded"]) == ("orders", "ingest", 7)
    assert whole["Requests"] == len(api.asked)
    assert whole["WaitedSeconds"] > 0.1
    assert whole["ReceivedBytes"] > 100

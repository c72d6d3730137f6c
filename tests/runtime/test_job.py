"""A job commits when it is left cleanly, and only then."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.arguments import Arguments
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.execution import execution, no_engine
from glue_lib.runtime.job import job

PIPELINE = "source: small\nbase_url: https://api.example.org\nstreams: {orders: {path: /orders}}\n"


class Spy(SparkEngine):
    """An engine without Spark that remembers what it was told."""

    def __init__(self, lake_uri: str, is_on_glue: bool) -> None:
        super().__init__(lake_uri, is_on_glue)
        self.told: list[str] = []
        engines.append(self)

    def started(self) -> "Spy":
        self.told.append("started")
        return self

    def commit(self, job_name: str, options: Mapping[str, str]) -> None:
        self.told.append(f"committed {job_name}")


engines: list[Spy] = []


@pytest.fixture
def argv(tmp_path: Path) -> list[str]:
    engines.clear()
    file = tmp_path / "small.yaml"
    file.write_text(PIPELINE)
    return ["job.py", "--JOB_NAME", "nightly", "--pipeline", str(file), "--lake", str(tmp_path / "lake")]


def test_a_job_that_is_left_cleanly_commits(argv: list[str]):
    with job(argv, Spy) as given:
        assert engines[0].told == []
        given.engine()

    assert engines[0].told == ["started", "committed nightly"]


def test_a_job_that_returns_early_commits_too(argv: list[str]):
    def early() -> Execution:
        with job(argv, Spy) as given:
            return given

    early()

    assert engines[0].told == ["committed nightly"]


def test_a_job_on_glue_stops_asking_before_glue_kills_it(argv: list[str]):
    on_glue = [*argv, "--JOB_RUN_ID", "jr_1", "--set", '{"glue.timeout_minutes": 60}']

    with job(on_glue, Spy) as given:
        assert given.deadline
        assert 54 < (given.deadline - given.now()).total_seconds() / 60 <= 55
    with job([*on_glue, "--margin_seconds", "600"], Spy) as given:
        assert given.deadline
        assert 49 < (given.deadline - given.now()).total_seconds() / 60 <= 50


def test_where_little_time_is_allowed_most_of_it_is_for_asking(argv: list[str]):
    with job([*argv, "--JOB_RUN_ID", "jr_1", "--set", '{"glue.timeout_minutes": 4}'], Spy) as given:
        assert given.deadline
        assert 2.9 < (given.deadline - given.now()).total_seconds() / 60 <= 3


def test_elsewhere_a_job_has_all_the_time_it_needs(argv: list[str]):
    with job(argv, Spy) as given:
        assert given.deadline is None


def test_a_job_that_fails_does_not_commit(argv: list[str]):
    with pytest.raises(ZeroDivisionError), job(argv, Spy):
        raise ZeroDivisionError

    assert engines[0].told == []


def test_the_execution_is_what_the_arguments_say(argv: list[str], tmp_path: Path):
    more = ["--streams", "orders", "--from", "2024-01-01", "--to", "2024-02-01", "--full_refresh", "true"]
    overrides = ["--run_id", "r1", "--set", '{"streams.orders.path": "/other"}']

    with job([*argv, *more, *overrides], Spy) as given:
        assert given.pipeline.streams["orders"].path == "/other"
        assert isinstance(given.storage, FolderStorage)
        assert (given.streams, given.start, given.end) == (("orders",), "2024-01-01", "2024-02-01")
        assert (given.full_refresh, given.run_id) == (True, "r1")
        assert engines[0].lake_uri == f"file://{tmp_path}/lake"


def test_an_execution_beside_others_has_its_share_of_the_limits(argv: list[str]):
    limits = ["--set", '{"limits": {"requests_per_second": 9, "concurrency": 6, "requests_per_day": 100}}']

    with job([*argv, *limits, "--share", "1/3"], Spy) as given:
        shared = given.pipeline.limits
        assert (shared.requests_per_second, shared.concurrency, shared.requests_per_day) == (3, 2, 100)


@pytest.mark.parametrize("overrides", ["{}", '{"limits.concurrency": 1}', '{"database": "other"}'])
def test_no_override_takes_the_environment_out_of_the_database(argv: list[str], overrides: str):
    with job([*argv, "--database", "dev_small", "--set", overrides], Spy) as given:
        assert given.pipeline.database == "dev_small"


def test_a_job_of_the_service_tells_glue(argv: list[str]):
    for more, is_on_glue in ((["--JOB_RUN_ID", "jr_1"], True), ([], False)):
        with job([*argv, *more], Spy):
            assert engines[-1].is_on_glue is is_on_glue


def test_the_real_engine_commits_where_spark_runs(argv: list[str], spark: Any):
    with job([*argv, "--JOB_RUN_ID", "jr_1"]) as given:
        assert given.engine().glue_context.spark_session.sparkContext is spark.sparkContext

    from awsglue.job import Job

    assert Job(spark).isInitialized()


def test_the_pipeline_file_may_lie_on_s3(s3_bucket: str):
    boto3.client("s3").put_object(Bucket=s3_bucket, Key="code/small.yaml", Body="\ufeff" + PIPELINE)

    given = execution(Arguments(f"s3://{s3_bucket}/code/small.yaml", f"s3://{s3_bucket}/lake"), no_engine)

    assert list(given.pipeline.streams) == ["orders"]
    assert given.storage.uri("x") == f"s3a://{s3_bucket}/lake/x"


def test_a_pipeline_file_that_is_not_on_s3_is_told(s3_bucket: str):
    with pytest.raises(ConfigError, match=f"s3://{s3_bucket}/code/small.yaml: there is no such file"):
        execution(Arguments(f"s3://{s3_bucket}/code/small.yaml", "./lake"), no_engine)


def test_a_pipeline_file_that_is_not_here_is_told(argv: list[str], tmp_path: Path):
    with pytest.raises(ConfigError, match=r"smal\.yaml: there is no such file; did you mean `small\.yaml`"):
        execution(Arguments(str(tmp_path / "smal.yaml"), "./lake"), no_engine)


def test_an_execution_without_spark_cannot_load(argv: list[str], tmp_path: Path):
    given = execution(Arguments(argv[4], str(tmp_path)), no_engine)

    with pytest.raises(ConfigError, match="no Spark here"):
        given.engine()

"""Whose Spark an execution runs on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_lib.errors import ConfigError
from glue_lib.runtime.release import RELEASES, release_of
from glue_lib.runtime.session import glue_context, is_on_glue, is_submitted, laptop_settings


@pytest.fixture(autouse=True)
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that has every jar, so that none is downloaded."""
    folder = tmp_path / "jars"
    folder.mkdir()
    for release in RELEASES:
        for coordinate in (*release.delta, *release.s3a, *release.log_store):
            _, name, version = coordinate.split(":")
            (folder / f"{name}-{version}.jar").touch()
    monkeypatch.setenv("HEADWATER_CACHE", str(tmp_path))
    return tmp_path


def test_glue_is_known_by_the_run_id_that_it_gives():
    assert is_on_glue(["job.py", "--JOB_NAME", "x", "--JOB_RUN_ID", "jr_1"])
    assert is_on_glue(["job.py", "--JOB_RUN_ID=jr_1"])
    assert not is_on_glue(["job.py", "--JOB_NAME", "x", "--run_id", "--JOB_RUN_ID-like"])


@pytest.fixture
def glue(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the session be that of another release than the one that is installed."""
    return lambda spark: monkeypatch.setattr("glue_lib.runtime.session.release", lambda: release_of(spark))


def test_spark_submit_has_settled_the_session_already():
    assert is_submitted({"PYSPARK_GATEWAY_PORT": "4711"})
    assert not is_submitted({})


def test_a_session_that_runs_is_used_again(spark: Any):
    assert glue_context("file:///elsewhere").spark_session.sparkContext is spark.sparkContext


@pytest.mark.parametrize(
    ("spark", "delta"),
    [
        ("3.5.6", ("delta-spark_2.12-3.3.2", "delta-storage-3.3.2")),
        ("4.1.1", ("delta-spark_4.1_2.13-4.2.0", "delta-storage-4.2.0")),
    ],
)
def test_a_laptop_s_session_has_what_results_depend_on_from_glue(
    cached: Path, glue: Callable[[str], None], spark: str, delta: tuple[str, ...]
):
    glue(spark)

    settings = laptop_settings("file:///lake", {})

    assert settings["spark.sql.session.timeZone"] == "UTC"
    assert settings["spark.sql.extensions"] == "io.delta.sql.DeltaSparkSessionExtension"
    assert settings["spark.jars"] == ",".join(f"{cached}/jars/{name}.jar" for name in delta)


def test_a_laptop_s_session_leaves_nothing_where_it_was_started(cached: Path):
    assert laptop_settings("file:///lake", {})["spark.sql.warehouse.dir"].startswith(str(cached))


def test_s3a_comes_with_a_lake_on_s3_only():
    def has_s3a(lake: str) -> bool:
        settings = laptop_settings(lake, {})
        return "hadoop-aws" in settings["spark.jars"] and "spark.hadoop.fs.s3.impl" in settings

    assert (has_s3a("s3a://bucket/lake"), has_s3a("file:///lake")) == (True, False)


@pytest.mark.parametrize(
    ("environment", "endpoint", "is_secure"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, "http://127.0.0.1:5000", "false"),
        ({"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "https://s3.example"}, "https://s3.example", "true"),
    ],
)
def test_an_emulator_is_named_as_for_boto3(environment: dict[str, str], endpoint: str, is_secure: str):
    settings = laptop_settings("s3a://bucket", environment)

    assert settings["spark.hadoop.fs.s3a.endpoint"] == endpoint
    assert settings["spark.hadoop.fs.s3a.connection.ssl.enabled"] == is_secure


def test_s3a_gives_up_after_minutes_not_days():
    settings = laptop_settings("s3a://bucket", {})
    given = {name.partition("fs.s3a.")[2]: value for name, value in settings.items() if "fs.s3a." in name}

    inner, outer = int(given["attempts.maximum"]), int(given["retry.throttle.limit"])
    first_seconds = int(given["retry.throttle.interval"].removesuffix("ms")) / 1000
    assert 3 <= inner <= 6
    assert 15 <= first_seconds * 2**outer <= 120  # S3 scales within a minute, and each wait doubles
    assert int(given["connection.timeout"]) <= 60_000


def test_a_log_store_for_several_writers_is_named_by_the_environment(glue: Callable[[str], None]):
    glue("3.5.6")
    named = {"HEADWATER_LOG_STORE": "prod-delta-log", "AWS_REGION": "eu-west-1"}

    settings = laptop_settings("s3a://bucket", named)

    assert "delta-storage-s3-dynamodb" in settings["spark.jars"]
    assert {name: value for name, value in settings.items() if "logStore" in name or "LogStore" in name} == {
        "spark.delta.logStore.s3.impl": "io.delta.storage.S3DynamoDBLogStore",
        "spark.delta.logStore.s3a.impl": "io.delta.storage.S3DynamoDBLogStore",
        "spark.io.delta.storage.S3DynamoDBLogStore.ddb.tableName": "prod-delta-log",
        "spark.io.delta.storage.S3DynamoDBLogStore.ddb.region": "eu-west-1",
    }
    for lake, environment in (("file:///lake", named), ("s3a://bucket", {"AWS_REGION": "eu-west-1"})):
        assert "dynamodb" not in str(laptop_settings(lake, environment))
    with pytest.raises(ConfigError, match=r"the region of the table `prod-delta-log` is not known; set AWS_REGION"):
        laptop_settings("s3a://bucket", {"HEADWATER_LOG_STORE": "prod-delta-log"})


def test_glue_6_has_no_log_store_and_says_so(glue: Callable[[str], None]):
    glue("4.1.1")

    with pytest.raises(
        ConfigError, match=r"HEADWATER_LOG_STORE: Glue 6.0 has no log store in DynamoDB; write this lake"
    ):
        laptop_settings("s3a://bucket", {"HEADWATER_LOG_STORE": "prod-delta-log", "AWS_REGION": "eu-west-1"})

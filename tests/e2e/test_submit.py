"""The jobs run under spark-submit as they lie there, as on Glue."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glue_lib.runtime.jars import jars
from glue_lib.runtime.release import release
from glue_lib.runtime.secrets import variable_of
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi, first_edition, second_edition

ROOT = Path(__file__).parents[2]

# What Glue settles with `--datalake-formats delta` and `--conf`; the rest keeps small machines quick.
CONF = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture
def submit(tmp_path: Path, api: SmallApi) -> Any:
    import pyspark

    file = tmp_path / "small.yaml"
    file.write_text(PIPELINE.format(base_url=api.base_url))
    events = tmp_path / "events"
    events.mkdir()
    conf = [word for name, value in CONF.items() for word in ("--conf", f"{name}={value}")]

    def run(job: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                str(Path(pyspark.__file__).parent / "bin" / "spark-submit"),
                *("--master", "local[2]", "--jars", ",".join(map(str, jars(*release().delta))), *conf),
                *("--conf", "spark.eventLog.enabled=true", "--conf", f"spark.eventLog.dir={events}"),
                *(str(ROOT / "jobs" / f"{job}.py"), "--JOB_NAME", "small-sync"),
                *("--pipeline", str(file), "--lake", str(tmp_path / "lake"), *words),
            ],
            stdout=subprocess.PIPE,  # where spark-submit sends all that Python says
            stderr=subprocess.STDOUT,
            text=True,
            cwd=tmp_path,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("PYSPARK_", "SPARK_"))},
                "PYTHONPATH": str(ROOT),
                "PYSPARK_PYTHON": sys.executable,
                variable_of("small", "token"): TOKEN,
            },
        )

    return run


def test_sync_runs_unmodified_and_a_table_is_there(submit: Any, tmp_path: Path, spark: Any):
    # As Terraform gives the arguments: every one of them, empty where it means nothing.
    empty = ("--from", "", "--to", "", "--run_id", "", "--full_refresh", "false", "--set", '{"database": "dev_small"}')

    done = submit("sync", "--streams", "orders", *empty)

    assert done.returncode == 0, done.stdout[-4000:]
    assert "INFO run landed source=small stream=orders" in done.stdout
    assert "INFO table loaded source=small" in done.stdout
    rows = spark.read.format("delta").load(str(tmp_path / "lake/tables/small/orders__items"))
    assert rows.count() == 12
    told = [
        file.read_bytes() for folder in ("events", "lake") for file in (tmp_path / folder).rglob("*") if file.is_file()
    ]
    assert told and not any(TOKEN.encode() in text for text in told)  # Spark's event log holds every plan and setting
    assert TOKEN not in done.stdout


@pytest.mark.slow
def test_maintain_runs_unmodified_and_tells_what_it_saved(submit: Any, api: SmallApi, tmp_path: Path):
    for edition in (first_edition(), second_edition()):
        api.records = edition
        assert submit("sync", "--streams", "orders").returncode == 0
    staged = tmp_path / "lake/_headwater/tmp/small/orders/part-0"
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"12345")
    os.utime(staged, (0, 0))

    done = submit("maintain", "--streams", "orders")

    assert done.returncode == 0, done.stdout[-4000:]
    assert "INFO table kept source=small table=orders files=2->1 removed=0 removed_bytes=0" in done.stdout
    assert "INFO leftovers deleted source=small stream=orders files=1 bytes=5" in done.stdout
    assert not staged.exists()


def test_a_wrong_argument_ends_the_job_with_its_sentence(submit: Any):
    done = submit("sync", "--stream", "orders")

    assert done.returncode != 0
    assert "arguments: `--stream` is no argument of a job; did you mean `streams`?" in done.stdout

"""A pytest plugin for projects whose code runs on Glue: it is there when this package is installed.

    def test_orders_are_flat(dynamic_frame_from_json):
        orders = dynamic_frame_from_json([{"id": 1, "place": {"city": "Rome"}}])
        assert_frames_equal(orders.unnest(), [{"id": 1, "place.city": "Rome"}])     # from awsglue_local.testing

A project that has fixtures of these names keeps its own. In Glue's Docker image they are made by Glue's own classes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="session")
def glue_context(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The GlueContext of all tests, on the Spark session that runs or on a small one of its own."""
    from awsglue.context import GlueContext
    from pyspark.sql import SparkSession

    import awsglue_local

    spark = SparkSession.getActiveSession()
    if spark is None:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]")
        for name, value in {**SETTINGS, "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse"))}.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
    awsglue_local.install(spark.sparkContext)
    return GlueContext(spark.sparkContext)


@pytest.fixture
def dynamic_frame_from_json(glue_context: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Make a frame as Glue reads it: of records, or of the text of a file; choices and error records included."""

    def make(records: Sequence[Any] | str, name: str = "frame") -> Any:
        folder = tmp_path_factory.mktemp("json")
        text = records if isinstance(records, str) else "\n".join(json.dumps(record) for record in records)
        (folder / "records.json").write_text(text)
        frame = glue_context.create_dynamic_frame.from_options("file", {"paths": [str(folder)]}, "json")
        frame.name = name
        return frame

    return make

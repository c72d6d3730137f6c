"""Frames for the tests of this folder, made in the session that all tests share."""

from collections.abc import Callable

import pytest
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from pyspark.sql import SparkSession

import awsglue_local
from awsglue_local.plugin import dynamic_frame_from_json  # noqa: F401, a fixture
from awsglue_local.view import View


@pytest.fixture(scope="session")
def glue(spark: SparkSession) -> GlueContext:
    awsglue_local.install(spark.sparkContext)
    if not isinstance(spark.sparkContext._jvm, View):
        pytest.skip("Glue's own classes are on the class path: there is nothing to stand in for")
    return GlueContext(spark.sparkContext)


@pytest.fixture
def frame_of(spark: SparkSession, glue: GlueContext) -> Callable[..., DynamicFrame]:
    """Make a frame of rows in one partition: `frame_of([(1, "a")], "id int, name string")`."""
    return lambda rows, schema: DynamicFrame.fromDF(spark.createDataFrame(rows, schema).coalesce(1), glue, "given")

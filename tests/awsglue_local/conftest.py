"""One Spark session, with the stand-ins installed, for all tests of this folder."""

from collections.abc import Callable, Iterator

import pytest
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from pyspark.sql import SparkSession

import awsglue_local


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    yield (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .getOrCreate()
    )


@pytest.fixture(scope="session")
def glue(spark: SparkSession) -> GlueContext:
    awsglue_local.install(spark.sparkContext)
    return GlueContext(spark.sparkContext)


@pytest.fixture
def frame_of(spark: SparkSession, glue: GlueContext) -> Callable[..., DynamicFrame]:
    """Make a frame of rows in one partition: `frame_of([(1, "a")], "id int, name string")`."""
    return lambda rows, schema: DynamicFrame.fromDF(spark.createDataFrame(rows, schema).coalesce(1), glue, "given")

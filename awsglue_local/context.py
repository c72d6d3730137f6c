"""The stand-in for the JVM's GlueContext: where sources and sinks come from."""

from typing import Any

from pyspark.sql import SparkSession

from awsglue_local.absent import StandIn


class GlueContext(StandIn):
    """What `awsglue.GlueContext` holds as its `_glue_scala_context`. Partition counts are hints."""

    jvm_name = "GlueContext"

    def __init__(self, *spark_context_and_partitions: Any) -> None:
        self.session = SparkSession.builder.getOrCreate()

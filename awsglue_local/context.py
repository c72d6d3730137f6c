"""The stand-in for the JVM's GlueContext: where sources and sinks come from."""

from typing import Any

from pyspark.sql import SparkSession

from awsglue_local.absent import StandIn
from awsglue_local.sink import Sink
from awsglue_local.source import Source
from awsglue_local.values import JsonOptions

DATA_CATALOG = "read or write the table by its path, or by spark.sql on this machine's own tables"


class GlueContext(StandIn):
    """What `awsglue.GlueContext` holds as its `_glue_scala_context`. Partition counts are hints."""

    jvm_name = "GlueContext"
    instead = {  # noqa: RUF012, declared in StandIn
        "getCatalogSource": DATA_CATALOG,
        "getCatalogSink": DATA_CATALOG,
        "getCatalogSchemaAsSparkSchema": DATA_CATALOG,
        "getJDBCSink": "use toDF().write.jdbc(...)",
        "extractJDBCConf": "read the connection with boto3's glue client",
        "addIngestionTimeColumns": "use withColumn with pyspark.sql.functions.current_timestamp()",
    }

    def __init__(self, *spark_context_and_partitions: Any) -> None:
        self.session = SparkSession.builder.getOrCreate()

    def getSource(self, connection_type: str, options: JsonOptions, ctx: str = "", predicate: str = "") -> Source:
        return Source(self.session, connection_type, options, predicate)

    def getSink(self, connection_type: str, options: JsonOptions, ctx: str = "") -> Sink:
        return Sink(self.session, connection_type, options)

"""The stand-in for the JVM's GlueContext: where sources and sinks come from."""

from typing import Any

from py4j.java_gateway import JavaObject
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from awsglue_local import catalog, connections, job, partitions, purging
from awsglue_local.absent import StandIn, absent
from awsglue_local.catalog_source import CatalogSink, CatalogSource
from awsglue_local.schema import spark_struct
from awsglue_local.sink import Sink
from awsglue_local.source import Source
from awsglue_local.values import JsonOptions

GONE = "Lake Formation's transactions have ended; use Delta, Iceberg or Hudi"
INGESTED = ("year", "month", "day", "hour", "minute")


class GlueContext(StandIn):
    """What `awsglue.GlueContext` holds as its `_glue_scala_context`. Partition counts are hints."""

    jvm_name = "GlueContext"
    instead = {  # noqa: RUF012, declared in StandIn
        "getJDBCSink": "use toDF().write.jdbc(...)",
        "startTransaction": GONE,
        "commitTransaction": GONE,
        "cancelTransaction": GONE,
    }

    def __init__(self, *spark_context_and_partitions: Any) -> None:
        self.session = SparkSession.builder.getOrCreate()

    def getSource(self, connection_type: str, options: JsonOptions, ctx: str = "", predicate: str = "") -> Source:
        return Source(self.session, connection_type, options, ctx, predicate, job.RUNNING.bookmarks)

    def getSink(self, connection_type: str, options: JsonOptions, ctx: str = "") -> Sink:
        return Sink(self.session, connection_type, options)

    def getCatalogSource(
        self, database: str, table: str, temporary: str, ctx: str, predicate: str, options: JsonOptions, catalog_id: Any
    ) -> CatalogSource:
        named = (database, table, catalog_id)
        return CatalogSource(self.session, named, options, ctx, predicate, job.RUNNING.bookmarks)

    def getCatalogSink(
        self, database: str, table: str, temporary: str, ctx: str, options: JsonOptions, catalog_id: Any
    ) -> CatalogSink:
        return CatalogSink(self.session, (database, table, catalog_id), options)

    def getCatalogSchemaAsSparkSchema(self, database: str, table: str, catalog_id: Any = None) -> JavaObject:
        kind = spark_struct(catalog.schema_of(self.session, database, table, catalog_id))
        return self.session._jsparkSession.parseDataType(kind.json())

    def purgeS3Path(self, path: str, options: JsonOptions, ctx: str) -> None:
        purging.purge(self.session, [path], options.values(), ctx)

    def purgeTable(self, database: str, table: str, options: JsonOptions, ctx: str, catalog_id: Any = None) -> None:
        places = self._places(database, table, options, catalog_id)
        purging.purge(self.session, [place.location for place in places], options.values(), ctx)
        partitions.forget_empty(self.session, database, table, places, catalog_id)

    def transitionS3Path(self, path: str, storage_class: str, options: JsonOptions, ctx: str) -> None:
        purging.transition(self.session, [path], storage_class, options.values(), ctx)

    def transitionTable(
        self, database: str, table: str, storage_class: str, options: JsonOptions, ctx: str, catalog_id: Any = None
    ) -> None:
        places = [place.location for place in self._places(database, table, options, catalog_id)]
        purging.transition(self.session, places, storage_class, options.values(), ctx)

    def _places(self, database: str, table: str, options: JsonOptions, catalog_id: Any) -> list[partitions.Place]:
        if catalog.session_table(self.session, database, table) is not None:
            absent(
                f"purge or transition of `{database}.{table}`, a table of this session",
                "use spark.sql('TRUNCATE TABLE …'), or the same for its path",
            )
        found = catalog.look_up(database, table, catalog_id)
        return partitions.places(database, table, found, options.values().get("partitionPredicate", ""), catalog_id)

    def extractJDBCConf(self, connection: str, catalog_id: Any = None) -> dict[str, str]:
        return connections.jdbc(connection, catalog_id)

    def addIngestionTimeColumns(self, jdf: JavaObject, granularity: str) -> JavaObject:
        """Return the rows with `ingest_year` and so on, down to the granularity that is named."""
        if granularity not in INGESTED:
            raise ValueError(f"add_ingestion_time_columns: `{granularity}` is not one of {', '.join(INGESTED)}")
        now = f.current_timestamp()
        parts = {f"ingest_{part}": getattr(f, "dayofmonth" if part == "day" else part)(now)
                 for part in INGESTED[: INGESTED.index(granularity) + 1]}  # fmt: skip
        return DataFrame(jdf, self.session).withColumns(parts)._jdf

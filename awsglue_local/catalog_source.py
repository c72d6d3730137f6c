"""The source and the sink that `from_catalog` names by database and table."""

from __future__ import annotations

from typing import Any

from awsglue import gluetypes as glue
from py4j.java_gateway import JavaObject
from pyspark.sql import DataFrame, SparkSession

from awsglue_local import catalog
from awsglue_local.absent import StandIn, absent
from awsglue_local.bookmarks import Bookmarks
from awsglue_local.catalog import CatalogTable
from awsglue_local.catalog_types import typed, with_values
from awsglue_local.columns import columns_of, member_kinds, quote
from awsglue_local.errors import Errors
from awsglue_local.files import listed
from awsglue_local.frame import Frame
from awsglue_local.partitions import Place, of_own_place
from awsglue_local.python_records import Made
from awsglue_local.sink import CATALOG_OPTIONS, Sink
from awsglue_local.source import HINTS, Source
from awsglue_local.together import union
from awsglue_local.values import JsonOptions

Named = tuple[str, str, str | None]  # database, table, id of the catalog
SPARK_READS_IT = "read it with glueContext.spark_session.table"


class CatalogSource(StandIn):
    """A table of this session, or of Glue's Data Catalog."""

    jvm_name = "DataSource"

    def __init__(
        self,
        session: SparkSession,
        table: Named,
        options: JsonOptions,
        ctx: str = "",
        predicate: str = "",
        bookmarks: Bookmarks | None = None,
    ) -> None:
        self.session, self.table, self.options = session, table, options.values()
        self.ctx, self.predicate, self.bookmarks = ctx, predicate, bookmarks

    def getDynamicFrame(self, *partitions: int) -> Frame:
        unknown = self.options.keys() - HINTS - {"useCatalogSchema", "recurse", "exclusions"}
        if unknown:
            absent(f"additional_options {', '.join(sorted(unknown))} of a catalog source", SPARK_READS_IT)
        database, name, catalog_id = self.table
        rows = catalog.session_table(self.session, database, name)
        if rows is not None:
            return Frame(rows.where(self.predicate) if self.predicate else rows)
        table = catalog.look_up(database, name, catalog_id)
        apart = of_own_place(database, name, table, catalog_id)
        return self._apart(table, apart) if apart else self._files(table, table.location, self.predicate)

    def getDataFrame(self) -> JavaObject:
        return self.getDynamicFrame().toDF()

    def getSampleDynamicFrame(self, count: int, options: JsonOptions) -> Frame:
        frame = self.getDynamicFrame()
        return frame.with_rows(frame.rows.limit(count), ())

    def _apart(self, table: CatalogTable, places: list[Place]) -> Frame:
        """Return the records of partitions each read where it lies, their values from the catalog."""
        there = [place for place in places if listed(self.session, [place.location])]
        read = [(self._files(table, place.location), place.values) for place in there]

        def made() -> Made:
            sides = [with_values(frame, table, values) for frame, values in read if frame.rows.columns]
            if not sides:
                return self.session.range(0).select(), glue.StructType([])
            rows, kind = sides[0]
            for other, its_kind in sides[1:]:
                rows, kind = union((rows, columns_of(kind)), (other, columns_of(its_kind)))
            return rows.where(self.predicate) if self.predicate else rows, kind

        return Frame(made, errors=sum((frame.errors for frame, _ in read), Errors()))

    def _files(self, table: CatalogTable, location: str, predicate: str = "") -> Frame:
        own = {name: value for name, value in self.options.items() if name != "useCatalogSchema"}
        options = JsonOptions.of({**own, "paths": [location]})
        source = Source(self.session, "file", options, self.ctx, predicate, self.bookmarks)
        source.csv_columns = [name for name in member_kinds(table.kind) if name not in table.partition_keys]
        source.setFormat(table.format, JsonOptions.of(_csv_options(table)))
        read = source.getDynamicFrame()
        return Frame(lambda: typed(read, table.kind), errors=read.errors)


class CatalogSink(StandIn):
    """A table to which records are added."""

    jvm_name = "DataSink"

    def __init__(self, session: SparkSession, table: Named, options: JsonOptions) -> None:
        self.session, self.table, self.options = session, table, options.values()

    def pyWriteDynamicFrame(self, frame: Frame, site: str, info: str) -> Frame:
        database, name, catalog_id = self.table
        there = catalog.session_table(self.session, database, name)
        if there is None:
            return self._to_files(catalog.look_up(database, name, catalog_id)).pyWriteDynamicFrame(frame, site, info)
        extra = [column for column in frame.rows.columns if column not in there.columns]
        if extra:
            raise ValueError(f"the table `{database}.{name}` has no column {', '.join(f'`{one}`' for one in extra)}")
        frame.errors.check()
        names = [quote(one) if one in frame.rows.columns else f"NULL AS {quote(one)}" for one in there.columns]
        frame.rows.selectExpr(*names).write.insertInto(f"{quote(database)}.{quote(name)}")
        return Frame(self.session.range(0).select())

    def pyWriteDataFrame(self, jdf: JavaObject, context: Any, site: str, info: str) -> JavaObject:
        return self.pyWriteDynamicFrame(Frame(DataFrame(jdf, self.session)), site, info).toDF()

    def _to_files(self, table: CatalogTable) -> Sink:
        unknown = self.options.keys() - CATALOG_OPTIONS - {"partitionKeys"}
        if unknown:
            absent(f"additional_options {', '.join(sorted(unknown))} of a catalog sink", "write it with toDF().write")
        keys = self.options.get("partitionKeys") or table.partition_keys
        own = {**self.options, "path": table.location, "partitionKeys": keys}
        sink = Sink(self.session, "file", JsonOptions.of(own))
        sink.setCatalogInfo(self.table[0], self.table[1], self.table[2] or "")
        csv = _csv_options(table)
        written = {"separator": csv["separator"], "writeHeader": csv["withHeader"]} if csv else {}
        sink.setFormat(table.format, JsonOptions.of(written))
        return sink


def _csv_options(table: CatalogTable) -> dict[str, Any]:
    if table.format != "csv":
        return {}
    separator = table.options.get("field.delim") or table.options.get("separatorChar") or ","
    return {"separator": separator, "withHeader": table.options.get("skip.header.line.count") == "1"}

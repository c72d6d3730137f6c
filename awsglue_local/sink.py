"""The stand-in for the JVM's DataSink: what `write_dynamic_frame.from_options` writes to. Files are only added."""

from __future__ import annotations

from typing import Any

from py4j.java_gateway import JavaObject
from pyspark import cloudpickle
from pyspark.sql import DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import NullType

from awsglue_local import catalog_update, showing
from awsglue_local.absent import StandIn, absent
from awsglue_local.catalog_update import Stored
from awsglue_local.files import is_true
from awsglue_local.frame import Frame
from awsglue_local.showing import record_text
from awsglue_local.uris import check, spark_uri
from awsglue_local.values import JsonOptions

FILES = ("s3", "file")
SPARK_FORMATS = ("parquet", "orc", "avro")
FORMATS = {"json": "json", "csv": "csv", "parquet": "parquet", "glueparquet": "parquet", "orc": "orc", "avro": "avro"}
OPTIONS = {"path", "partitionKeys", "compression", "useFrameName", "useGlueParquetWriter"}
CATALOG_OPTIONS = {"enableUpdateCatalog", "updateBehavior"}
CSV = {"separator": "sep", "quoteChar": "quote", "escaper": "escape", "writeHeader": "header"}
SPARK_WRITES_IT = "write it with toDF().write"

cloudpickle.register_pickle_by_value(showing)  # type: ignore[no-untyped-call]


class Sink(StandIn):
    """Files of one format under one path; the frames of a collection each get a folder with their name."""

    jvm_name = "DataSink"

    def __init__(self, session: SparkSession, connection_type: str, options: JsonOptions) -> None:
        if connection_type not in FILES + SPARK_FORMATS:
            absent(f"a sink of the connection type `{connection_type}`", SPARK_WRITES_IT)
        self.session = session
        self.format = connection_type
        self.options = options.values()
        self.table: tuple[str, str, str] | None = None

    def setFormat(self, format: str, options: JsonOptions) -> None:
        self.format = format.lower()
        self.options = options.values() | self.options

    def setAccumulableSize(self, size: int) -> None:
        """How many errors Glue keeps: there are none here."""

    def setCatalogInfo(self, database: str, table: str, catalog_id: str = "") -> None:
        """Name the table that the files become; with the option `enableUpdateCatalog` it is made when they are."""
        self.table = database, table, catalog_id

    def pyWriteDynamicFrame(self, frame: Frame, site: str, info: str) -> Frame:
        """Write the frame and return the records that could not be written: none, since Spark fails instead."""
        frame.errors.check()
        unknown = self.options.keys() - OPTIONS - CATALOG_OPTIONS - (CSV.keys() if self.format == "csv" else set())
        if self.format not in FORMATS:
            absent(f"a sink of the format `{self.format}`", SPARK_WRITES_IT)
        if unknown:
            absent(f"a sink of {self.format} with {', '.join(sorted(unknown))}", SPARK_WRITES_IT)
        catalog_update.check(self.options.get("updateBehavior"))
        path = self._path(frame)
        if frame.has_choices() and self.format == "json":
            self._write_values(frame, path)
        elif frame.rows.columns:
            self._writer(frame).save(path)
        if self.table and is_true(self.options.get("enableUpdateCatalog")):
            keys, behaviour = self._keys(), str(self.options.get("updateBehavior") or "")
            stored = Stored(path, FORMATS[self.format], self.options)
            catalog_update.register(self.session, self.table, stored, frame.rows, keys, behaviour)
        return Frame(self.session.range(0).select())

    def pyWriteDataFrame(self, jdf: JavaObject, context: Any, site: str, info: str) -> JavaObject:
        return self.pyWriteDynamicFrame(Frame(DataFrame(jdf, self.session)), site, info).toDF()

    def _writer(self, frame: Frame) -> DataFrameWriter:
        rows = _with_texts(frame.rows) if self.format == "csv" else frame.rows
        writer = rows.write.mode("append").format(FORMATS[self.format])
        if self.format == "csv":
            writer = writer.options(**self._csv())
        compression = self.options.get("compression")
        writer = writer.option("compression", compression) if compression else writer
        return writer.partitionBy(*self._keys()) if self._keys() else writer

    def _keys(self) -> list[str]:
        return list(self.options.get("partitionKeys") or [])

    def _csv(self) -> dict[str, Any]:
        """Return Spark's options; a header is written unless it is said otherwise."""
        options = {CSV[name]: value for name, value in self.options.items() if name in CSV}
        quote = str(options.get("quote", '"'))
        quoting = {"quote": ""} if quote == "-1" else {}
        as_it_is = {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False, "emptyValue": ""}
        return {"header": True, **({} if quoting else {"escape": quote}), **as_it_is, **options, **quoting}

    def _write_values(self, frame: Frame, path: str) -> None:
        """Write open choices as JSON: each record with the value that it holds."""
        if self.options.get("partitionKeys") or self.options.get("compression"):
            absent("partitionKeys or compression with open choices", "resolve them first with resolveChoice")
        kind, text_of = frame.kind, record_text
        lines = frame.rows.rdd.map(lambda row: (text_of(row, kind, compact=True),))
        self.session.createDataFrame(lines, "value string").write.mode("append").text(path)

    def _path(self, frame: Frame) -> str:
        if not self.options.get("path"):
            raise ValueError('write_dynamic_frame: no path; pass connection_options={"path": "s3://bucket/folder/"}')
        path = spark_uri(self.options["path"])
        check(self.session, path)
        return f"{path.rstrip('/')}/{frame.name}" if self.options.get("useFrameName") else path


def _with_texts(rows: DataFrame) -> DataFrame:
    """Let columns that are null everywhere be texts: Spark's CSV has no place for them, Glue's leaves it empty."""
    empty = [field.name for field in rows.schema if isinstance(field.dataType, NullType)]
    return rows.withColumns({name: f.lit(None).cast("string") for name in empty}) if empty else rows

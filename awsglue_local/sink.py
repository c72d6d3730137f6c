"""The stand-in for the JVM's DataSink: what `write_dynamic_frame.from_options` writes to. Files are only added."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrameWriter, SparkSession

from awsglue_local.absent import StandIn, absent
from awsglue_local.frame import Frame
from awsglue_local.uris import spark_uri
from awsglue_local.values import JsonOptions

FILES = ("s3", "file")
SPARK_FORMATS = ("parquet", "orc")
FORMATS = {"json": "json", "parquet": "parquet", "glueparquet": "parquet", "orc": "orc"}
OPTIONS = {"path", "partitionKeys", "compression", "useFrameName"}
SPARK_WRITES_IT = "write it with toDF().write"


class Sink(StandIn):
    """Files of one format under one path; the frames of a collection each get a folder with their name."""

    jvm_name = "DataSink"

    def __init__(self, session: SparkSession, connection_type: str, options: JsonOptions) -> None:
        if connection_type not in FILES + SPARK_FORMATS:
            absent(f"a sink of the connection type `{connection_type}`", SPARK_WRITES_IT)
        self.session = session
        self.format = connection_type
        self.options = options.values()

    def setFormat(self, format: str, options: JsonOptions) -> None:
        self.format = format
        self.options = options.values() | self.options

    def setAccumulableSize(self, size: int) -> None:
        """How many errors Glue keeps: there are none here."""

    def pyWriteDynamicFrame(self, frame: Frame, site: str, info: str) -> Frame:
        """Write the frame and return the records that could not be written: none, since Spark fails instead."""
        unknown = self.options.keys() - OPTIONS
        if unknown or self.format not in FORMATS:
            absent(f"a sink with {self.format}, {', '.join(sorted(unknown)) or 'no more options'}", SPARK_WRITES_IT)
        if FORMATS[self.format] == "json" and frame.has_choices():
            absent("open choices written as JSON", "resolve them first with resolveChoice")
        self._writer(frame).save(self._path(frame))
        return Frame(self.session.range(0).select())

    def _writer(self, frame: Frame) -> DataFrameWriter:
        writer = frame.rows.write.mode("append").format(FORMATS[self.format])
        compression = self.options.get("compression")
        writer = writer.option("compression", compression) if compression else writer
        keys: list[Any] = self.options.get("partitionKeys") or []
        return writer.partitionBy(*keys) if keys else writer

    def _path(self, frame: Frame) -> str:
        if not self.options.get("path"):
            raise ValueError('write_dynamic_frame: no path; pass connection_options={"path": "s3://bucket/folder/"}')
        path = spark_uri(self.options["path"])
        return f"{path.rstrip('/')}/{frame.name}" if self.options.get("useFrameName") else path

"""The stand-in for the JVM's DataSource: what `create_dynamic_frame.from_options` reads from."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession

from awsglue_local.absent import StandIn, absent
from awsglue_local.frame import Frame
from awsglue_local.json_files import read_json
from awsglue_local.uris import spark_uri
from awsglue_local.values import JsonOptions

FILES = ("s3", "file")
SPARK_FORMATS = ("parquet", "orc")
# How Glue lists and groups files, which changes no record.
HINTS = {"groupFiles", "groupSize", "useS3ListImplementation", "maxBand", "maxFilesInBand", "optimizePerformance"}
SPARK_READS_IT = "read it with glueContext.spark_session.read and make it a frame with DynamicFrame.fromDF"


class Source(StandIn):
    """Files of one format under some paths. Nothing is read before the frame is asked for."""

    jvm_name = "DataSource"
    instead = {  # noqa: RUF012, declared in StandIn
        "getDataFrame": "use glueContext.spark_session.read",
        "getSampleDynamicFrame": "use create_dynamic_frame and toDF().limit(...)",
    }

    def __init__(self, session: SparkSession, connection_type: str, options: JsonOptions, predicate: str = "") -> None:
        if connection_type not in FILES + SPARK_FORMATS:
            absent(f"a source of the connection type `{connection_type}`", SPARK_READS_IT)
        if predicate:
            absent("push_down_predicate", "use toDF().where(...)")
        self.session = session
        self.format = connection_type
        self.options = options.values()
        self.format_options: dict[str, Any] = {}

    def setFormat(self, format: str, options: JsonOptions) -> None:
        self.format, self.format_options = format, options.values()

    def getDynamicFrame(self, *partitions: int) -> Frame:
        paths = self._paths()
        _refuse("connection option", self.options.keys() - {"paths", "recurse"} - HINTS)
        recurse = bool(self.options.get("recurse"))
        if self.format in SPARK_FORMATS:
            reader = self.session.read.option("recursiveFileLookup", recurse)
            return Frame(reader.format(self.format).load(paths))
        if self.format != "json":
            absent(f"a source of the format `{self.format}`", SPARK_READS_IT)
        _refuse("format option", self.format_options.keys() - {"multiline", "multiLine"} - HINTS)
        multiline = _is_true(self.format_options.get("multiline", self.format_options.get("multiLine")))
        return read_json(self.session, paths, multiline=multiline, recurse=recurse)

    def _paths(self) -> list[str]:
        paths = self.options.get("paths") or []
        if not paths:
            raise ValueError(
                'create_dynamic_frame: no paths; pass connection_options={"paths": ["s3://bucket/folder/"]}'
            )
        return [spark_uri(path) for path in ([paths] if isinstance(paths, str) else paths)]


def _refuse(what: str, names: set[str]) -> None:
    if names:
        absent(f"{what} {', '.join(f'`{name}`' for name in sorted(names))} of a source", SPARK_READS_IT)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"

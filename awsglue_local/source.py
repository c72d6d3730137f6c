"""The stand-in for the JVM's DataSource: what `create_dynamic_frame.from_options` reads from."""

from __future__ import annotations

from typing import Any

from py4j.java_gateway import JavaObject
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from awsglue_local.absent import StandIn, absent
from awsglue_local.bookmarks import Bookmarks
from awsglue_local.files import Files, folders_as_texts, listed, without
from awsglue_local.frame import Frame
from awsglue_local.json_files import read_json
from awsglue_local.uris import spark_uri
from awsglue_local.values import JsonOptions

FILES = ("s3", "file")
SPARK_FORMATS = ("parquet", "orc", "avro", "xml")
FORMAT_OPTIONS = {
    "json": {"multiline", "multiLine"},
    "csv": {"separator", "escaper", "quoteChar", "withHeader", "skipFirst", "multiline", "multiLine", "writeHeader"},
    "xml": {"rowTag"},
}
# How Glue lists, groups and unpacks files, which changes no record.
HINTS = {
    "groupFiles",
    "groupSize",
    "useS3ListImplementation",
    "maxBand",
    "maxFilesInBand",
    "optimizePerformance",
    "compressionType",
}
SPARK_READS_IT = "read it with glueContext.spark_session.read and make it a frame with DynamicFrame.fromDF"


class Source(StandIn):
    """Files of one format under some paths. Nothing is read before the frame's schema or rows are asked for."""

    jvm_name = "DataSource"

    def __init__(
        self,
        session: SparkSession,
        connection_type: str,
        options: JsonOptions,
        ctx: str = "",
        predicate: str = "",
        bookmarks: Bookmarks | None = None,
    ) -> None:
        if connection_type not in FILES + SPARK_FORMATS:
            absent(f"a source of the connection type `{connection_type}`", SPARK_READS_IT)
        self.session = session
        self.format = connection_type
        self.options = options.values()
        self.ctx = ctx
        self.predicate = predicate
        self.bookmarks = bookmarks
        self.format_options: dict[str, Any] = {}

    def setFormat(self, format: str, options: JsonOptions) -> None:
        self.format, self.format_options = format, options.values()

    def getDynamicFrame(self, *partitions: int) -> Frame:
        _refuse("connection option", self.options.keys() - {"paths", "recurse", "exclusions"} - HINTS)
        _refuse("format option", self.format_options.keys() - FORMAT_OPTIONS.get(self.format, set()) - HINTS)
        files = self._files()
        if not files.paths:
            return Frame(self.session.range(0).select())
        with folders_as_texts(self.session):
            if self.format == "json":
                return read_json(self.session, files, multiline=self._multiline())
            return Frame(files.filtered(self._rows(files)))

    def getDataFrame(self) -> JavaObject:
        return self.getDynamicFrame().toDF()

    def getSampleDynamicFrame(self, count: int, options: JsonOptions) -> Frame:
        frame = self.getDynamicFrame()
        return frame.with_rows(frame.rows.limit(count), ())

    def _rows(self, files: Files) -> DataFrame:
        if self.format == "csv":
            return self._csv(files)
        if self.format not in SPARK_FORMATS:
            absent(f"a source of the format `{self.format}`", SPARK_READS_IT)
        reader = files.reader(self.session).options(**self.format_options)
        try:
            return reader.format(self.format).load(files.paths)
        except AnalysisException as error:
            if "DATA_SOURCE_NOT_FOUND" not in str(error) and "Failed to find data source" not in str(error):
                raise
            absent(f"the format `{self.format}`", f"put Spark's {self.format} package on the class path")

    def _csv(self, files: Files) -> DataFrame:
        """Read every field as the text that it is, also as the empty one; without a header they are col0, col1, …"""
        options = self.format_options
        header = _is_true(options.get("withHeader"))
        if _is_true(options.get("skipFirst")) and not header:
            absent("skipFirst without withHeader", SPARK_READS_IT)
        quote = str(options.get("quoteChar", '"'))
        reader = files.reader(self.session).options(
            header=header,
            sep=options.get("separator", ","),
            quote="" if quote == "-1" else quote,
            escape=options.get("escaper") or "\0",
            multiLine=self._multiline(),
        )
        rows = reader.csv(files.paths)
        if not header:
            rows = rows.toDF(*[f"col{name[2:]}" if name.startswith("_c") else name for name in rows.columns])
        return rows.na.fill("")

    def _multiline(self) -> bool:
        return _is_true(self.format_options.get("multiline", self.format_options.get("multiLine")))

    def _files(self) -> Files:
        """Return what to read: the paths themselves, or by name the files that bookmarks and exclusions leave."""
        paths = self._paths()
        recurse = bool(self.options.get("recurse"))
        exclusions = self.options.get("exclusions")
        by_bookmark = self.bookmarks is not None and self.bookmarks.on(self.ctx)
        if not (by_bookmark or exclusions):
            return Files(paths, {"recursiveFileLookup": recurse}, self.predicate)
        found = without(listed(self.session, paths), exclusions or [])
        if by_bookmark and self.bookmarks:
            found = self.bookmarks.new(self.ctx, found)
        folders = {"basePath": paths[0]} if len(paths) == 1 else {}
        return Files([file.path for file in found], folders, self.predicate)

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

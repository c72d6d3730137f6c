"""The stand-in for the JVM's DataSource: what `create_dynamic_frame.from_options` reads from."""

from __future__ import annotations

from functools import partial
from typing import Any

import pyspark
from py4j.java_gateway import JavaObject
from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from awsglue_local import csv_files, s3_objects
from awsglue_local.absent import StandIn, absent
from awsglue_local.bookmarks import Bookmarks
from awsglue_local.csv_files import read_csv
from awsglue_local.files import Files, bounded, folders_as_texts, is_true, listed, without
from awsglue_local.frame import Frame
from awsglue_local.json_files import read_json
from awsglue_local.uris import check, spark_uri
from awsglue_local.values import JsonOptions

FILES = ("s3", "file")
SPARK_FORMATS = ("parquet", "orc", "avro", "xml")
XML = (
    "rowTag", "encoding", "excludeAttribute", "treatEmptyValuesAsNulls", "attributePrefix", "valueTag",
    "ignoreSurroundingSpaces",
)  # fmt: skip
FORMAT_OPTIONS = {
    "json": {"multiline", "multiLine", "jsonPath", "isFailFast"},
    "csv": csv_files.OPTIONS,
    "xml": set(XML),
}
# Which files are read, and what is said of each record.
BY_FILE = {"exclusions", "excludeStorageClasses", "boundedFiles", "boundedSize"}
ON_RECORDS = {"attachFilename", "isFailFast"}
SCALA = "2.12" if pyspark.__version__.startswith("3.") else "2.13"
PACKAGES = {
    "avro": "put Spark's avro package on the class path: "
    f"spark.jars.packages=org.apache.spark:spark-avro_{SCALA}:{pyspark.__version__}",
    "xml": "put its package on the class path: spark.jars.packages=com.databricks:spark-xml_2.12:0.18.0",
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
        self.csv_columns: list[str] = []  # where a catalog knows them

    def setFormat(self, format: str, options: JsonOptions) -> None:
        self.format, self.format_options = format.lower(), options.values()

    def getDynamicFrame(self, *partitions: int) -> Frame:
        _refuse("connection option", self.options.keys() - {"paths", "recurse", *BY_FILE, *ON_RECORDS} - HINTS)
        _refuse("format option", self.format_options.keys() - FORMAT_OPTIONS.get(self.format, set()) - HINTS)
        files = self._files()
        if not files.paths:
            return Frame(self.session.range(0).select())
        with folders_as_texts(self.session):
            if self.format == "json":
                return self._json(files)
            return Frame(files.attached(files.filtered(self._rows(files))))

    def getDataFrame(self) -> JavaObject:
        return self.getDynamicFrame().toDF()

    def getSampleDynamicFrame(self, count: int, options: JsonOptions) -> Frame:
        frame = self.getDynamicFrame()
        return frame.with_rows(frame.rows.limit(count), ())

    def _json(self, files: Files) -> Frame:
        options = self.options | self.format_options
        return read_json(
            self.session,
            files,
            multiline=is_true(options.get("multiline", options.get("multiLine"))),
            path=str(options.get("jsonPath") or ""),
            most_errors=int(is_true(options.get("isFailFast"))),
        )

    def _rows(self, files: Files) -> DataFrame:
        if self.format == "csv":
            return read_csv(self.session, files, self.format_options, self.csv_columns)
        if self.format not in SPARK_FORMATS:
            absent(f"a source of the format `{self.format}`", SPARK_READS_IT)
        reader = files.reader(self.session).options(**self._spark_options())
        try:
            return reader.format(self.format).load(files.paths)
        except (AnalysisException, Py4JJavaError) as error:
            if "DATA_SOURCE_NOT_FOUND" not in str(error) and "Failed to find data source" not in str(error):
                raise
            absent(f"the format `{self.format}`", PACKAGES.get(self.format, SPARK_READS_IT))

    def _spark_options(self) -> dict[str, Any]:
        """Return Spark's options for Glue's."""
        options = {name: value for name, value in self.format_options.items() if name not in HINTS}
        if self.format != "xml":
            return options
        if not options.get("rowTag"):
            raise ValueError('xml source: which tag is a record? pass format_options={"rowTag": "..."}')
        encoding = options.pop("encoding", None)
        return {**options, **({"charset": encoding, "encoding": encoding} if encoding else {})}

    def _files(self) -> Files:
        """Return what to read: the paths themselves, or by name the files that the options and bookmarks leave."""
        paths, name_column = self._paths(), str(self.options.get("attachFilename") or "")
        by_bookmark = self.bookmarks is not None and self.bookmarks.on(self.ctx)
        if not (by_bookmark or self.options.keys() & BY_FILE):
            options = {"recursiveFileLookup": is_true(self.options.get("recurse"))}
            return Files(paths, options, self.predicate, name_column)
        found = without(listed(self.session, paths), self.options.get("exclusions") or [])
        found = s3_objects.without_classes(found, self.options.get("excludeStorageClasses") or [])
        bounds = partial(bounded, most=self.options.get("boundedFiles"), most_bytes=self.options.get("boundedSize"))
        found = self.bookmarks.new(self.ctx, found, bounds) if by_bookmark and self.bookmarks else bounds(found)
        folders = {"basePath": paths[0]} if len(paths) == 1 else {}
        return Files([file.path for file in found], folders, self.predicate, name_column)

    def _paths(self) -> list[str]:
        paths = self.options.get("paths") or []
        if not paths:
            raise ValueError(
                'create_dynamic_frame: no paths; pass connection_options={"paths": ["s3://bucket/folder/"]}'
            )
        found = [spark_uri(path) for path in ([paths] if isinstance(paths, str) else paths)]
        for path in found:
            check(self.session, path)
        return found


def _refuse(what: str, names: set[str]) -> None:
    if names:
        absent(f"{what} {', '.join(f'`{name}`' for name in sorted(names))} of a source", SPARK_READS_IT)

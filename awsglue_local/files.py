"""The files of a source: which ones under its paths, and the columns that their folders are named for (`day=1/`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

from pyspark.sql import DataFrame, DataFrameReader, SparkSession

from awsglue_local.uris import spark_uri

TYPED_FOLDERS = "spark.sql.sources.partitionColumnTypeInference.enabled"


@dataclass(frozen=True)
class File:
    path: str
    modified: int  # milliseconds since 1970


@dataclass(frozen=True)
class Files:
    """Paths that Spark reads, how, and the folders that are passed over."""

    paths: list[str]
    options: dict[str, Any] = field(default_factory=dict)
    predicate: str = ""

    def reader(self, session: SparkSession) -> DataFrameReader:
        return session.read.options(**self.options)

    def filtered(self, rows: DataFrame) -> DataFrame:
        return rows.where(self.predicate) if self.predicate else rows


def listed(session: SparkSession, paths: list[str]) -> list[File]:
    """Return the files under these paths, by name. What begins with `_` or `.` is no data, as for Spark."""
    return sorted((file for path in paths for file in _under(session, path)), key=lambda file: file.path)


def _under(session: SparkSession, path: str) -> Iterator[File]:
    place = hadoop_path(session, path)
    system = place.getFileSystem(session._jsc.hadoopConfiguration())
    for start in system.globStatus(place) or []:
        above = len(start.getPath().toString().rstrip("/"))
        entries = system.listFiles(start.getPath(), True)
        while entries.hasNext():
            entry = entries.next()
            name = entry.getPath().toString()
            if not any(part[:1] in ("_", ".") for part in name[above:].split("/") if part):
                yield File(name, entry.getModificationTime())


def hadoop_path(session: SparkSession, path: str) -> Any:
    return session._jvm.org.apache.hadoop.fs.Path(spark_uri(path))  # type: ignore[union-attr]


def delete(session: SparkSession, file: File) -> None:
    place = hadoop_path(session, file.path)
    place.getFileSystem(session._jsc.hadoopConfiguration()).delete(place, False)


def without(files: list[File], exclusions: Any) -> list[File]:
    """Return the files that no glob of Glue's option `exclusions` names: a list, or JSON text of one."""
    globs = json.loads(exclusions) if isinstance(exclusions, str) else exclusions
    return [file for file in files if not any(fnmatch(file.path, spark_uri(glob)) for glob in globs)]


@contextmanager
def folders_as_texts(session: SparkSession) -> Iterator[None]:
    """Let Spark take `day=01` as the text `01`, as a crawler does, while a plan is made."""
    before = session.conf.get(TYPED_FOLDERS)
    session.conf.set(TYPED_FOLDERS, "false")
    try:
        yield
    finally:
        session.conf.set(TYPED_FOLDERS, before or "true")

"""The files of a source: which ones under its paths, and the columns that their folders are named for (`day=1/`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql import functions as f

from awsglue_local.uris import spark_uri

WILD = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
_GLOB = re.compile(r"\*\*|\\.|\[[^\]/]+\]|.", re.DOTALL)
TYPED_FOLDERS = "spark.sql.sources.partitionColumnTypeInference.enabled"


@dataclass(frozen=True)
class File:
    path: str
    modified: int  # milliseconds since 1970
    size: int = 0
    storage_class: str = ""  # as S3 has it; empty: not asked


@dataclass(frozen=True)
class Files:
    """Paths that Spark reads, how, and the folders that are passed over."""

    paths: list[str]
    options: dict[str, Any] = field(default_factory=dict)
    predicate: str = ""
    name_column: str = ""  # where each record tells the file that it comes from

    def reader(self, session: SparkSession) -> DataFrameReader:
        return session.read.options(**self.options)

    def filtered(self, rows: DataFrame) -> DataFrame:
        return rows.where(self.predicate) if self.predicate else rows

    def folders(self, session: SparkSession) -> list[str]:
        """Return the columns that folders are named for."""
        return self.reader(session).text(self.paths).columns[1:]

    def attached(self, rows: DataFrame) -> DataFrame:
        return rows.withColumn(self.name_column, f.input_file_name()) if self.name_column else rows


def listed(session: SparkSession, paths: list[str], *, hidden: bool = False) -> list[File]:
    """Return the files under these paths, by name. What begins with `_` or `.` is no data, as for Spark: `hidden`."""
    return sorted((file for path in paths for file in _under(session, path, hidden)), key=lambda file: file.path)


def _under(session: SparkSession, path: str, hidden: bool) -> Iterator[File]:
    place = hadoop_path(session, path)
    system = place.getFileSystem(session._jsc.hadoopConfiguration())
    for start in system.globStatus(place) or []:
        above = len(start.getPath().toString().rstrip("/"))
        entries = system.listFiles(start.getPath(), True)
        while entries.hasNext():
            entry = entries.next()
            name = entry.getPath().toString()
            if hidden or not any(part[:1] in ("_", ".") for part in name[above:].split("/") if part):
                yield File(name, entry.getModificationTime(), entry.getLen())


def hadoop_path(session: SparkSession, path: str) -> Any:
    return session._jvm.org.apache.hadoop.fs.Path(spark_uri(path))  # type: ignore[union-attr]


def path_of(session: SparkSession, uri: str) -> str:
    """Return the path of a file that Spark names by its URI, in which blanks and such are encoded."""
    jvm: Any = session._jvm
    return str(jvm.org.apache.hadoop.fs.Path(jvm.java.net.URI(uri)).toString())


def first_line(session: SparkSession, path: str) -> str | None:
    """Return the first line of a file, also of a compressed one; None where it is empty."""
    jvm: Any = session._jvm
    place, settings = hadoop_path(session, path), session._jsc.hadoopConfiguration()
    stream = place.getFileSystem(settings).open(place)
    codec = jvm.org.apache.hadoop.io.compress.CompressionCodecFactory(settings).getCodec(place)
    reader = jvm.java.io.BufferedReader(
        jvm.java.io.InputStreamReader(codec.createInputStream(stream) if codec else stream, "UTF-8")
    )
    line: str | None = reader.readLine()
    reader.close()
    return line


def delete(session: SparkSession, file: File) -> None:
    place = hadoop_path(session, file.path)
    place.getFileSystem(session._jsc.hadoopConfiguration()).delete(place, False)


def write(session: SparkSession, path: str, text: str) -> None:
    place = hadoop_path(session, path)
    stream = place.getFileSystem(session._jsc.hadoopConfiguration()).create(place)
    stream.write(bytearray(text, "utf-8"))
    stream.close()


def without(files: list[File], exclusions: Any) -> list[File]:
    """Return the files that no glob of Glue's option `exclusions` names: a list, or JSON text of one."""
    named = json.loads(exclusions) if isinstance(exclusions, str) else exclusions
    globs = [re.compile(_regex(spark_uri(glob))) for glob in named]
    return [file for file in files if not any(_is_named(file.path, glob) for glob in globs)]


def _is_named(path: str, glob: re.Pattern[str]) -> bool:
    return any(glob.fullmatch(text) for text in (path, path.removeprefix("file:")))


def _regex(glob: str) -> str:
    """Return the glob as Glue's crawlers take it: `*` and `?` stay within a folder, `**` goes on; `[ab]`, `{ab,cd}`."""
    depth = 0
    made = ""
    for part in _GLOB.findall(glob):
        if part == "{":
            depth, made = depth + 1, made + "(?:"
        elif part == "}" and depth:
            depth, made = depth - 1, made + ")"
        elif part == "," and depth:
            made += "|"
        elif part[0] == "[" and len(part) > 1:
            made += part.replace("[!", "[^", 1)
        else:
            made += WILD.get(part) or re.escape(part[-1])
    return made + ")" * depth


def bounded(files: list[File], most: Any, most_bytes: Any) -> list[File]:
    """Return the first files, up to `boundedFiles` in number and `boundedSize` in bytes; the others come later."""
    room = int(most_bytes) if most_bytes else None
    found: list[File] = []
    for file in files[: int(most)] if most else files:
        if room is not None:
            room -= file.size
            if room < 0:
                break
        found.append(file)
    return found


def is_true(value: Any) -> bool:
    return str(value).lower() == "true"


@contextmanager
def folders_as_texts(session: SparkSession) -> Iterator[None]:
    """Let Spark take `day=01` as the text `01`, as a crawler does, while a plan is made."""
    before = session.conf.get(TYPED_FOLDERS)
    session.conf.set(TYPED_FOLDERS, "false")
    try:
        yield
    finally:
        session.conf.set(TYPED_FOLDERS, before or "true")

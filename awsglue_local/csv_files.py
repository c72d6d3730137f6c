"""CSV to rows of texts: each field is the text that it is, also the empty one; without a header col0, col1, …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StringType, StructField, StructType

from awsglue_local.absent import absent
from awsglue_local.files import Files, first_line, is_true, path_of

OPTIONS = {"separator", "escaper", "quoteChar", "withHeader", "skipFirst", "multiline", "multiLine", "writeHeader"}


def read_csv(session: SparkSession, files: Files, options: dict[str, Any], columns: Sequence[str] = ()) -> DataFrame:
    """Return the rows; `skipFirst` passes over the first line of each file, as a header that names nothing.

    Columns that are known, as those of a table, are what the fields are, in their order; no header says otherwise.
    Else each file's header names its own fields, as in Glue, where Spark alone takes one file's for all.
    """
    rows = _read(session, files, options, columns)
    if columns or not is_true(options.get("withHeader")):
        return rows.na.fill("")
    groups = _by_header(session, rows.inputFiles())
    if len(groups) > 1:
        own = [_read(session, _only(files, paths), options) for paths in groups]
        rows = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), own)
    return rows.na.fill("")


def _by_header(session: SparkSession, uris: list[str]) -> list[list[str]]:
    """Return the paths of the files, those with the same first line together."""
    found: dict[str, list[str]] = {}
    for path in sorted(path_of(session, uri) for uri in uris) if len(uris) > 1 else []:
        line = first_line(session, path)
        if line is not None:
            found.setdefault(line, []).append(path)
    return list(found.values())


def _only(files: Files, paths: list[str]) -> Files:
    """Return some of the files, with the same folders as columns."""
    folder = files.paths[0]
    base = {"basePath": folder} if len(files.paths) == 1 and not set(folder) & set("*?[{") else {}
    return replace(files, paths=paths, options={**base, **files.options})


def _read(session: SparkSession, files: Files, options: dict[str, Any], columns: Sequence[str] = ()) -> DataFrame:
    header, skips = is_true(options.get("withHeader")), is_true(options.get("skipFirst"))
    if header and skips:
        absent("skipFirst beside withHeader", "no source says which line it means; leave one of them out")
    quote = str(options.get("quoteChar", '"'))
    reader = files.reader(session).options(
        header=header or skips,
        enforceSchema=True,
        sep=options.get("separator", ","),
        quote="" if quote == "-1" else quote,
        escape=_escape(options, quote),
        multiLine=is_true(options.get("multiline", options.get("multiLine"))),
    )
    if columns:
        reader = reader.schema(StructType([StructField(name, StringType()) for name in columns]))
    rows = reader.csv(files.paths)
    if not (header or columns):
        folders = files.folders(session)
        count = len(rows.columns) - len(folders)
        rows = rows.toDF(*[f"col{number}" for number in range(count)], *folders)
    return rows


def _escape(options: dict[str, Any], quote: str) -> str:
    """Return what stands before a quote in quotes: unless it is said, another quote, as everywhere in CSV."""
    escaper = options.get("escaper")
    if escaper in (None, "", "none"):
        return "\0" if quote == "-1" else quote
    return str(escaper)

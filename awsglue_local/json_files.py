"""JSON to a frame. The first pass learns the types, as Glue does; Spark reads the values on the second.

Where records differ in the type of a field, the frame has an open choice there. What is no record becomes an error
record. Nothing is read before somebody asks for the frame's schema or rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from awsglue import gluetypes as glue
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from awsglue_local.columns import quote
from awsglue_local.errors import Errors, error_text
from awsglue_local.files import Files
from awsglue_local.frame import Frame
from awsglue_local.inference import BAD, ODD, parsed, shapes, wrap
from awsglue_local.json_path import steps
from awsglue_local.kinds import kind_of, plan
from awsglue_local.python_records import Made
from awsglue_local.schema import spark_struct

OPTIONS: dict[str, Any] = {"mode": "FAILFAST", "allowUnquotedFieldNames": True}


def read_json(
    session: SparkSession, files: Files, *, multiline: bool = False, path: str = "", most_errors: int = 0
) -> Frame:
    """Return the records of the files; a file or a line may hold an array of records.

    The path is a JSONPath to the records in each text; `most_errors` is the threshold of errors, if there is any.
    """
    texts = files.attached(files.filtered(files.reader(session).text(files.paths, wholetext=multiline)))
    folders = texts.columns[1:]
    rows = texts.select(texts.columns[0], f.input_file_name(), *map(quote, folders)).rdd

    def direct(kind: glue.StructType) -> DataFrame:
        own = glue.StructType([field for field in kind.fields if field.name != files.name_column])
        reader = files.reader(session).schema(spark_struct(own)).options(**OPTIONS, multiLine=multiline)
        found = files.attached(files.filtered(reader.json(files.paths)))
        names = [field.name for field in kind.fields]
        return found if found.columns == names else found.select(*map(quote, names))

    return _frame(session, rows, folders, None if path else direct, steps(path or "$"), most_errors)


def read_texts(session: SparkSession, texts: Any) -> Frame:
    """Return the records of an RDD of JSON texts."""

    def direct(kind: glue.StructType) -> DataFrame:
        return session.read.schema(spark_struct(kind)).json(texts)

    return _frame(session, texts.map(lambda text: (text, "")), [], direct)


def _frame(
    session: SparkSession, rows: Any, folders: list[str], direct: Any, path: Any = (), most_errors: int = 0
) -> Frame:
    parsing, wrapping, text_of, shaping = parsed, wrap, error_text, shapes

    def make() -> Made:
        found = dict.fromkeys(rows.mapPartitions(lambda part: shaping(parsing(part, folders, path))).collect())
        kind = kind_of(shape for shape in found if shape not in (BAD, ODD))
        choices = plan(kind)
        if direct and not choices and not found.keys() & {BAD, ODD}:
            return direct(kind), kind

        def wrapped(part: Iterator[Any]) -> Iterator[str]:
            good = (record for record, error, _ in parsing(part, folders, path) if not error)
            return (json.dumps(wrapping(record, choices)) for record in good)

        reader = session.read.schema(spark_struct(kind)).options(**OPTIONS)
        return reader.json(rows.mapPartitions(wrapped)), kind

    def errors(part: Iterator[Any]) -> Iterator[str]:
        bad = ((record, error) for record, error, _ in parsing(part, folders, path) if error)
        return (text_of(None, "error in jackson reader", record, error) for record, error in bad)

    return Frame(make, errors=Errors().then((most_errors, 0), rows.mapPartitions(errors)))

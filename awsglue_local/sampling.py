"""Rows told apart by their values, and samples of them written aside."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from awsglue import gluetypes as glue
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from awsglue_local.absent import absent
from awsglue_local.columns import Column, is_choice, members
from awsglue_local.fields import find
from awsglue_local.paths import split
from awsglue_local.showing import record_text
from awsglue_local.uris import spark_uri

OPERATORS: dict[str, Callable[[Any, Any], SparkColumn]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMBERS = (glue.IntegerType, glue.LongType, glue.DoubleType, glue.DecimalType)


def split_rows(rows: DataFrame, columns: list[Column], conditions: list[tuple[str, Any, str]]) -> list[DataFrame]:
    """Return the rows that meet all conditions, and the rest: also those that have no value to compare."""
    met = f.lit(True)
    for path, value, sign in conditions:
        met = met & f.coalesce(_compared(columns, path, value, sign), f.lit(False))
    return [rows.where(met), rows.where(~met)]


def _compared(columns: list[Column], path: str, value: Any, sign: str) -> SparkColumn:
    if sign not in OPERATORS:
        raise ValueError(f"split_rows: `{sign}` is not an operator; allowed are {', '.join(OPERATORS)}")
    column = find(columns, split(path))
    if column is None:
        raise ValueError(f"split_rows: there is no field `{path}`")
    wanted = glue.StringType if isinstance(value, str) else NUMBERS
    own = [part.sql for part in members(column) if isinstance(part.kind, wanted)] if is_choice(column) else [column.sql]
    return OPERATORS[sign](f.expr(f"coalesce({', '.join([*own, 'NULL'])})"), f.lit(value))


def spigot(rows: DataFrame, kind: glue.StructType, path: str, options: dict[str, Any]) -> None:
    """Write up to `topk` records, each taken with the probability `prob`, as one file of JSON lines."""
    if unknown := options.keys() - {"topk", "prob"}:
        absent(f"spigot with {', '.join(sorted(unknown))}", "its options are topk and prob")
    most, probability = int(options.get("topk", 100)), float(options.get("prob", 1))
    taken = (rows if probability >= 1 else rows.sample(fraction=probability)).limit(most).collect()
    lines = [(record_text(row, kind, compact=True),) for row in taken]
    written = rows.sparkSession.createDataFrame(lines, "value string").coalesce(1)
    written.write.mode("append").text(spark_uri(path))

"""Landed parts become rows: one a record, nested as the API sent it, with where it was landed beside it.

There is no inference pass: the schema is the reading that the type notes gave. Parts that the reading calls plain go
through Spark's JSON reader; the others first through the exact normaliser, line by line, inside Spark.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from glue_lib.shape.normalise import normalised
from glue_lib.shape.reading import ENTRY_NAME, Reading, is_plain

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

    from glue_lib.landing.run import Part

SLICE, PART, LINE = "_hw_slice", "_hw_part", "_hw_line"
LANDED = (SLICE, PART, LINE)
"""Where a record was landed: the slice, the part in it, and a number that grows from line to line within a part."""

RECORD = "_hw_record"
"""A record as it was landed; only beside records of which some may be set aside."""

# Spark's search for what expressions have in common takes twice as long with every level of objects: at 50, for ever.
_FEW_LEVELS = 10

_STRICT = {"mode": "FAILFAST", "primitivesAsString": "false"}
_PLACE = r"slice=(\d+)/part-(\d+)(?:-\w+)?\.jsonl\.gz$"


def records(
    spark: "SparkSession", parts: "Sequence[Part]", reading: Reading, doubted: Collection[str] = ()
) -> "DataFrame":
    """Return the rows of these parts, in no order; the landing columns tell it.

    Where parts are `doubted`, named by their `uri`, the text of their records stands beside them, in `_hw_record`.
    """
    schema = schema_of(reading)
    if _levels(reading) > _FEW_LEVELS:
        spark.conf.set("spark.sql.subexpressionElimination.enabled", "false")
    careful = {part.uri for part in parts if part.uri in doubted or not is_plain(reading, part.notes)}
    others = [part.uri for part in parts if part.uri in careful]
    plain = [part.uri for part in parts if part.uri not in careful]
    frames = [_read(spark, plain, schema)] if plain or not others else []
    if others:
        frames.append(_normalise(spark, others, schema, reading, keeps_text=bool(doubted)))
    frames = frames if doubted else [rows.drop(RECORD) for rows in frames]
    return frames[0] if len(frames) == 1 else frames[0].unionByName(frames[1])


def _levels(reading: Reading) -> int:
    """Return how many objects stand in each other where no array is between them."""
    inside = [_levels(member) for member in (reading.element, reading.entry) if member]
    here = 1 + max(map(_levels, reading.fields.values())) if reading.fields else 0
    return max([here, *inside])


def schema_of(reading: Reading) -> "StructType":
    """Return the Spark schema of the objects that are read this way."""
    from pyspark.sql.types import StructField, StructType

    return StructType(
        [
            StructField(name, _type_of(kind, member))
            for member in reading.fields.values()
            for kind, name in member.names.items()
        ]
    )


@cache
def _scalar(type_: str) -> "DataType":
    from pyspark.sql.types import _parse_datatype_string

    return _parse_datatype_string(type_)  # asks the JVM, so once a type and not once a column


def _type_of(kind: str, reading: Reading) -> "DataType":
    from pyspark.sql.types import ArrayType, StringType, StructField, StructType

    if kind == "object":
        return schema_of(reading)
    if kind not in ("array", "map"):
        return _scalar(reading.types[kind])
    inside = reading.entry if kind == "map" else reading.element
    assert inside is not None, "arrays and maps are read by what is in them"
    key = [StructField(ENTRY_NAME, StringType())] if kind == "map" else []
    members = [StructField(name, _type_of(inner, inside)) for inner, name in inside.names.items()]
    return ArrayType(StructType([*key, *members]) if inside.is_wrapped else members[0].dataType)


def _read(spark: "SparkSession", uris: Sequence[str], schema: "StructType") -> "DataFrame":
    from pyspark.sql import functions as F

    if not uris:
        return _located(spark.createDataFrame([], schema), F.lit(""), F.lit(0))
    rows = spark.read.schema(schema).options(**_STRICT).json(list(uris))
    return _located(rows, F.col("_metadata.file_path"), F.monotonically_increasing_id())


def _normalise(
    spark: "SparkSession", uris: Sequence[str], schema: "StructType", reading: Reading, *, keeps_text: bool
) -> "DataFrame":
    from pyspark.sql import functions as F

    lines = spark.read.text(list(uris)).select(
        F.col("value").cast("binary"),  # as text, bytes that are not UTF-8 would not reach Python
        F.col("_metadata.file_path").alias("file"),
    )

    def rewrite(rows: Iterable[Any]) -> Iterator[tuple[str, str, int, str | None]]:
        passed: Counter[str] = Counter()  # gzip is read from its start: all lines of a file come in order
        for row in rows:
            text = bytes(row.value)
            kept = text.decode(errors="backslashreplace") if keeps_text else None
            yield normalised(text, reading), row.file, passed[row.file], kept
            passed[row.file] += 1

    rewritten = lines.rdd.mapPartitions(rewrite)
    columns = f"value string, file string, line bigint, {RECORD} string"
    exact = spark.createDataFrame(rewritten, columns, verifySchema=False)
    parsed = exact.select(F.from_json("value", schema, _STRICT).alias("record"), "file", "line", RECORD)
    return _located(parsed, F.col("file"), F.col("line"), F.col(RECORD), inside="record.")


def _located(rows: "DataFrame", file: Any, line: Any, record: Any = None, inside: str = "") -> "DataFrame":
    from pyspark.sql import functions as F

    def number(place: int) -> Any:
        return F.nullif(F.regexp_extract(file, _PLACE, place), F.lit("")).cast("int")  # without rows there is no file

    return rows.select(
        f"{inside}*",
        number(1).alias(SLICE),
        number(2).alias(PART),
        line.cast("bigint").alias(LINE),
        (F.lit(None).cast("string") if record is None else record).alias(RECORD),
    )

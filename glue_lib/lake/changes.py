"""What differs between the rows that came and the rows that are stored: decided before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from glue_lib.lake.columns import project, quoted
from glue_lib.lake.frame import ARRIVAL, KEY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType, StructField

CHANGE = "_hw_change"
FILE = "_hw_file"
"""The name of the file that a stored row is in, where that is told."""

INSERT, UPDATE, DELETE = "insert", "update", "delete"


def changed_rows(
    incoming: DataFrame, stored: DataFrame, fields: Sequence[StructField], *, delete_missing: bool
) -> DataFrame:
    """Return the rows that are new or say something else, and with `delete_missing` the stored keys that did not come.

    `_hw_change` tells what is to be done with each, and `_hw_file` where the stored row is, if stored rows tell that.
    """
    from pyspark.sql import functions as F

    files = [stored.schema[FILE]] if FILE in stored.columns else []
    new, old = project(incoming, fields).alias("new"), project(stored, [*fields, *files]).alias("old")
    told = [field for field in fields if field.name not in ARRIVAL]
    said, said_before = (F.struct(*(_comparable(field, side) for field in told)) for side in ("new", "old"))
    key, key_before = F.col(f"new.{KEY}"), F.col(f"old.{KEY}")
    change = F.when(key.isNull(), DELETE).when(key_before.isNull(), INSERT).when(~said.eqNullSafe(said_before), UPDATE)
    joined = new.join(old, on=key == key_before, how="full" if delete_missing else "left")
    # The sides are told apart by qualifier: for each renamed column Spark's optimiser repeats every condition again.
    values = [quoted("new", field.name) for field in fields if field.name != KEY]
    marked = joined.withColumn(CHANGE, change).where(F.col(CHANGE).isNotNull())
    return marked.select(CHANGE, F.coalesce(key, key_before).alias(KEY), *values, *(file.name for file in files))


def count_changes(changes: DataFrame) -> Counter[str]:
    """Return the number of rows by what is to be done with them; fills the cache of a persisted frame on the way."""
    return Counter({row[CHANGE]: row["count"] for row in changes.groupBy(CHANGE).count().collect()})


def count_changes_and_files(changes: DataFrame) -> tuple[Counter[str], set[str]]:
    """Return the same, and the names of the files whose rows change."""
    from pyspark.sql import functions as F

    told = changes.groupBy(CHANGE).agg(F.count("*").alias("count"), F.collect_set(FILE).alias("files")).collect()
    return Counter({row[CHANGE]: row["count"] for row in told}), {file for row in told for file in row["files"]}


def with_file(stored: DataFrame) -> DataFrame:
    """Return the rows of a table as it is read, with the name of the file that each is in."""
    from pyspark.sql import functions as F

    file = F.substring_index("_metadata.file_path", "/", -1)
    return stored.select("*", (F.lit(None).cast("string") if "_metadata" in stored.columns else file).alias(FILE))


def count_differences(
    incoming: DataFrame, stored: DataFrame, fields: Sequence[StructField], *, ignored: Collection[str]
) -> Counter[str]:
    """Compare two tables as multisets of rows, and return how many rows are to be inserted, updated and deleted.

    A row is an update when its key stands on both sides; without lasting keys every difference is an insert or delete.
    """
    from pyspark.sql import functions as F

    told = [field for field in fields if field.name not in ignored]
    # A count of rows by all that they say, minus the stored ones: zero means the same, whatever the order.
    signed = _signed(incoming, told, 1).unionByName(_signed(stored, told, -1))
    differing = signed.groupBy("_hw_key_shown", "_hw_said").agg(F.sum("_hw_sign").alias("_hw_surplus"))
    by_key = differing.where("_hw_surplus != 0").groupBy("_hw_key_shown")
    gains, losses = F.greatest(F.col("_hw_surplus"), F.lit(0)), F.greatest(-F.col("_hw_surplus"), F.lit(0))
    sides = by_key.agg(F.sum(gains).alias("came"), F.sum(losses).alias("went"))
    both = F.when(F.col("_hw_key_shown").isNull(), F.lit(0)).otherwise(F.least("came", "went"))
    row = sides.agg(
        F.sum(F.col("came") - both).alias(INSERT), F.sum(both).alias(UPDATE), F.sum(F.col("went") - both).alias(DELETE)
    ).head()
    return Counter({name: count for name, count in row.asDict().items() if count}) if row else Counter()


def _signed(rows: DataFrame, told: Sequence[StructField], sign: int) -> DataFrame:
    from pyspark.sql import functions as F

    has_key = any(field.name == KEY for field in told)
    said = F.struct(*(_comparable(field) for field in told))
    key = F.col(KEY) if has_key else F.lit(None).cast("string")
    return project(rows, told).select(
        key.alias("_hw_key_shown"), said.alias("_hw_said"), F.lit(sign).cast("bigint").alias("_hw_sign")
    )


def _comparable(field: StructField, *side: str) -> Column:
    from pyspark.sql import functions as F

    return comparable(F.col(quoted(*side, field.name)), field.dataType).alias(field.name)


def comparable(column: Column, kind: DataType) -> Column:
    """Return the value in a form that Spark compares and groups: a map, which has no order, as its sorted entries."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import ArrayType, MapType, StructType

    if "map<" not in kind.simpleString():
        return column
    if isinstance(kind, ArrayType):
        return F.transform(column, lambda element: comparable(element, kind.elementType))
    if isinstance(kind, MapType):
        entries = F.transform(
            F.map_entries(column),
            lambda entry: F.struct(
                entry["key"].alias("key"), comparable(entry["value"], kind.valueType).alias("value")
            ),
        )
        return F.array_sort(entries)
    assert isinstance(kind, StructType)
    inner = F.struct(*(comparable(column[field.name], field.dataType).alias(field.name) for field in kind))
    return F.when(column.isNotNull(), inner)

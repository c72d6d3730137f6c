"""Files read in the types that a catalog gives their columns: what is none of its column's type stays as it is."""

from __future__ import annotations

from awsglue import gluetypes as glue
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from awsglue_local.casts import sql_name
from awsglue_local.catalog import CatalogTable
from awsglue_local.columns import Column, literal, member_kinds, struct
from awsglue_local.frame import Frame, selected
from awsglue_local.partitions import NO_VALUE
from awsglue_local.python_records import Made

PARSED = (
    glue.BooleanType, glue.ByteType, glue.DateType, glue.DecimalType, glue.DoubleType, glue.FloatType,
    glue.IntegerType, glue.LongType, glue.ShortType, glue.TimestampType,
)  # fmt: skip


def typed(frame: Frame, kind: glue.StructType) -> Made:
    """Return the rows in the catalog's types.

    Where a text is not of its column's type, the column is a choice: of that type, and of string.
    """
    rows = frame.rows
    wanted = {field.name.lower(): field.dataType for field in kind.fields}
    columns = frame.columns()
    texts = [column for column in columns if _is_text_of(column, wanted.get(column.name.lower()))]
    misfits = _misfits(rows, texts, wanted)
    made = [_typed(column, wanted.get(column.name.lower()), column.name in misfits) for column in columns]
    return selected(rows, columns, made)


def with_values(frame: Frame, table: CatalogTable, values: tuple[str, ...]) -> Made:
    """Return the rows with the values of their partition, in the types of the table's keys."""
    kinds = member_kinds(table.kind)
    texts = ["NULL" if value == NO_VALUE else literal(value) for value in values]
    keys = [
        Column(key, f"try_cast({text} AS {sql_name(kinds[key])})", kinds[key])
        for key, text in zip(table.partition_keys, texts, strict=True)
    ]
    own = [column for column in frame.columns() if column.name not in table.partition_keys]
    return selected(frame.rows, frame.columns(), own + keys)


def _is_text_of(column: Column, kind: glue.DataType | None) -> bool:
    return isinstance(column.kind, glue.StringType) and isinstance(kind, PARSED)


def _misfits(rows: DataFrame, columns: list[Column], wanted: dict[str, glue.DataType]) -> set[str]:
    """Return the columns that have a text which is not of their type, found in one pass."""
    if not columns:
        return set()
    counts = [
        f.expr(f"count_if({column.sql} <> '' AND {_parsed(column, wanted[column.name.lower()])} IS NULL)")
        for column in columns
    ]
    found = rows.select(*counts).collect()[0]
    return {column.name for column, count in zip(columns, found, strict=True) if count}


def _parsed(column: Column, kind: glue.DataType) -> str:
    return f"try_cast({column.sql} AS {sql_name(kind)})"


def _typed(column: Column, kind: glue.DataType | None, is_mixed: bool) -> Column:
    if isinstance(column.kind, glue.IntegerType) and isinstance(kind, glue.LongType):
        return Column(column.name, f"CAST({column.sql} AS bigint)", kind)
    if kind is None or not _is_text_of(column, kind):
        return column
    value = Column(kind.typeName(), _parsed(column, kind), kind)
    if not is_mixed:
        return value.named(column.name)
    text = Column("string", f"IF({value.sql} IS NULL, {column.sql}, NULL)", column.kind)
    parts = sorted([value, text], key=lambda part: part.name)
    held = struct(column.name, parts)
    return Column(
        column.name, f"IF({column.sql} = '', NULL, {held.sql})", glue.ChoiceType([part.kind for part in parts])
    )

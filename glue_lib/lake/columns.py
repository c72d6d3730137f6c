"""Which columns a table has after a write: those it had, of the types they had, then the new ones of the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_lib.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import StructField, StructType


def merged(table: str, stored: StructType | None, incoming: StructType) -> list[StructField]:
    """Return the columns after the write; an incoming column of another type than the stored one is a LoadError."""
    kept = list(stored or ())
    by_name = {field.name.lower(): field for field in kept}
    typed = [field for field in incoming if field.dataType.simpleString() != "void"]
    for field in typed:
        _refuse(table, by_name.get(field.name.lower()), field)
    return kept + [field for field in typed if field.name.lower() not in by_name]


def added(stored: StructType, fields: Sequence[StructField]) -> tuple[str, ...]:
    """Return the names of the columns that the table does not have yet."""
    return tuple(field.name for field in fields[len(stored) :])


def project(rows: DataFrame, fields: Sequence[StructField]) -> DataFrame:
    """Return exactly these columns in this order, with their comments; what the rows lack is null."""
    present = {field.name.lower(): field for field in rows.schema if field.dataType.simpleString() != "void"}
    return rows.select(*(_column(field, present.get(field.name.lower())) for field in fields))


def quoted(*names: str) -> str:
    """Return the path of a column for Spark SQL, whatever signs its names contain."""
    return ".".join("`" + name.replace("`", "``") + "`" for name in names)


def _column(field: StructField, present: StructField | None) -> Column:
    from pyspark.sql import functions as F

    if present is None:
        return F.lit(None).cast(field.dataType).alias(field.name, metadata=field.metadata)
    column = F.col(quoted(field.name))
    is_as_wanted = (present.name, present.metadata) == (field.name, field.metadata)
    return column if is_as_wanted else column.alias(field.name, metadata=field.metadata)


def _refuse(table: str, stored: StructField | None, field: StructField) -> None:
    found = field.dataType.simpleString()
    if stored is not None and stored.dataType.simpleString() != found:
        wanted = stored.dataType.simpleString()
        raise LoadError(
            f"{table}: column `{field.name}` is `{wanted}` and cannot become `{found}`; "
            f"a value that does not fit belongs in a column of its own, such as `{field.name}__string`"
        )
    # One such column raises the whole table's protocol to reader version 3, and Athena loses the table.
    if found == "timestamp_ntz":
        raise LoadError(f"{table}: column `{field.name}` is `{found}`; use `timestamp` or `string`")

"""What stands in a Delta table, read without Spark: in milliseconds, and by another reader than its writer."""

from datetime import datetime
from pathlib import Path
from typing import Any

from deltalake import DeltaTable, QueryBuilder


def stored(table: Path | str) -> list[dict[str, Any]]:
    """Return the rows of the newest version, in no order; moments are by UTC and do not say so."""
    rows = QueryBuilder().register("stored", DeltaTable(str(table))).execute("select * from stored").read_all()
    columns = {name: [_plain(value.as_py()) for value in rows.column(name)] for name in rows.schema.names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def columns(table: Path | str) -> dict[str, str]:
    """Return the columns with their types, as Delta's log names them: `long`, `decimal(38,2)`."""
    return {field.name: getattr(field.type, "type", "") for field in DeltaTable(str(table)).schema().fields}


def is_table(folder: Path) -> bool:
    """Say whether anything was ever committed there."""
    return any(folder.glob("_delta_log/*.json"))


def version(table: Path | str) -> int:
    """Return the number of the newest version."""
    return DeltaTable(str(table)).version()


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value

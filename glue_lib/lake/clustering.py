"""Rows that are alike in some fields, in the same files: a query that names such a field skips the other files.

Delta's Z-order does that without another protocol; its liquid clustering needs writer version 7, and reader version 3.
Z-order writes all files of the table anew each time, so it waits until enough of them have come since the last time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from glue_lib import log
from glue_lib.lake.columns import quoted

if TYPE_CHECKING:
    from glue_lib.lake.lake import Lake, Table

NEW_SHARE = 0.2
"""Of the table's bytes; as long as less than that came since the last time, queries skip nearly as much."""

_INDEXED = "delta.dataSkippingNumIndexedCols"  # of how many columns the log knows the least and the greatest value
_INDEXED_BY_DEFAULT = 32


def clustered_columns(table: Table, paths: Sequence[str]) -> list[str]:
    """Return the columns whose comments tell these paths; one that no record has had yet has none, and is told."""
    found = {field.metadata.get("comment"): field.name for field in table.schema()}
    missing = [path for path in paths if path not in found]
    if missing:
        log.warning("fields without a column", table=table.name, cluster_by=",".join(missing))
    return [found[path] for path in paths if path in found]


def needs_order(table: Table, columns: Sequence[str], file_bytes: int) -> bool:
    """Whether ordering the table would let queries skip files that they read now."""
    from pyspark.sql import functions as F

    if not columns:
        return False
    files = _files(table)
    sizes = files.agg(F.sum("size"), F.count("size")).head()
    total, count = (sizes[0] or 0, sizes[1]) if sizes else (0, 0)
    if count < 2 or total <= file_bytes:
        return False  # it is one file, or becomes one by compaction
    ordered_at = _ordered_at(table, columns)
    if ordered_at is None:
        return True
    new = files.where(F.col("modificationTime") > ordered_at).agg(F.sum("size")).head()
    return bool(new and (new[0] or 0) >= NEW_SHARE * total)


def order(lake: Lake, table: Table, columns: Sequence[str]) -> None:
    """Write the table anew, ordered by all these columns at once; what it says stays the same."""
    _index(lake, table, columns)
    lake.check()
    table.delta().optimize().executeZOrderBy(*(quoted(column) for column in columns))


def _index(lake: Lake, table: Table, columns: Sequence[str]) -> None:
    """See that the log knows the values of the columns by file, also where they are far on the right."""
    names = table.schema().names
    wanted = 1 + max(names.index(column) for column in columns)
    found = table.delta().detail().select("properties").head()
    properties: dict[str, str] = found[0] if found else {}
    indexed = int(properties.get(_INDEXED, _INDEXED_BY_DEFAULT))
    if 0 <= indexed < wanted:  # -1 means all
        lake.check()
        lake.spark.sql(f"ALTER TABLE delta.{quoted(table.uri)} SET TBLPROPERTIES ('{_INDEXED}' = '{wanted}')")


def _files(table: Table) -> Any:
    """Return the files of the newest version, as the log tells them."""
    from pyspark.sql import DataFrame

    session: Any = table.spark
    table.delta()  # has Delta look for the newest version
    log_of = session._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(session._jsparkSession, table.uri)
    return DataFrame(log_of.unsafeVolatileSnapshot().allFiles().toDF(), table.spark)


def _ordered_at(table: Table, columns: Sequence[str]) -> int | None:
    """Return when the table was last ordered by these columns, in milliseconds since 1970."""
    from pyspark.sql import functions as F

    given = F.col("operationParameters")["zOrderBy"]
    orders = table.delta().history().where(F.col("operation") == "OPTIMIZE")
    by_these = orders.where(given == json.dumps(list(columns), separators=(",", ":"), ensure_ascii=False))
    newest = by_these.orderBy(F.desc("version")).select(F.unix_millis("timestamp")).head()
    return int(newest[0]) if newest else None

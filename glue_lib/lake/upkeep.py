"""The upkeep of one table: small files become large ones, files that it no longer has go, and so do old log entries.

What the table says stays the same to the last bit. Nothing is rewritten where nothing is small, so that doing it again
costs no more than a look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_lib.lake.clustering import clustered_columns, needs_order, order
from glue_lib.lake.conflicts import settled
from glue_lib.lake.settings import USER_METADATA, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from glue_lib.lake.lake import Lake, Table

_QUIET = "spark.databricks.delta.vacuum.logging.enabled"  # would be two commits that say nothing about the table
_CHECKED = "spark.databricks.delta.retentionDurationCheck.enabled"
_SIDE_BY_SIDE = "spark.databricks.delta.vacuum.parallelDelete.enabled"
# Delta lists a table's folders by that many tasks, which are 10,000 by default, also where there is one folder.
_TASKS = "spark.sql.sources.parallelPartitionDiscovery.parallelism"

LARGE_BYTES = 256 * 2**20
"""The size that files are brought to: Delta's own gigabyte would be written anew for one changed row."""

_SMALL, _LARGE = "spark.databricks.delta.optimize.minFileSize", "spark.databricks.delta.optimize.maxFileSize"


@dataclass(frozen=True)
class TableUpkeep:
    """What the upkeep of a table came to: the files that it consists of, and those that were removed."""

    table: str
    files_before: int
    files: int
    bytes_before: int
    bytes: int
    removed_files: int  # that the table no longer had, log entries among them
    removed_bytes: int


def upkeep(
    lake: Lake,
    name: str,
    *,
    retention_hours: int,
    may_be_short: bool = False,
    cluster_by: Sequence[str] = (),
    file_bytes: int = LARGE_BYTES,
) -> TableUpkeep:
    """Compact a table, and remove what it has not had for so long; less than a week needs `may_be_short`.

    Where it is larger than a file, it is ordered by the columns whose comments tell the paths of `cluster_by`.
    """
    table = lake.table(name)
    files_before, bytes_before = _live(table)
    if files_before > 1:
        settled(lambda: _rewrite(lake, table, cluster_by, file_bytes), lake.check, name=f"{lake.source}.{name}")
    files, size = _live(table)
    before = _stored(table)
    _vacuum(lake, table, retention_hours, may_be_short=may_be_short)
    vacuumed = _stored(table)
    _checkpoint(lake, table)
    after = _stored(table)  # a checkpoint adds files, and the log entries that it stands for stay for a month
    steps = zip(before, vacuumed, after, strict=True)
    removed = [max(0, was - then) + max(0, then - now) for was, then, now in steps]
    return TableUpkeep(name, files_before, files, bytes_before, size, *removed)


def _rewrite(lake: Lake, table: Table, cluster_by: Sequence[str], file_bytes: int) -> None:
    """Bring small files together, ordered where that is due.

    The commit tells of the run whose rows they hold, as the one before it did.
    """
    columns = clustered_columns(table, cluster_by)
    is_due = needs_order(table, columns, file_bytes)
    note = table.note()
    noted = {USER_METADATA: json.dumps(note)} if note else {}
    with settings(lake.spark, {_SMALL: str(file_bytes), _LARGE: str(file_bytes), **noted}):
        if is_due:
            order(lake, table, columns)
        else:
            lake.check()
            table.delta().optimize().executeCompaction()


def _vacuum(lake: Lake, table: Table, retention_hours: int, *, may_be_short: bool) -> None:
    tasks = 2 * lake.spark.sparkContext.defaultParallelism
    given = {_QUIET: "false", _SIDE_BY_SIDE: "true", _TASKS: str(tasks), _CHECKED: str(not may_be_short).lower()}
    with settings(lake.spark, given), _speechless(lake.spark):
        lake.check()
        table.delta().vacuum(retention_hours)


def _checkpoint(lake: Lake, table: Table) -> None:
    """Write a checkpoint of the newest version where there is none; Delta then clears entries of over a month ago."""
    session: Any = lake.spark
    log = session._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(session._jsparkSession, table.uri)
    last, newest = log.readLastCheckpointFile(), table.delta().history(1).select("version").head()
    if newest and not (last.isDefined() and last.get().version() >= newest["version"]):
        lake.check()
        log.checkpoint()


def _live(table: Table) -> tuple[int, int]:
    """Return number and bytes of the files that the newest version consists of."""
    found = table.delta().detail().select("numFiles", "sizeInBytes").head()
    assert found is not None
    return found["numFiles"], found["sizeInBytes"]


def _stored(table: Table) -> Sequence[int]:
    """Return number and bytes of all files in the table's folder, its log's too."""
    session: Any = table.spark
    path = session._jvm.org.apache.hadoop.fs.Path(table.uri)
    files = path.getFileSystem(session.sparkContext._jsc.hadoopConfiguration())
    summary = files.getContentSummary(path)
    return summary.getFileCount(), summary.getLength()


@contextmanager
def _speechless(spark: SparkSession) -> Iterator[None]:
    """Keep what Delta prints of a vacuum out of our own results, which may be JSON."""
    jvm: Any = spark._jvm
    console = getattr(getattr(jvm.scala, "Console$"), "MODULE$")  # it has what Scala 2.13 lets nobody else call
    before = console.out()
    console.setOutDirect(jvm.java.lang.System.err)
    try:
        yield
    finally:
        console.setOutDirect(before)

"""What stands in a table's log, asked of Delta's own view of it and read from its entries.

`DeltaTable.history` and `detail` tell the same, but by queries that take longer than a small commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def delta_log(spark: SparkSession, uri: str) -> Any:
    """Return Delta's own handle of a table's log; one that is not there yet is taken for an empty one."""
    session: Any = spark
    return session._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(session._jsparkSession, uri)


def newest_snapshot(spark: SparkSession, uri: str) -> Any:
    """Return Delta's view of the version that is the newest now; most of what it tells is read when asked for."""
    jvm: Any = spark._jvm
    nothing = jvm.scala.Option.empty()
    return delta_log(spark, uri).update(False, nothing, nothing)


def size_bytes(spark: SparkSession, uri: str) -> int:
    """Return the size of the newest version's files: from the sum that Delta keeps beside an entry, where it does."""
    snapshot = newest_snapshot(spark, uri)
    known = snapshot.sizeInBytesIfKnown()
    return int(known.get()) if known.isDefined() else int(snapshot.sizeInBytes())


def newest_commits(spark: SparkSession, uri: str, at_most: int) -> Iterator[dict[str, Any]]:
    """Yield what the newest commits say of themselves, the last one first, and the `version` of each.

    It ends where an entry has been cleared away.
    """
    snapshot = newest_snapshot(spark, uri)
    newest, folder = int(snapshot.version()), snapshot.path()
    for version in range(newest, max(-1, newest - at_most), -1):
        said = _commit_info(spark, folder, version)
        if said is None:
            return
        yield {**said, "version": version}


def _commit_info(spark: SparkSession, folder: Any, version: int) -> dict[str, Any] | None:
    """Return what a commit says of itself, which Delta writes first and other tools where they like."""
    session: Any = spark
    jvm = session._jvm
    path = jvm.org.apache.hadoop.fs.Path(folder, f"{version:020}.json")
    files = path.getFileSystem(session.sparkContext._jsc.hadoopConfiguration())
    if not files.exists(path):
        return None
    lines = jvm.java.io.BufferedReader(jvm.java.io.InputStreamReader(files.open(path), "UTF-8"))
    try:
        while (line := lines.readLine()) is not None:
            action = json.loads(line)
            if "commitInfo" in action:
                return dict(action["commitInfo"])
        return {}
    finally:
        lines.close()

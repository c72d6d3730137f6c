"""A lake is a folder of Delta tables, one folder a source; a table is known by its path, never through a catalog."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from glue_lib.lake.columns import quoted
from glue_lib.lake.entries import newest_commits, size_bytes
from glue_lib.lake.frame import ROOT_KEY, Frame
from glue_lib.lake.reach import EVERYWHERE, Reach

if TYPE_CHECKING:
    from delta.tables import DeltaTable
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from glue_lib.lake.fence import Fence

_NEWEST = 20  # commits that are looked at for a note before all are: ours have one, those of other tools do not


def _go_ahead() -> None:
    """Let every commit pass: what a lake checks when nobody holds a lease."""


@dataclass(frozen=True)
class Table:
    """One Delta table. Nothing is remembered between calls: each answer is about the newest version."""

    spark: SparkSession
    name: str
    uri: str
    reach: Reach = EVERYWHERE  # of the run that is loaded

    def exists(self) -> bool:
        """Say whether anything was ever committed here."""
        from delta.tables import DeltaTable

        return DeltaTable.isDeltaTable(self.spark, self.uri)

    def delta(self) -> DeltaTable:
        """Return Delta's own handle; the table must exist."""
        from delta.tables import DeltaTable

        return DeltaTable.forPath(self.spark, self.uri)

    def read(self) -> DataFrame:
        """Return the rows of the newest version."""
        return self.spark.read.format("delta").load(self.uri)

    def near(self) -> DataFrame:
        """Return those of the rows that the run which is loaded may touch: all, or fewer where that is known."""
        return self.reach.within(self.read())

    def schema(self) -> StructType:
        """Return the columns with their comments, without starting a Spark job."""
        return self.read().schema

    def size_bytes(self) -> int:
        """Return the size of the newest version's files, as the log tells it; 0 where there is no table."""
        return size_bytes(self.spark, self.uri) if self.exists() else 0

    def loaded_run(self) -> str | None:
        """Return the run that last changed this table, from its commits; None when no run ever did."""
        return (self.note() or {}).get("run_id")

    def note(self) -> dict[str, Any] | None:
        """Return what the newest commit that has a note says about its origin."""
        if not self.exists():
            return None
        told = (commit.get("userMetadata") for commit in newest_commits(self.spark, self.uri, _NEWEST))
        return _first_note(told) or self._any_note()

    def _any_note(self) -> dict[str, Any] | None:
        told = self.delta().history().select("version", "userMetadata").collect()
        return _first_note([text for _, text in sorted(told, reverse=True)])  # in Spark, sorting is a shuffle


def _first_note(told: Iterable[str | None]) -> dict[str, Any] | None:
    return next(filter(None, (_as_note(text) for text in told if text)), None)


def _as_note(text: str) -> dict[str, Any] | None:
    """Return what a commit of ours says; None for a text that other tools have left."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "run_id" in found else None


@dataclass(frozen=True)
class Lake:
    """The tables of one source. `check` is called right before every commit and stops it by raising."""

    spark: SparkSession
    uri: str  # as Spark reads it: `file:///data/lake`, `s3a://bucket/prefix`
    source: str
    database: str
    check: Callable[[], None] = _go_ahead
    fence: Fence | None = None  # numbers the commits of one load
    said: Mapping[str, Any] = field(default_factory=dict)  # what every commit tells beside the run that made it
    reach: Reach = EVERYWHERE  # of the run that is loaded

    def guarded(self, check: Callable[[], None], fence: Fence | None = None) -> Lake:
        """Return this lake with `check` before every commit, such as that a lease is still held, and a fence."""
        return replace(self, check=check, fence=fence)

    def saying(self, **said: Any) -> Lake:
        """Return this lake with that in the notes of its commits, too."""
        return replace(self, said={**self.said, **said})

    def reaching(self, reach: Reach) -> Lake:
        """Return this lake for a run that touches no rows beyond."""
        return replace(self, reach=reach)

    def table(self, name: str) -> Table:
        """Return the table of that name, which need not exist yet."""
        return Table(self.spark, name, f"{self.uri.rstrip('/')}/tables/{self.source}/{name}", self.reach)

    def look(self, name: str) -> None:
        """See where a table stands before it is read, so that another load's commit after this is noticed."""
        if self.fence:
            self.fence.look(self.table(name))

    def names(self) -> list[str]:
        """Return the tables that exist, in alphabetical order.

        A log without a commit is none: a first write that was killed leaves it. Only a checkpoint lets Delta clear the
        first commit away.
        """
        jvm: Any = self.spark._jvm
        configuration: Any = self.spark.sparkContext._jsc.hadoopConfiguration()
        path = jvm.org.apache.hadoop.fs.Path
        folder = path(self.table("x").uri).getParent()
        files = folder.getFileSystem(configuration)
        if not files.exists(folder):
            return []
        entries = [entry.getPath() for entry in files.listStatus(folder)]
        proofs = ("_delta_log/00000000000000000000.json", "_delta_log/_last_checkpoint")
        return sorted(entry.getName() for entry in entries if any(files.exists(path(entry, proof)) for proof in proofs))

    def holds(self, table: str, columns: Sequence[str]) -> bool:
        """Say whether any row of a table that exists has a value in one of these columns."""
        is_there = " or ".join(f"{quoted(name)} is not null" for name in columns)
        return not self.table(table).read().where(is_there).isEmpty()

    def vanished(self, frames: Sequence[Frame]) -> list[Frame]:
        """Return an empty frame for each stored child table that a run with these frames brings nothing for.

        An array that is empty in every record leaves no frame, yet its stored rows must go.
        """
        from pyspark.sql import functions as F

        root, brought = frames[0].root, {frame.table for frame in frames}
        missing = [name for name in self.names() if name.startswith(f"{root}__") and name not in brought]
        stored = {name: self.table(name).read() for name in missing}
        return [
            Frame(name, rows.where(F.lit(False)), root, is_child=True)
            for name, rows in stored.items()
            if ROOT_KEY in rows.columns  # a quarantine is named like a child, but is none
        ]

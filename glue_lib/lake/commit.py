"""The only places where a table changes. Each is one commit: checked right before, noted with the run that made it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_lib.lake.changes import CHANGE, DELETE, INSERT, UPDATE
from glue_lib.lake.columns import quoted
from glue_lib.lake.frame import KEY, PARTITION, Frame
from glue_lib.lake.lake import Lake, Table
from glue_lib.lake.settings import USER_METADATA, settings
from glue_lib.lake.write.base import TableReport

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

MATERIALIZE_SOURCE = "spark.databricks.delta.merge.materializeSource"


@dataclass(frozen=True)
class Commit:
    """One change of one table by one run, about to be made."""

    lake: Lake
    frame: Frame
    run_id: str
    added_columns: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """Return the table that changes."""
        return self.lake.table(self.frame.table)

    @property
    def note(self) -> str:
        """Return what the commit says about its origin, for whoever must find the loaded run again."""
        return json.dumps({"run_id": self.run_id, "source": self.lake.source, "stream": self.frame.root})

    def create(self, rows: DataFrame) -> TableReport:
        """Make the table, with these rows."""
        return self._written(rows, "errorifexists")

    def append(self, rows: DataFrame) -> TableReport:
        """Add these rows to those that are there."""
        return self._written(rows, "append")

    def overwrite(self, rows: DataFrame, counts: Counter[str]) -> TableReport:
        """Put these rows in the place of all that are there: readers see the old ones or the new ones."""
        self._write(rows, "overwrite")
        return self._report(counts)

    def merge(self, changes: DataFrame, counts: Counter[str]) -> TableReport:
        """Insert, update and delete as `_hw_change` says, in one statement: Delta has no commit over two of them."""
        values: dict[str, str | Column] = {
            quoted(name): quoted("change", name) for name in changes.columns if name != CHANGE
        }
        merge = (
            self.table.delta()
            .alias("stored")
            .merge(changes.alias("change"), f"stored.{KEY} = change.{KEY}")
            .withSchemaEvolution()
            .whenMatchedDelete(condition=f"change.{CHANGE} = '{DELETE}'")
            .whenMatchedUpdate(set=values)
            .whenNotMatchedInsert(condition=f"change.{CHANGE} != '{DELETE}'", values=values)
        )
        # Delta would copy the source once more; the changes are persisted already, and the same whenever made again.
        with settings(self.lake.spark, {USER_METADATA: self.note, MATERIALIZE_SOURCE: "none"}):
            self.lake.check()
            merge.execute()
        return self._report(counts)

    def _written(self, rows: DataFrame, mode: str) -> TableReport:
        self._write(rows, mode)
        return self._report(None)

    def _write(self, rows: DataFrame, mode: str) -> None:
        self.lake.check()
        writer = rows.write.format("delta").mode(mode).option("mergeSchema", "true")
        if PARTITION in rows.columns:  # without the option, each task would write a file to each part
            writer = writer.partitionBy(PARTITION).option("optimizeWrite", "true")
        writer.option("userMetadata", self.note).save(self.table.uri)

    def _report(self, counts: Counter[str] | None) -> TableReport:
        newest = self.table.delta().history(1).select("version", "operationMetrics").head()
        assert newest is not None
        done = counts if counts is not None else Counter({INSERT: int(newest["operationMetrics"]["numOutputRows"])})
        return TableReport(
            self.frame.table,
            inserted=done[INSERT],
            updated=done[UPDATE],
            deleted=done[DELETE],
            added_columns=self.added_columns,
            committed=True,
            version=newest["version"],
        )

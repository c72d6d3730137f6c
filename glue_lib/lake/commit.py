"""The only places where a table changes. Each is one commit: checked right before, noted with the run that made it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from glue_lib.lake.changes import CHANGE, DELETE, FILE, INSERT, UPDATE
from glue_lib.lake.columns import quoted
from glue_lib.lake.entries import newest_commits
from glue_lib.lake.fence import TXN_APP_ID, TXN_VERSION
from glue_lib.lake.frame import KEY, PARTITION, Frame
from glue_lib.lake.lake import Lake, Table
from glue_lib.lake.reach import FEW
from glue_lib.lake.rewriting import Rewriting
from glue_lib.lake.settings import USER_METADATA, settings
from glue_lib.lake.write.base import TableReport

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_NEWEST = 10  # versions among which a commit is looked for that was just made: other tools may commit, too

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

    @cached_property
    def number(self) -> int | None:
        """Return the number that Delta takes once, by which a load that was outrun is refused."""
        return self.lake.fence.number(self.table) if self.lake.fence else None

    @property
    def note(self) -> str:
        """Return what the commit says about its origin, for whoever must find the loaded run again."""
        fence = {"load": self.lake.fence.mark, "commit": self.number} if self.lake.fence else {}
        of = {"run_id": self.run_id, "source": self.lake.source, "stream": self.frame.root}
        return json.dumps(of | dict(self.lake.said) | fence)

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

    def rebuild(self, rows: DataFrame) -> TableReport:
        """Put these rows in the place of all, with their columns and parts in the place of the table's."""
        before = self.table.read().count() if self.table.exists() else 0
        self._write(rows, "overwrite", overwriteSchema="true")
        return replace(self._report(None), deleted=before)

    def merge(self, changes: DataFrame, counts: Counter[str], files: Collection[str] = ()) -> TableReport:
        """Insert, update and delete as `_hw_change` says, in one commit.

        `files` are the names of those that hold the rows which change, where they are known: of large ones the other
        rows are merely copied.
        """
        gone = counts[UPDATE] + counts[DELETE]
        is_copied = bool(files) and gone <= FEW and not self.added_columns
        rewriting = Rewriting.begun(self.table, files) if is_copied else None
        rows = changes.drop(FILE)
        self._merge(rows) if rewriting is None else self._rewrite(rewriting, rows)
        return self._report(counts)

    def _rewrite(self, rewriting: Rewriting, changes: DataFrame) -> None:
        from pyspark.sql import functions as F

        number = None
        if self.lake.fence:
            number = self.lake.fence.app_id, self.number or 0
            if rewriting.has(*number):
                raise self.lake.fence.outrun(self.table)
        gone, stays = changes.where(F.col(CHANGE) != INSERT), changes.where(F.col(CHANGE) != DELETE)
        self.lake.check()
        with self._not_outrun():
            rewriting.commit(gone, stays.drop(CHANGE), self.note, number, self.lake.check)

    def _merge(self, changes: DataFrame) -> None:
        """Do it in one statement: Delta has no commit over two of them."""
        from pyspark.sql import functions as F

        values: dict[str, str | Column] = {
            quoted(name): quoted("change", name) for name in changes.columns if name != CHANGE
        }
        near = self.lake.reach.of(self.table.schema().names, "stored")  # lets Delta leave out files unread
        is_same = F.expr(f"stored.{KEY} = change.{KEY}")
        merge = (
            self.table.delta()
            .alias("stored")
            .merge(changes.alias("change"), is_same if near is None else is_same & near)
            .withSchemaEvolution()
            .whenMatchedDelete(condition=f"change.{CHANGE} = '{DELETE}'")
            .whenMatchedUpdate(set=values)
            .whenNotMatchedInsert(condition=f"change.{CHANGE} != '{DELETE}'", values=values)
        )
        # Delta would copy the source once more; the changes are persisted already, and the same whenever made again.
        told = {USER_METADATA: self.note, MATERIALIZE_SOURCE: "none"}
        if self.lake.fence:
            told |= {TXN_APP_ID: self.lake.fence.app_id, TXN_VERSION: str(self.number)}
        with settings(self.lake.spark, told), self._not_outrun():
            self.lake.check()
            merge.execute()

    def _written(self, rows: DataFrame, mode: str) -> TableReport:
        self._write(rows, mode)
        return self._report(None)

    def _write(self, rows: DataFrame, mode: str, **options: str) -> None:
        self.lake.check()
        writer = rows.write.format("delta").mode(mode).options(**(options or {"mergeSchema": "true"}))
        if PARTITION in rows.columns:  # without the option, each task would write a file to each part
            writer = writer.partitionBy(PARTITION).option("optimizeWrite", "true")
        if self.lake.fence:
            writer = writer.option("txnAppId", self.lake.fence.app_id).option("txnVersion", str(self.number))
        with self._not_outrun():
            writer.option("userMetadata", self.note).save(self.table.uri)

    @contextmanager
    def _not_outrun(self) -> Iterator[None]:
        """Let Delta's refusal of a number that was taken in this very moment be an error that says so."""
        from delta.exceptions import ConcurrentTransactionException

        try:
            yield
        except ConcurrentTransactionException as error:
            if self.lake.fence is None:
                raise
            raise self.lake.fence.outrun(self.table) from error

    def _made(self) -> dict[str, Any]:
        """Return the version of this commit and its figures; of a number that was gone before, Delta makes none."""
        newest = newest_commits(self.lake.spark, self.table.uri, _NEWEST)
        ours = [made for made in newest if made.get("userMetadata") == self.note]
        if not ours:
            assert self.lake.fence is not None, "without a number every commit is made"
            raise self.lake.fence.outrun(self.table)
        if self.lake.fence and self.number:
            self.lake.fence.passed(self.table, self.number)
        return max(ours, key=lambda made: made["version"])

    def _report(self, counts: Counter[str] | None) -> TableReport:
        made = self._made()
        done = counts if counts is not None else Counter({INSERT: int(made["operationMetrics"]["numOutputRows"])})
        return TableReport(
            self.frame.table,
            inserted=done[INSERT],
            updated=done[UPDATE],
            deleted=done[DELETE],
            added_columns=self.added_columns,
            committed=True,
            version=made["version"],
        )

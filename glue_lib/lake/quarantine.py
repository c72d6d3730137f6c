"""The quarantine of a stream: a table of the records that were set aside, by the run that brought them.

It says of each run what its last load found bad: a run that is loaded again, after something was mended, takes out
what is good now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_lib.lake.frame import RUN_ID, Frame
from glue_lib.lake.write.base import TableReport

if TYPE_CHECKING:
    from collections import Counter

    from pyspark.sql import DataFrame

    from glue_lib.lake.lake import Lake, Table


def quarantine_of(stream: str) -> str:
    """Return the name of a stream's quarantine."""
    return f"{stream}__quarantine"


@dataclass(frozen=True)
class Quarantine:
    """The quarantine of a stream while one run is loaded."""

    lake: Lake
    stream: str
    run_id: str

    @property
    def table(self) -> Table:
        """Return the table, which is there once a record was bad."""
        return self.lake.table(quarantine_of(self.stream))

    def add(self, bad: DataFrame) -> TableReport:
        """Put in the run's bad records, before any other table changes: so each is always somewhere."""
        return self._written(bad, deletes=False)

    def release(self, bad: DataFrame | None) -> TableReport | None:
        """Take out what is no longer bad, after all other tables; return None when there was nothing of the run."""
        if not self.table.exists():
            return None
        of_run = self._of_run()
        if of_run.isEmpty():
            return None
        return self._written(of_run.limit(0) if bad is None else bad, deletes=True)

    def _written(self, bad: DataFrame, *, deletes: bool) -> TableReport:
        from glue_lib.lake.changes import changed_rows, count_changes
        from glue_lib.lake.columns import added, merged, project
        from glue_lib.lake.commit import Commit

        frame = Frame(self.table.name, bad, root=self.stream, is_child=False)
        stored = self.table.schema() if self.table.exists() else None
        fields = merged(frame.table, stored, bad.schema)
        if stored is None:
            return Commit(self.lake, frame, self.run_id).create(project(bad, fields))
        changes = changed_rows(bad, self._of_run(), fields, delete_missing=deletes).localCheckpoint(eager=False)
        counts: Counter[str] = count_changes(changes)
        if not counts:
            return TableReport(frame.table)
        return Commit(self.lake, frame, self.run_id, added(stored, fields)).merge(changes, counts)

    def _of_run(self) -> DataFrame:
        from pyspark.sql import functions as F

        return self.table.read().where(F.col(RUN_ID) == self.run_id)


def both(first: TableReport | None, then: TableReport | None) -> TableReport | None:
    """Return what the run did to its quarantine, in one report."""
    if first is None or then is None:
        return first or then
    return replace(
        first,
        deleted=first.deleted + then.deleted,
        updated=first.updated + then.updated,
        committed=first.committed or then.committed,
        version=then.version if then.version is not None else first.version,
    )

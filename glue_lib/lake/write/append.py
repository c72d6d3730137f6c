"""Append: every run's rows are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Literal

from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake, Table


class Append(WriteMode):
    """Adds the run's rows to those of earlier runs; loading the same run again adds nothing.

    For events that never change and are read once:

        write: append

    With a `key`, each key has one row. Of a run's records with one key the newest is written; one whose key is stored
    already is left out, whatever it says now: so the record at the border, which an inclusive cursor or a lookback
    brings with every run, is stored once.
    """

    type: Literal["append"] = "append"

    def winners(
        self,
        records: DataFrame,
        table: Table,
        ranks: Mapping[str, str],
        later: Collection[str] = (),
        whole_at: datetime | None = None,
    ) -> DataFrame:
        """Return the records whose key is not stored yet.

        The root table tells for its children too: it is written last, so a run that stopped before it wins again whole.
        """
        from glue_lib.lake.frame import KEY

        if not table.exists():
            return records.persist()
        # Cut from its plan, which reads the table: a commit would clear and plan anew what was merely persisted.
        fresh = records.join(table.near().select(KEY), on=KEY, how="left_anti")
        return fresh.localCheckpoint(eager=False)

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Add those of the rows that are not there from an earlier load of this run."""
        from pyspark.sql import functions as F

        from glue_lib.lake.columns import added, merged, project
        from glue_lib.lake.commit import Commit
        from glue_lib.lake.frame import KEY, RUN_ID

        table = lake.table(frame.table)
        stored = table.schema() if table.exists() else None
        fields = merged(frame.table, stored, frame.rows.schema)
        rows = project(frame.rows, fields)
        if stored is None:
            return Commit(lake, frame, run_id).create(rows)
        of_run = table.read().where(F.col(RUN_ID) == run_id).select(KEY)
        if not of_run.isEmpty():  # loaded again: what had been set aside comes beside the others
            rows = project(rows.join(of_run, on=KEY, how="left_anti"), fields)
        if rows.isEmpty():
            return TableReport(frame.table)
        return Commit(lake, frame, run_id, added(stored, fields)).append(rows)

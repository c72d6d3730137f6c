"""Append: every run's rows are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake


class Append(WriteMode):
    """Adds the run's rows to those of earlier runs; loading the same run again adds nothing.

    For events that never change and are read once:

        write: append
    """

    type: Literal["append"] = "append"
    one_per_key: ClassVar[bool] = False

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Add the rows unless this run's are there already."""
        from pyspark.sql import functions as F

        from glue_lib.lake.columns import added, merged, project
        from glue_lib.lake.commit import Commit
        from glue_lib.lake.frame import RUN_ID

        table = lake.table(frame.table)
        stored = table.schema() if table.exists() else None
        fields = merged(frame.table, stored, frame.rows.schema)
        rows = project(frame.rows, fields)
        if stored is None:
            return Commit(lake, frame, run_id).create(rows)
        if rows.isEmpty() or not table.read().where(F.col(RUN_ID) == run_id).isEmpty():
            return TableReport(frame.table)
        return Commit(lake, frame, run_id, added(stored, fields)).append(rows)

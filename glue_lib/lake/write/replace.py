"""Replace: the table says what the newest run says."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake


class Replace(WriteMode):
    """Puts the run's rows in the place of all earlier ones, in one commit: readers see the old rows or the new ones.

    For streams that are small or cannot be asked for changes only. A run that brings the same rows commits nothing.
    Columns that the source no longer sends stay, as nulls.

        write: replace
    """

    type: Literal["replace"] = "replace"
    last_run_tells_all: ClassVar[bool] = True

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Overwrite the table unless it holds the same rows."""
        from glue_lib.lake.changes import count_differences
        from glue_lib.lake.columns import added, merged, project
        from glue_lib.lake.commit import Commit
        from glue_lib.lake.frame import ARRIVAL, KEYS

        table = lake.table(frame.table)
        stored = table.schema() if table.exists() else None
        fields = merged(frame.table, stored, frame.rows.schema)
        rows = project(frame.rows, fields)
        if stored is None:
            return Commit(lake, frame, run_id).create(rows)
        ignored = ARRIVAL if frame.has_lasting_keys else ARRIVAL + KEYS
        counts = count_differences(rows, table.read(), fields, ignored=ignored)
        if not counts:
            return TableReport(frame.table)
        return Commit(lake, frame, run_id, added(stored, fields)).overwrite(rows, counts)

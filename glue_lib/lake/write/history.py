"""History: every version of a record is a row (slowly changing dimension, type 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake, Table


class History(WriteMode):
    """Keeps every version of a record as a row, with its child rows, and says from when to when it held.

    `_hw_valid_from` is the record's first `order` field (without `order`, the cursor field) as a moment; a record that
    tells no moment holds from its run on. `_hw_valid_to` is the next version's beginning, null while `_hw_is_current`.
    `_hw_entity_key` is the same for all versions of a record, `_hw_key` is the version's own. A record that says the
    same as the version before it makes no version; one that comes late takes its place between those that are there.

        key: [id]
        order: [updated_at]
        write: history

    A record that says of itself that it was deleted, as `deleted:` tells, is no version: it ends the one before it.
    """

    type: Literal["history"] = "history"
    needs_key: ClassVar[bool] = True
    deletes: ClassVar[bool] = True
    keeps_versions: ClassVar[bool] = True

    def winners(
        self,
        records: DataFrame,
        table: Table,
        ranks: Mapping[str, str],
        later: Collection[str] = (),
        whole_at: datetime | None = None,
    ) -> DataFrame:
        """Return the versions that came, and those that are stored and now end elsewhere, or are none any more."""
        from glue_lib.lake.chain import chained
        from glue_lib.lake.merging import cut, refuse_records

        if not table.exists():
            return cut(chained(records, None, ranks, later))
        refuse_records(table)
        return cut(chained(records, table.near(), ranks, later))

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Bring in what differs; `records` are the winners."""
        from glue_lib.lake.merging import merge_frame

        return merge_frame(frame, lake, run_id, records)

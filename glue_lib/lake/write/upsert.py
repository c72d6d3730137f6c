"""Upsert: one row a key, the newest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake, Table


class Upsert(WriteMode):
    """Keeps one row a key: new keys are inserted, known ones updated when a newer record says something else.

    An older record, by `order`, never overwrites a newer one and changes no child row either; where both are equal, the
    later landed wins. Elements that a record no longer has vanish from the child tables, at every depth.

        key: [id]
        order: [updated_at]
        write: upsert

    A record that says of itself that it was deleted, as `deleted:` tells, takes its row and its children along.
    """

    type: Literal["upsert"] = "upsert"
    needs_key: ClassVar[bool] = True
    deletes: ClassVar[bool] = True

    def winners(
        self,
        records: DataFrame,
        table: Table,
        ranks: Mapping[str, str],
        later: Collection[str] = (),
        whole_at: datetime | None = None,
    ) -> DataFrame:
        """Return the records that are not older than the stored row of their key."""
        from glue_lib.lake.merging import cut, not_older

        newer = not_older(records, table, ranks, later)
        return cut(newer) if table.exists() else newer

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Bring in what differs; `records` must hold the `_hw_key` of every record that a child frame is made of."""
        from glue_lib.lake.merging import merge_frame

        return merge_frame(frame, lake, run_id, records)

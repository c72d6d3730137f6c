"""Snapshot: the table has the records that the source has now."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from glue_lib.errors import LoadError
from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake, Table


class Snapshot(WriteMode):
    """Keeps one row a key, as `upsert` does, and lets go those whose key a full reading did not bring.

    For sources that do not tell what was deleted. Rows that did not change are not written again. A run that brings
    only what is new deletes nothing, and neither does one that is not complete.

        key: [id]
        write: snapshot

    Rows that are gone may stay, with the moment of the run that first missed them in `_hw_gone_at`; it is null again
    when they come back. Their child rows stay too:

        write: {type: snapshot, gone: mark}

    A run that would let go more than this share of the rows fails before anything is written: more likely the API
    kept something back. One that brings nothing at all always does, unless `most_gone` is 1:

        write: {type: snapshot, most_gone: 0.5}
    """

    type: Literal["snapshot"] = "snapshot"
    gone: Literal["delete", "mark"] = Field("delete", description="What becomes of rows that the source has no more.")
    most_gone: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2, description="The share of the rows that one run may let go; above it the load fails."
    )
    needs_key: ClassVar[bool] = True
    deletes: ClassVar[bool] = True
    forgets: ClassVar[bool] = True

    def winners(
        self,
        records: DataFrame,
        table: Table,
        ranks: Mapping[str, str],
        later: Collection[str] = (),
        whole_at: datetime | None = None,
    ) -> DataFrame:
        """Return the records that are not older than the stored rows, and after a full reading the keys that are gone.

        Rows of a later run are not gone: when an earlier one is loaded again, it cannot know of them.
        """
        from pyspark.sql import functions as F

        from glue_lib.lake.fate import CAME, FATE
        from glue_lib.lake.frame import GONE_AT
        from glue_lib.lake.merging import cut, not_older

        is_whole = whole_at is not None and table.exists()
        records = cut(records) if is_whole else records  # they are read twice: for what came, and for what did not
        newer = not_older(records, table, ranks, later)
        if FATE not in newer.columns:
            newer = newer.withColumn(FATE, F.lit(CAME))
        if self.gone == "mark":
            newer = newer.withColumn(GONE_AT, F.lit(None).cast("timestamp"))
        if not table.exists():
            return newer.persist()
        if whole_at is None:
            return cut(newer)
        gone = self._gone(records, table, later, whole_at)
        self._brake(gone, table)
        return cut(newer.unionByName(gone, allowMissingColumns=True))

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Bring in what differs; `records` are the winners."""
        from glue_lib.lake.merging import merge_frame

        return merge_frame(frame, lake, run_id, records)

    def _gone(self, records: DataFrame, table: Table, later: Collection[str], whole_at: datetime) -> DataFrame:
        """Return the keys that are stored and did not come, with their fate."""
        from pyspark.sql import functions as F

        from glue_lib.lake.fate import FATE, GONE, KEPT
        from glue_lib.lake.frame import GONE_AT, KEY, RUN_ID
        from glue_lib.lake.merging import cut

        stored = self._there(table).where(~F.col(RUN_ID).isin(*later))
        missing = stored.select(KEY).join(records.select(KEY), on=KEY, how="left_anti")
        missing = cut(missing)  # they are counted first, and then used
        if self.gone == "delete":
            return missing.withColumn(FATE, F.lit(GONE))
        return missing.withColumns({FATE: F.lit(KEPT), GONE_AT: F.lit(whole_at).cast("timestamp")})

    def _brake(self, gone: DataFrame, table: Table) -> None:
        """Refuse to let go too many rows."""
        stored, missing = self._there(table).count(), gone.count()
        if missing and missing > Decimal(repr(self.most_gone)) * stored:
            raise LoadError(
                f"{table.name}: {missing} of {stored} rows did not come with this full run, more than `most_gone: "
                f"{self.most_gone:g}` of `write` allows; nothing was changed. See whether the API held something back; "
                "if the records are really gone, load once with a higher `most_gone` (1 allows all)"
            )

    def _there(self, table: Table) -> DataFrame:
        """Return the rows that can go: not those that are marked already."""
        from pyspark.sql import functions as F

        from glue_lib.lake.frame import GONE_AT

        stored = table.read()
        is_marked = self.gone == "mark" and GONE_AT in stored.columns
        return stored.where(F.col(GONE_AT).isNull()) if is_marked else stored

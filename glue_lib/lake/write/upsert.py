"""Upsert: one row a key, the newest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from glue_lib.lake.write.base import TableReport, WriteMode

if TYPE_CHECKING:
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
    """

    type: Literal["upsert"] = "upsert"
    needs_key: ClassVar[bool] = True

    def winners(
        self, records: DataFrame, table: Table, ranks: Mapping[str, str], later: Collection[str] = ()
    ) -> DataFrame:
        """Return the records that are not older than the stored row of their key; a null rank is older than any other.

        Among equal ranks, a record is older than the stored row of a later run: so replaying a run undoes nothing.
        """
        from pyspark.sql import functions as F

        from glue_lib.lake.columns import quoted
        from glue_lib.lake.frame import KEY, RUN_ID

        if not table.exists():
            return records.persist()
        is_later = F.col(RUN_ID).isin(*later).alias("_hw_is_later")
        stored_rank = F.struct(*(F.expr(sql).alias(name) for name, sql in ranks.items()), is_later)
        rank = F.struct(*(F.col(quoted(name)) for name in ranks), F.lit(False).alias("_hw_is_later"))
        known = table.read().select(KEY, stored_rank.alias("_hw_stored_rank"))
        is_older = F.coalesce(rank < F.col("_hw_stored_rank"), F.lit(False))
        judged = records.join(known, on=KEY, how="left").where(~is_older)
        # Cut from its plan, which reads the table: a commit would clear and plan anew what was merely persisted.
        return judged.select(*(quoted(name) for name in records.columns)).localCheckpoint(eager=False)

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Bring in what differs; `records` must hold the `_hw_key` of every record that a child frame is made of."""
        from glue_lib.lake.changes import DELETE, UPDATE, changed_rows, count_changes
        from glue_lib.lake.columns import added, merged, project
        from glue_lib.lake.commit import Commit

        table = lake.table(frame.table)
        stored = table.schema() if table.exists() else None
        fields = merged(frame.table, stored, frame.rows.schema)
        if stored is None:
            return Commit(lake, frame, run_id).create(project(frame.rows, fields))
        commit = Commit(lake, frame, run_id, added(stored, fields))
        scope = _of_these_records(table, frame, records)
        changes = changed_rows(frame.rows, scope, fields, delete_missing=frame.is_child)
        changes = changes.localCheckpoint(eager=False)  # for the same reason as the winners
        counts = count_changes(changes)
        if not counts:
            return TableReport(frame.table)
        # New rows alone need no search for the files they touch: about a fifth of a merge's time on a small table.
        if not counts[UPDATE] and not counts[DELETE]:
            return commit.append(project(changes, fields))
        return commit.merge(changes, counts)


def _of_these_records(table: Table, frame: Frame, records: DataFrame | None) -> DataFrame:
    """Return the stored rows that belong to the records of this run: no others can change."""
    from pyspark.sql import functions as F

    from glue_lib.lake.frame import KEY, ROOT_KEY

    if records is None and frame.is_child:
        raise ValueError(f"{frame.table}: a child table is upserted together with the records that it belongs to")
    column = ROOT_KEY if frame.is_child else KEY
    keys = (frame.rows if records is None else records).select(F.col(KEY).alias(column))
    return table.read().join(keys, on=column, how="left_semi")

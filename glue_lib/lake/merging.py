"""A frame into a table of one row a key: what differs is found first, then brought in by one commit, or by none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_lib.errors import LoadError
from glue_lib.lake.changes import DELETE, UPDATE, changed_rows, count_changes_and_files, with_file
from glue_lib.lake.columns import added, merged, project, quoted
from glue_lib.lake.commit import Commit
from glue_lib.lake.fate import FATE, fated, incoming, touched
from glue_lib.lake.frame import ENTITY_KEY, GONE_AT, KEY, RUN_ID, Frame
from glue_lib.lake.write.base import TableReport

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyspark.sql import DataFrame

    from glue_lib.lake.lake import Lake, Table

_REMEDY = (
    "the file says otherwise by now; write what it said before, or build the tables anew with `headwater load FILE "
    "--rebuild`"
)


def not_older(records: DataFrame, table: Table, ranks: Mapping[str, str], later: Collection[str]) -> DataFrame:
    """Return the records that are not older than the stored row of their key; a null rank is older than any other.

    Among equal ranks, a record is older than the stored row of a later run: so replaying a run undoes nothing. A row
    that is marked as gone is older than any record.
    """
    from pyspark.sql import functions as F

    if not table.exists():
        return fated(records).persist()
    refuse_versions(table)
    is_later = F.col(RUN_ID).isin(*later).alias("_hw_is_later")
    stored_rank = F.struct(*(F.expr(sql).alias(name) for name, sql in ranks.items()), is_later)
    rank = F.struct(*(F.col(quoted(name)) for name in ranks), F.lit(False).alias("_hw_is_later"))
    stored = table.near()
    there = stored.where(F.col(GONE_AT).isNull()) if GONE_AT in stored.columns else stored
    known = there.select(KEY, stored_rank.alias("_hw_stored_rank"))
    if table.reach.is_narrow:  # else the keys of the whole table would travel
        known = known.join(table.reach.sent(records.select(KEY)), on=KEY, how="left_semi")
    is_older = F.coalesce(rank < F.col("_hw_stored_rank"), F.lit(False))
    judged = records.join(known, on=KEY, how="left").where(~is_older)
    return fated(judged.select(*(quoted(name) for name in records.columns)))


def refuse_versions(table: Table) -> None:
    """Refuse a table of versions where a row is to be a record: its older versions would be taken for other records."""
    if ENTITY_KEY in table.read().columns:
        raise LoadError(f"{table.name}: has the versions of `write: history`, and {_REMEDY}")


def refuse_records(table: Table) -> None:
    """Refuse a table of records where a row is to be a version: its rows tell no moment."""
    if ENTITY_KEY not in table.read().columns:
        raise LoadError(f"{table.name}: was not written with `write: history`, and {_REMEDY}")


def cut(winners: DataFrame) -> DataFrame:
    """Return the winners without their plan, which reads the table: a commit would clear and plan anew what was merely
    persisted.
    """
    return winners.localCheckpoint(eager=False)


def merge_frame(frame: Frame, lake: Lake, run_id: str, winners: DataFrame | None) -> TableReport:
    """Bring in what differs; `winners` must hold the `_hw_key` of every record that a child frame is made of."""
    table = lake.table(frame.table)
    stored = table.schema() if table.exists() else None
    fields = merged(frame.table, stored, frame.rows.schema)
    if stored is None:
        return Commit(lake, frame, run_id).create(project(frame.rows, fields))
    assert winners is not None or not frame.is_child, "a child table is merged with the records that it belongs to"
    commit = Commit(lake, frame, run_id, added(stored, fields))
    of = frame.rows if winners is None else winners
    near = with_file(table.near())
    scope, rows = touched(near, frame, of, fields, table.reach.sent), incoming(near, frame, of, fields)
    # Without a fate no record is gone, so that every stored root row of these records has one that came.
    delete_missing = frame.is_child or FATE in of.columns
    changes = cut(changed_rows(rows, scope, fields, delete_missing=delete_missing))
    counts, files = count_changes_and_files(changes)
    if not counts:
        return TableReport(frame.table)
    # New rows alone need no search for the files they touch: about a fifth of a merge's time on a small table.
    if not counts[UPDATE] and not counts[DELETE]:
        return commit.append(project(changes, fields))
    return commit.merge(changes, counts, files)

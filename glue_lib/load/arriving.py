"""A run's records as they arrive at their tables: with their keys, and of several with one key the newest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_lib.lake.reach import EVERYWHERE, Reach, reach
from glue_lib.lake.write.base import WriteMode
from glue_lib.load.due import Due
from glue_lib.shape.deletions import mark_all_deleted, mark_deleted
from glue_lib.shape.keyed import lasting, newest, newest_of_many, ranked, unranked
from glue_lib.shape.layout import Layout
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.versions import versioned

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Arrived:
    """The records, and how far their keys reach."""

    rows: "DataFrame"
    reach: Reach = EVERYWHERE
    forget: Callable[[], object] = lambda: None  # lets go what is kept of them


def arriving(
    mode: WriteMode,
    one: Due,
    good: "DataFrame",
    planned: Layout,
    shape: StreamShape,
    *,
    is_much: bool,
    is_first: bool = False,  # nothing is stored that ranks would be held against
) -> Arrived:
    """Return the good records of a run; of many, the keys are looked at once before anything else is done."""
    rows, root = _marked(mode, one, good, planned, shape), planned.tables[0]
    if not shape.key:
        return Arrived(rows)
    if not is_much:
        return Arrived(newest(ranked(rows, root, shape), shape))
    kept = rows.persist()
    found = reach(kept, lasting(root, shape))
    if mode.keeps_versions:  # the stored versions of few records may be many
        found = Reach(found.bounds)
    rows = newest_of_many(kept, root, shape)
    needs_ranks = mode.keeps_versions or not (is_first or mode.last_run_tells_all)
    return Arrived(ranked(rows, root, shape) if needs_ranks else rows, found, kept.unpersist)


def _marked(mode: WriteMode, one: Due, good: "DataFrame", planned: Layout, shape: StreamShape) -> "DataFrame":
    """Return the records with their keys, and with what they say of their deletion and their moment."""
    deleted = one.stream.deleted
    rows = unranked(good, planned.tables[0], shape, one.run.run_id)
    if one.stream.deletes:
        rows = mark_all_deleted(rows)
    elif deleted:
        rows = mark_deleted(rows, planned.tables[0], deleted.when, deleted.values)
    return versioned(rows, planned, shape, one.moment) if mode.keeps_versions else rows

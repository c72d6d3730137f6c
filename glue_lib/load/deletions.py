"""One run of a stream that tells deletions, brought into the tables of the stream whose records it deletes."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from glue_lib.lake.frame import Frame
from glue_lib.lake.quarantine import Quarantine, both, quarantine_of
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.run import Part, RunFolder
from glue_lib.load.arriving import arriving
from glue_lib.load.due import Due
from glue_lib.load.run import Loading, quarantined, shape_of, sieve_of, stored_of, written
from glue_lib.shape.keyed import stored_ranks
from glue_lib.shape.layout import Layout, layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def delete_run(loading: Loading, one: Due) -> list[TableReport]:
    """Take the records out of the stream's tables whose keys a run of another stream tells.

    What has no key goes to the quarantine of the stream that tells.
    """
    folder = RunFolder(loading.execution.storage, loading.source, one.stream.name, one.run.run_id)
    parts, root = folder.parts(), loading.lake.table(loading.stream.name)
    loading.lake.look(quarantine_of(one.stream.name))
    with loading.engine.fitted(sum(part.raw_bytes for part in parts) + root.size_bytes()):
        shape, stored = shape_of(one.stream, loading.source), stored_of(loading.lake, loading.stream)
        planned = layout(folder.notes(parts), one.stream.name, hints=one.stream.types, stored={})

        def read(parts: Sequence[Part], shown: Collection[str]) -> "DataFrame":
            return records(loading.lake.spark, parts, planned.reading, shown)

        sifted = sieve_of(one.stream, planned, {}, shape).sift(read, folder, parts, loading.execution.now())
        quarantine = Quarantine(loading.lake, one.stream.name, folder.run_id)
        try:
            added = quarantine.add(sifted.bad) if sifted.bad is not None else None
            loading.made.extend([added] if added else [])
            reports = (
                _deleted(loading, one, sifted.good, planned, shape) if parts and loading.stream.name in stored else []
            )
            return [*reports, *quarantined(loading, quarantine, both(added, quarantine.release(sifted.bad)))]
        finally:
            sifted.forget()


def _deleted(loading: Loading, one: Due, good: "DataFrame", planned: Layout, shape: StreamShape) -> list[TableReport]:
    """Delete what the good records tell."""
    root, stored = loading.lake.table(loading.stream.name), stored_of(loading.lake, loading.stream)
    told = arriving(loading.stream.write, one, good, planned, shape, is_much=False).rows
    of_table = stored_ranks(shape_of(loading.stream, loading.source), stored[root.name])
    ranks = dict(zip(shape.ranks, of_table, strict=False))
    winners = loading.stream.write.winners(told, root, ranks, one.later)
    nothing = Frame(root.name, root.read().where("false"), root.name, is_child=False)
    try:
        return written(loading, one.run.run_id, winners, [nothing, *loading.lake.vanished([nothing])])
    finally:
        winners.unpersist()

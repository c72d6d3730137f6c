"""A run, from the raw zone to its stream's tables: Run → Frame → Table. Loading it twice equals loading it once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from glue_lib import log
from glue_lib.execution import Engine, Execution
from glue_lib.extract.planning import key_of
from glue_lib.lake.fence import Fence
from glue_lib.lake.frame import Frame
from glue_lib.lake.lake import Lake, Table
from glue_lib.lake.quarantine import Quarantine, both, quarantine_of
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.run import Part, RunFolder
from glue_lib.load.arriving import arriving
from glue_lib.load.due import Due
from glue_lib.load.sifting import Sieve
from glue_lib.shape.flaws import key_flaws, not_an_object
from glue_lib.shape.frames import frames
from glue_lib.shape.keyed import numbered, stored_ranks
from glue_lib.shape.layout import Layout, layout
from glue_lib.shape.maps import check_maps
from glue_lib.shape.novelties import novelties, without
from glue_lib.shape.partition import check_partition, partitioned
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored
from glue_lib.shape.tolerance import Tolerance
from glue_lib.spec.stream import Stream

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Loading:
    """What the loads of a stream's runs share."""

    execution: Execution
    stream: Stream  # whose tables are filled
    engine: Engine
    lake: Lake
    is_aside: bool = False  # the lake is not the one that is read: nothing of it is registered
    made: list[TableReport] = field(default_factory=list)  # what this try at a run has committed so far

    @property
    def source(self) -> str:
        return self.execution.pipeline.source

    @property
    def name(self) -> str:
        return f"{self.source}.{self.stream.name}"

    def saying(self, **said: Any) -> "Loading":
        """Return the same, with more that its commits say."""
        return replace(self, lake=self.lake.saying(**said))

    def afresh(self) -> "Loading":
        """Return the same with a fence that has not looked at the tables yet, before anything is committed."""
        return replace(self, lake=self.lake.guarded(self.lake.check, Fence(self.source, self.stream.name)), made=[])

    def register(self, table: Table) -> None:
        """Make the table known by name."""
        if not self.is_aside:
            self.engine.register(self.lake, table)


def load_run(loading: Loading, one: Due) -> list[TableReport]:
    """Bring one whole run into the stream's tables; a table that would not change is not committed."""
    folder = RunFolder(loading.execution.storage, loading.source, loading.stream.name, one.run.run_id)
    parts = folder.parts()
    loading.execution.meter.of(one.stream.name).rows_read += sum(part.records for part in parts)
    root = loading.lake.table(loading.stream.name)
    size_bytes = sum(part.raw_bytes for part in parts) + root.size_bytes()
    mode = loading.stream.write
    is_much = size_bytes > loading.execution.much_bytes
    where = {"source": loading.source, "stream": loading.stream.name, "run": folder.run_id}
    log.info("run loading", **where, bytes=sum(part.raw_bytes for part in parts))
    with loading.engine.fitted(size_bytes):
        shape = shape_of(loading.stream, loading.source)
        notes = folder.notes(parts)
        stored = stored_of(loading.lake, loading.stream)
        check_partition(loading.name, stored.get(root.name), loading.stream.partition_by)
        if not mode.last_run_tells_all:  # else every row is written anew
            check_maps(loading.name, stored, loading.stream.types, loading.lake.holds)
        planned = layout(
            notes,
            loading.stream.name,
            hints=loading.stream.types,
            stored=stored,
            element_keys=loading.stream.element_keys,
            recognise=loading.stream.times == "recognised",
        )
        sieve = sieve_of(loading.stream, planned, stored, shape)

        def read(parts: Sequence[Part], shown: Collection[str]) -> "DataFrame":
            rows = records(loading.lake.spark, parts, planned.reading, shown)
            return rows if shape.key else numbered(rows)

        sifted = sieve.sift(read, folder, parts, loading.execution.now())
        whole_at = one.whole_at if sifted.bad is None else None  # a record that is set aside is not gone
        arrived = arriving(mode, one, sifted.good, planned, shape, is_much=is_much, is_first=not root.exists())
        if not (mode.forgets and whole_at):  # whose rows go is not known by what came
            loading = replace(loading, lake=loading.lake.reaching(arrived.reach))
            root = loading.lake.table(loading.stream.name)
        ranks = dict(zip(shape.ranks, stored_ranks(shape, stored.get(loading.stream.name, Stored())), strict=True))
        if mode.forgets and one.whole_at and not whole_at:
            _tell_kept(loading, one, sifted.bad_records)
        rows = arrived.rows
        winners = mode.winners(rows, root, ranks, one.later, whole_at) if shape.key else rows.persist()
        quarantine = Quarantine(loading.lake, loading.stream.name, folder.run_id)
        try:
            added = quarantine.add(sifted.bad) if sifted.bad is not None else None
            loading.made.extend([added] if added else [])
            made = _frames(loading, mode.present(winners), without(planned, sieve.novelties), shape, folder.run_id)
            left_out = sieve.left_out(read, parts)
            reports = [
                replace(report, left_out=left_out.get(report.table, 0))
                for report in written(loading, folder.run_id, winners, made)
            ]
            return [*reports, *quarantined(loading, quarantine, both(added, quarantine.release(sifted.bad)))]
        finally:
            winners.unpersist()
            arrived.forget()
            sifted.forget()


def sieve_of(stream: Stream, planned: Layout, stored: Mapping[str, Stored], shape: StreamShape) -> Sieve:
    """Return what is held back of the stream's records."""
    new = tuple(novelties(planned, stored, stream.schema_mode, shape))
    tolerance = Tolerance(stream.max_bad_records, stream.max_bad_share)
    flaws = (not_an_object(), *key_flaws(planned.tables[0], shape))
    return Sieve(shape.source, shape.name, flaws, new, tolerance)


def quarantined(loading: Loading, quarantine: Quarantine, report: TableReport | None) -> list[TableReport]:
    """Tell what became of the quarantine, if anything did."""
    if report is None or not report.committed:
        return []
    loading.register(quarantine.table)
    log.info("records quarantined", source=loading.source, run=quarantine.run_id, **_counts(report))
    return [report]


def _tell_kept(loading: Loading, one: Due, bad_records: int) -> None:
    reason = f"{bad_records} records were set aside, and their rows may be among those that did not come"
    log.warning("rows kept", source=loading.source, stream=loading.stream.name, run=one.run.run_id, reason=reason)


def _frames(loading: Loading, winners: "DataFrame", planned: Layout, shape: StreamShape, run_id: str) -> list[Frame]:
    """Return the run's frames, parents first, and an empty one for each stored table that it brings nothing for."""
    made = frames(
        winners,
        planned,
        shape,
        run_id=run_id,
        loaded_at=loading.execution.now(),
        glue_context=loading.engine.glue_context,
        staging_path=f"{loading.lake.uri}/_headwater/tmp/{loading.source}/{loading.stream.name}",
    )
    if loading.stream.partition_by:
        made[0] = partitioned(made[0], loading.stream.partition_by)
    return [*made, *loading.lake.vanished(made)]


def written(loading: Loading, run_id: str, winners: "DataFrame", made: Sequence[Frame]) -> list[TableReport]:
    """Write the frames, the root's last: when its table tells of a run, the run's child rows are there."""
    lake, reports = loading.lake, {}
    for frame in reversed(made):
        log.debug("table writing", stream=loading.stream.name, table=frame.table, tables=len(made))
        with loading.execution.meter.writing(loading.stream.name):
            report = loading.stream.write.write(frame, lake, run_id, winners)
        loading.made.append(report)
        loading.register(lake.table(frame.table))
        log.info("table loaded", source=loading.source, run=run_id, **_counts(report))
        reports[frame.table] = report
    return [reports[frame.table] for frame in made]


def shape_of(stream: Stream, source: str) -> StreamShape:
    """Return what shaping has to know of a stream."""
    is_cursor = stream.cursor is not None and stream.order_fields == [stream.cursor.field]
    return StreamShape(
        source,
        stream.name,
        key=key_of(stream),
        order=tuple(stream.order_fields),
        order_format=stream.cursor.format if stream.cursor and is_cursor else "",
        types=stream.types,
        element_keys=stream.element_keys,
        relationalize=stream.relationalize,
    )


def stored_of(lake: Lake, stream: Stream) -> dict[str, Stored]:
    """Return the columns of the stream's tables that exist, by the path that their comment tells."""
    names = [name for name in lake.names() if name == stream.name or name.startswith(f"{stream.name}__")]
    for name in names:
        lake.look(name)
    return {name: Stored(_columns(lake.table(name).schema())) for name in names if name != quarantine_of(stream.name)}


def _columns(schema: Any) -> dict[str, tuple[str, str]]:
    return {
        field.metadata["comment"]: (field.name, field.dataType.simpleString())
        for field in schema.fields
        if "comment" in field.metadata
    }


def _counts(report: TableReport) -> dict[str, Any]:
    added = ",".join(report.added_columns) or None
    return {
        "table": report.table,
        "inserted": report.inserted,
        "updated": report.updated,
        "deleted": report.deleted,
        "new_columns": added,
    }

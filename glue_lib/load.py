"""One stream, from the raw zone to its tables: Run → Frame → Table. Loading a run twice equals loading it once."""

from collections.abc import Sequence
from typing import Any

from glue_lib import log
from glue_lib.errors import ConfigError
from glue_lib.execution import Engine, Execution
from glue_lib.lake.lake import Lake
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.leases import Lease
from glue_lib.landing.outcomes import read_outcome
from glue_lib.landing.plan import Mode
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.run import Part, RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.planning import key_of
from glue_lib.shape.frames import frames
from glue_lib.shape.keyed import keyed, newest, stored_ranks
from glue_lib.shape.layout import layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored
from glue_lib.spec.stream import Stream


def load_stream(execution: Execution, stream: Stream, engine: Engine) -> tuple[str | None, tuple[TableReport, ...]]:
    """Load the runs that are due, in order, moving `loaded` last; return the last one and what became of the tables."""
    source, storage = execution.pipeline.source, execution.storage
    positions = Positions(storage, source, stream.name)
    reports: list[TableReport] = []
    run_id = None
    with Lease(storage, source, stream.name, "load") as lease:
        lake = engine.lake(source, execution.pipeline.database).guarded(lease.check)
        for run_id, mode in _due(execution, stream, positions):
            reports += load_run(
                RunFolder(storage, source, stream.name, run_id), stream, source, lake, engine, execution
            )
            if mode != "backfill":
                _move_loaded(execution, stream, positions, run_id)
    return run_id, _summed(reports)


def load_run(
    folder: RunFolder, stream: Stream, source: str, lake: Lake, engine: Engine, execution: Execution
) -> list[TableReport]:
    """Bring one whole run into the stream's tables; a table that would not change is not committed."""
    parts = folder.parts()
    size_bytes = sum(part.raw_bytes for part in parts) + lake.table(stream.name).size_bytes()
    with engine.fitted(size_bytes):
        return _load(folder, parts, stream, source, lake, engine, execution)


def _load(
    folder: RunFolder,
    parts: Sequence[Part],
    stream: Stream,
    source: str,
    lake: Lake,
    engine: Engine,
    execution: Execution,
) -> list[TableReport]:
    shape = _shape(stream, source)
    notes = folder.notes(parts)
    shape.check_keys(notes)
    stored = _stored(lake, stream)
    planned = layout(notes, stream.name, hints=stream.types, stored=stored)
    root = planned.tables[0]
    arrived = keyed(records(lake.spark, parts, planned.reading), root, shape, folder.run_id)
    if stream.write.one_per_key and stream.key:
        arrived = newest(arrived, shape)
    ranks = dict(zip(shape.ranks, stored_ranks(shape, stored.get(stream.name, Stored())), strict=True))
    kept = stream.write.winners(arrived, lake.table(stream.name), ranks, folder.run_id).persist()
    try:
        made = frames(
            kept,
            planned,
            shape,
            run_id=folder.run_id,
            loaded_at=execution.now(),
            glue_context=engine.glue_context,
            staging_path=f"{lake.uri}/_headwater/tmp/{source}/{stream.name}",
        )
        reports = []
        for frame in [*made, *lake.vanished(made)]:
            report = stream.write.write(frame, lake, folder.run_id, kept)
            engine.register(lake, lake.table(frame.table))
            log.info("table loaded", source=source, run=folder.run_id, **_counts(report))
            reports.append(report)
        return reports
    finally:
        kept.unpersist()


def _due(execution: Execution, stream: Stream, positions: Positions) -> list[tuple[str, Mode]]:
    """Return id and mode of the runs to load: the one asked for, all there are, or those after the last one loaded.

    An id that only an execution had, which went on with an older run, asks for the latter.
    """
    runs = Runs(execution.storage, execution.pipeline.source, stream.name).complete()
    if execution.full_refresh:
        return [(run.run_id, run.mode) for run in runs]
    asked = [(run.run_id, run.mode) for run in runs if run.run_id == execution.run_id]
    if asked:
        return asked
    if execution.run_id and not read_outcome(execution.storage, execution.run_id, stream.name):
        known = ", ".join(run.run_id for run in runs[-5:]) or "none yet"
        raise ConfigError(
            f"{execution.pipeline.source}.{stream.name}: there is no complete run `{execution.run_id}`; "
            f"the last are {known}"
        )
    loaded = positions.loaded()
    ids = [run.run_id for run in runs]
    after = ids.index(loaded.run_id) + 1 if loaded and loaded.run_id in ids else 0
    return [(run.run_id, run.mode) for run in runs[after:]]


def _move_loaded(execution: Execution, stream: Stream, positions: Positions, run_id: str) -> None:
    """Move `loaded` to a run; never back, as a replay of an earlier one would."""
    runs = Runs(execution.storage, execution.pipeline.source, stream.name).complete()
    ids = [run.run_id for run in runs]
    before = positions.loaded()
    if before and before.run_id in ids and ids.index(before.run_id) >= ids.index(run_id):
        return
    positions.move("loaded", Position(None, run_id, before.sequence + 1 if before else 1), before)


def _shape(stream: Stream, source: str) -> StreamShape:
    is_cursor = stream.cursor is not None and stream.order_fields == [stream.cursor.field]
    return StreamShape(
        source,
        stream.name,
        key=key_of(stream),
        order=tuple(stream.order_fields),
        order_format=stream.cursor.format if stream.cursor and is_cursor else "",
        types=stream.types,
        relationalize=stream.relationalize,
    )


def _stored(lake: Lake, stream: Stream) -> dict[str, Stored]:
    """Return the columns of the stream's tables that exist, by the path that their comment tells."""
    names = [name for name in lake.names() if name == stream.name or name.startswith(f"{stream.name}__")]
    return {name: Stored(_columns(lake.table(name).schema())) for name in names if name != f"{stream.name}__quarantine"}


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


def _summed(reports: list[TableReport]) -> tuple[TableReport, ...]:
    """Return one report a table, over all runs that were loaded."""
    summed: dict[str, TableReport] = {}
    for report in reports:
        before = summed.get(report.table, TableReport(report.table))
        summed[report.table] = TableReport(
            report.table,
            inserted=before.inserted + report.inserted,
            updated=before.updated + report.updated,
            deleted=before.deleted + report.deleted,
            added_columns=before.added_columns + report.added_columns,
            committed=before.committed or report.committed,
            version=report.version if report.version is not None else before.version,
        )
    return tuple(summed.values())

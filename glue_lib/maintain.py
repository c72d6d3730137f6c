"""Keeps a source's lake in order: tables compacted and vacuumed, and what is old taken out of the raw zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from types import MappingProxyType

from glue_lib import log
from glue_lib.api.duration import later
from glue_lib.execution import Engine, Execution
from glue_lib.lake.lake import Lake
from glue_lib.lake.upkeep import TableUpkeep, upkeep
from glue_lib.landing.expiry import Freed, delete_old_days, delete_old_outcomes, delete_records, delete_run, expiry
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.leases import Lease
from glue_lib.landing.leftovers import delete_leftovers, delete_unfinished
from glue_lib.landing.positions import Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs, RunState
from glue_lib.landing.storage import Storage
from glue_lib.shape.paths import members, text
from glue_lib.spec.stream import Stream

_YOUNG = timedelta(days=1)  # so long an execution may be at what looks like a leftover
_QUOTA_DAYS = 7  # a time zone is a day ahead at most, and nobody asks for the quota of last week


@dataclass(frozen=True)
class Kept:
    """What keeping a stream in order came to."""

    tables: tuple[TableUpkeep, ...]
    raw: Freed = field(default_factory=Freed)
    leftovers: Freed = field(default_factory=Freed)  # of executions that were killed


@dataclass(frozen=True)
class Retention:
    """For how long a table keeps files that it no longer has; less than a week only where that is `forced`."""

    hours: int
    is_forced: bool = False


def maintain_stream(execution: Execution, stream: Stream, engine: Engine, retention: Retention) -> Kept:
    """Keep a stream's tables and its raw runs in order, while nobody loads it."""
    pipeline, storage = execution.pipeline, execution.storage
    filled = stream.deletes or stream.name  # whose load would read these runs
    with Lease(storage, pipeline.source, filled, "load") as lease:
        lake = engine.lake(pipeline.source, pipeline.database).guarded(lease.check)
        ordered = {stream.name: [text(members(field)) for field in stream.cluster_by]}
        tables = _upkeep(lake, tables_of(lake, stream.name), retention, ordered)
        lease.check()
        freed = _expire(execution, stream)
        lease.check()
        left = delete_leftovers(storage, pipeline.source, stream.name, execution.now() - _YOUNG)
    if left.files:
        told = {"files": left.files, "bytes": left.bytes}
        log.info("leftovers deleted", source=pipeline.source, stream=stream.name, **told)
    if freed.runs:
        told = {"runs": freed.runs, "files": freed.files, "bytes": freed.bytes}
        log.info("runs expired", source=pipeline.source, stream=stream.name, **told)
    return Kept(tables, freed, left)


def maintain_tables(storage: Storage, lake: Lake, stream: str, retention: Retention) -> Kept:
    """Keep the tables of a stream in order of which nothing is known but its name."""
    with Lease(storage, lake.source, stream, "load") as lease:
        return Kept(_upkeep(lake.guarded(lease.check), tables_of(lake, stream), retention))


def maintain_records(execution: Execution) -> Freed:
    """Delete what executions of the source have left behind that is of no use any more."""
    source, now = execution.pipeline.source, execution.now()
    before = later(now, execution.pipeline.maintenance.keep_outcomes, -1, UTC)
    days = delete_old_days(execution.storage, source, (now - timedelta(days=_QUOTA_DAYS)).date())
    left = delete_unfinished(execution.storage, "_headwater/", now - _YOUNG)
    return days + left + delete_old_outcomes(execution.storage, source, before)


def tables_of(lake: Lake, stream: str) -> list[str]:
    """Return the tables of a stream that exist: no stream's name has two `_` in a row, and all its children's have."""
    return [name for name in lake.names() if stream_of(name) == stream]


def stream_of(table: str) -> str:
    """Return the stream that a table belongs to."""
    return table.partition("__")[0]


def _upkeep(
    lake: Lake,
    names: Sequence[str],
    retention: Retention,
    cluster_by: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[TableUpkeep, ...]:
    done = []
    for name in names:
        done.append(
            upkeep(
                lake,
                name,
                retention_hours=retention.hours,
                may_be_short=retention.is_forced,
                cluster_by=cluster_by.get(name, ()),
            )
        )
        files = f"{done[-1].files_before}->{done[-1].files}"
        told = {"files": files, "removed": done[-1].removed_files, "removed_bytes": done[-1].removed_bytes}
        log.info("table kept", source=lake.source, table=name, **told)
    return tuple(done)


def _expire(execution: Execution, stream: Stream) -> Freed:
    """Delete the raw runs that are old and that nothing needs any more."""
    rules, now = execution.pipeline.maintenance, execution.now()
    if rules.keep_raw is None:
        return Freed()
    storage, source = execution.storage, execution.pipeline.source
    positions, runs = Positions(storage, source, stream.name), Runs(storage, source, stream.name).all()
    landed, loaded = positions.landed(), positions.loaded()
    going = expiry(
        runs,
        before=later(now, rules.keep_raw, -1, UTC),
        landed=landed.run_id if landed else None,
        loaded=loaded.run_id if loaded else None,
        built_from=_built_from(stream, runs) if rules.rebuildable else (),
    )
    freed = Freed()
    for run_id in going.records:
        _keep_parents(execution, stream, run_id)
        freed += delete_records(storage, RunLayout(source, stream.name, run_id), now)
    for run_id in going.whole:
        freed += delete_run(storage, RunLayout(source, stream.name, run_id), now)
    return freed


def _built_from(stream: Stream, runs: Sequence[RunState]) -> list[str]:
    """Return the runs that make the stream's tables when they are loaded one after the other into an empty lake."""
    complete = [run.run_id for run in runs if run.status == "complete"]
    return complete[-1:] if stream.write.last_run_tells_all and not stream.deletes else complete


def _keep_parents(execution: Execution, stream: Stream, run_id: str) -> None:
    """See that what fan-outs ask of a run's records stays when these go."""
    fields = execution.pipeline.fields_asked_of(stream.name)
    if fields:
        folder = RunFolder(execution.storage, execution.pipeline.source, stream.name, run_id)
        for _ in folder.kept_parents(fields):
            break

"""Which run an execution works on: the one asked for, one that was stopped before its end, or a new one."""

from collections.abc import Iterator

from glue_lib import log
from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.parents import Parent
from glue_lib.landing.plan import Mode, Plan
from glue_lib.landing.positions import Position
from glue_lib.landing.run import RunFolder
from glue_lib.landing.run_id import new_run_id
from glue_lib.landing.runs import Runs
from glue_lib.planning import mode_of, parents_for, plan
from glue_lib.spec.stream import Stream


def opened(execution: Execution, stream: Stream, landed: Position | None) -> tuple[RunFolder, Plan]:
    """Return the run to work on and its plan; a new run's plan is written before anything is asked for."""
    mode = mode_of(stream, is_backfill=execution.is_backfill, full_refresh=execution.full_refresh, position=landed)
    return (
        _asked_for(execution, stream)
        or _not_moved_past(execution, stream, landed)
        or _unfinished(execution, stream, mode)
        or _new(execution, stream, mode=mode, position=landed)
    )


def _asked_for(execution: Execution, stream: Stream) -> tuple[RunFolder, Plan] | None:
    """Return the run whose id was given, if it was started already."""
    if not execution.run_id:
        return None
    source = execution.pipeline.source
    folder = RunFolder(execution.storage, source, stream.name, execution.run_id)
    planned = folder.plan()
    if planned and planned.fingerprint != stream.fingerprint():
        raise ConfigError(
            f"{source}.{stream.name}: run `{folder.run_id}` was planned with another pipeline file; give the run "
            "another id, or undo the change"
        )
    return (folder, planned) if planned else None


def _not_moved_past(execution: Execution, stream: Stream, landed: Position | None) -> tuple[RunFolder, Plan] | None:
    """Return the run that is complete, but was stopped before `landed` was moved past it."""
    source, storage = execution.pipeline.source, execution.storage
    complete = [run for run in Runs(storage, source, stream.name).complete() if run.mode != "backfill"]
    if not complete or execution.is_backfill:
        return None
    folder = RunFolder(storage, source, stream.name, complete[-1].run_id)
    planned = folder.plan()
    is_due = planned is not None and planned.context["sequence"] == (landed.sequence if landed else 0)
    return (folder, planned) if planned and is_due else None


def _unfinished(execution: Execution, stream: Stream, mode: Mode) -> tuple[RunFolder, Plan] | None:
    """Return the run that an earlier execution left unfinished; one that no longer fits is closed as abandoned."""
    source, storage = execution.pipeline.source, execution.storage
    found = Runs(storage, source, stream.name).unfinished()
    if found is None:
        return None
    folder = RunFolder(storage, source, stream.name, found.run_id)
    planned = folder.plan()
    span = {"start": execution.start, "end": execution.end}
    if (
        planned
        and planned.fingerprint == stream.fingerprint()
        and planned.mode == mode
        and span == {name: planned.context[name] for name in span}
        and _parents_in(planned)
        <= {tuple(sorted(parent.items())) for parent in parents_for(stream, _parents(execution, stream))}
    ):
        log.info("run resumed", source=source, stream=stream.name, run=folder.run_id)
        return folder, planned
    folder.finish("abandoned", {"reason": "another span was asked for, or the pipeline file has changed"})
    log.warning("run abandoned", source=source, stream=stream.name, run=folder.run_id)
    return _unfinished(execution, stream, mode)


def _new(execution: Execution, stream: Stream, *, mode: Mode, position: Position | None) -> tuple[RunFolder, Plan]:
    source, storage, now = execution.pipeline.source, execution.storage, execution.now()
    folder = RunFolder(storage, source, stream.name, execution.run_id or new_run_id(now))
    planned = plan(
        stream,
        run_id=folder.run_id,
        source=source,
        mode=mode,
        position=position,
        parents=_parents(execution, stream),
        start=execution.start,
        end=execution.end,
        now=now,
    )
    return folder, folder.start(planned)


def _parents(execution: Execution, stream: Stream) -> Iterator[Parent]:
    """Yield the records that a fan-out asks for; a run from before the fan-out was there keeps them from now on."""
    source, storage = execution.pipeline.source, execution.storage
    for name in stream.parents:
        runs = Runs(storage, source, name)
        for run in runs.since_last_full():
            RunFolder(storage, source, name, run.run_id).keep_parents(execution.pipeline.fields_asked_of(name))
        yield from runs.parents(only_changed=stream.only_changed)


def _parents_in(planned: Plan) -> set[tuple[tuple[str, str], ...]]:
    return {tuple(sorted(parent.items())) for work in planned.slices for parent in work.work.get("parents", ())}

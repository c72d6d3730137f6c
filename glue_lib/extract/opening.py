"""Which run an execution works on: the one asked for, one that was stopped before its end, or a new one."""

from dataclasses import replace

from glue_lib import log
from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.extract.fanning import Asked, Drawn, Row, asked_with, drawn
from glue_lib.extract.planning import is_of_another_cursor, mode_of, plan, refuse_doubling, refuse_span
from glue_lib.extract.reached import Reached
from glue_lib.landing.plan import Mode, Plan
from glue_lib.landing.positions import Position
from glue_lib.landing.reached import ReachedFile
from glue_lib.landing.run import RunFolder
from glue_lib.landing.run_id import new_run_id
from glue_lib.landing.runs import Runs, behind
from glue_lib.spec.stream import Stream


def opened(execution: Execution, stream: Stream, landed: Position | None) -> tuple[RunFolder, Plan]:
    """Return the run to work on and its plan; a new run's plan is written before anything is asked for."""
    if execution.is_backfill:
        refuse_span(execution.pipeline.source, stream, execution.pipeline.streams.values())
    mode = mode_of(stream, is_backfill=execution.is_backfill, full_refresh=execution.full_refresh, position=landed)
    return (
        _asked_for(execution, stream)
        or _not_moved_past(execution, stream, landed)
        or _unfinished(execution, stream, mode, landed)
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


def _unfinished(
    execution: Execution, stream: Stream, mode: Mode, landed: Position | None
) -> tuple[RunFolder, Plan] | None:
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
        and _parents_in(stream, planned) <= _still_there(execution, stream, mode, landed)
    ):
        log.info("run resumed", source=source, stream=stream.name, run=folder.run_id)
        return folder, planned
    folder.finish("abandoned", {"reason": "another span was asked for, or the pipeline file has changed"})
    log.warning("run abandoned", source=source, stream=stream.name, run=folder.run_id)
    return _unfinished(execution, stream, mode, landed)


def _new(execution: Execution, stream: Stream, *, mode: Mode, position: Position | None) -> tuple[RunFolder, Plan]:
    source, storage, now = execution.pipeline.source, execution.storage, execution.now()
    if position and mode == "full" and not execution.full_refresh:
        _tell_of_another_cursor(source, stream, position)
    folder = RunFolder(storage, source, stream.name, execution.run_id or new_run_id(now))
    planned = plan(
        stream,
        run_id=folder.run_id,
        source=source,
        mode=mode,
        position=position,
        drawn=_drawn(execution, stream, mode, position),
        reached=_reached(execution, stream, position),
        start=execution.start,
        end=execution.end,
        now=now,
    )
    return folder, folder.start(planned)


def _tell_of_another_cursor(source: str, stream: Stream, position: Position) -> None:
    if is_of_another_cursor(stream, position) and stream.cursor:
        refuse_doubling(f"{source}.{stream.name}", stream, position)
        before, now = position.scale, stream.cursor.scale
        log.warning("cursor changed", source=source, stream=stream.name, before=before, now=now)


def _reached(execution: Execution, stream: Stream, landed: Position | None) -> Reached | None:
    """Return how far each parent is read; None where that was not kept: then all are as far as the position."""
    if landed is None or stream.cursor is None or not stream.holes:
        return None
    return ReachedFile(execution.storage, execution.pipeline.source, stream.name).read(landed.sequence)


def _drawn(execution: Execution, stream: Stream, mode: Mode, landed: Position | None) -> Drawn | None:
    """Return the parents that a fan-out asks for; a run from before the fan-out was there keeps them from now on."""
    draws = execution.pipeline.draws_of(stream)
    if not draws:
        return None
    source, storage = execution.pipeline.source, execution.storage
    before = _read_to(execution, stream, landed) if stream.only_changed and mode == "incremental" else {}
    rows: dict[str, list[Row]] = {}
    read_to: dict[str, str] = {}
    for name in draws:
        runs, fields = Runs(storage, source, name), execution.pipeline.fields_asked_of(name)
        whole = runs.since_last_full()
        if not whole:
            raise ConfigError(f"{source}.{stream.name}: {_never_read(name)}")
        new = behind(whole, before.get(name))
        needed = new if len(draws) == 1 else whole  # a changed record meets the unchanged ones of the other streams
        rows[name] = [(parent, run in new) for run, parent in runs.kept_parents(needed, fields)]
        read_to[name] = whole[-1].run_id
    found = drawn(f"{source}.{stream.name}", stream, draws, rows, is_part=bool(before))
    return replace(found, read_to=read_to)


def _never_read(parent: str) -> str:
    return f"needs the records of `{parent}`, which was never read to its end; read it too, with `--stream {parent}`"


def _read_to(execution: Execution, stream: Stream, landed: Position | None) -> dict[str, str]:
    """Return the runs of its parents that the stream's last landed run had read."""
    if landed is None or landed.run_id is None:
        return {}
    planned = RunFolder(execution.storage, execution.pipeline.source, stream.name, landed.run_id).plan()
    return dict(planned.context.get("read_to", {})) if planned else {}


def _still_there(execution: Execution, stream: Stream, mode: Mode, landed: Position | None) -> set[Asked]:
    found = _drawn(execution, stream, mode, landed)
    return {asked_with(stream, parent) for parent in found.parents} if found else set()


def _parents_in(stream: Stream, planned: Plan) -> set[Asked]:
    return {asked_with(stream, parent) for work in planned.slices for parent in work.work.get("parents", ())}

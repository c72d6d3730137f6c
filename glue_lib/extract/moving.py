"""Where `landed` goes behind a complete run, and where it was, should it be lost: the whole runs tell."""

from collections.abc import Iterable, Mapping
from typing import Any

from glue_lib import log
from glue_lib.execution import Execution
from glue_lib.extract.planning import is_of_another_cursor, landed_after, read_at
from glue_lib.extract.reached import reached_after
from glue_lib.landing.plan import Plan
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.reached import ReachedFile
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.spec.stream import Stream

_MOST_ON_EDGE = 2000


def move_landed(execution: Execution, folder: RunFolder, planned: Plan, stream: Stream) -> None:
    """Move `landed` past the run, unless that was done before or a later run has moved it since."""
    positions = Positions(execution.storage, execution.pipeline.source, stream.name)
    before, sequence = positions.landed(), planned.context["sequence"]
    if (before.sequence if before else 0) == sequence:
        positions.move("landed", _behind(execution, folder, planned, stream, before), before)


def recovered_landed(execution: Execution, stream: Stream) -> Position | None:
    """Return where `landed` was, from the whole runs since the last full one, and put it there; the lease must be held.

    None where there are none, or where the records are deleted of one of them: then everything is read anew.
    """
    source, storage = execution.pipeline.source, execution.storage
    runs = [run for run in Runs(storage, source, stream.name).since_last_full() if run.mode != "backfill"]
    if not runs or runs[0].mode != "full" or any(run.is_expired for run in runs):
        return None
    found: Position | None = None
    for run in runs:
        folder = RunFolder(storage, source, stream.name, run.run_id)
        planned = folder.plan()
        if planned is None or (found and planned.context["sequence"] != found.sequence):
            return None
        found = _behind(execution, folder, planned, stream, found)
    if found is None or found.sequence == 1:  # the only run: it is taken for one that was stopped before this move
        return None
    Positions(storage, source, stream.name).move("landed", found, None)
    log.warning("position recovered", source=source, stream=stream.name, landed=found.run_id)
    return found


def _behind(
    execution: Execution, folder: RunFolder, planned: Plan, stream: Stream, before: Position | None
) -> Position:
    """Return the position behind a complete run; how far each parent of a fan-out is read is kept with it."""
    source, storage, sequence = execution.pipeline.source, execution.storage, planned.context["sequence"]
    scale = planned.context.get("scale") or (stream.cursor.scale if stream.cursor else None)
    if stream.cursor and scale != stream.cursor.scale:  # stopped before this move, and the file has changed since
        return Position(None, folder.run_id, sequence + 1, scale=scale)
    known = None if is_of_another_cursor(stream, before) else before
    latest = None
    found = [manifest["evidence"] for manifest in folder.manifests()]
    for evidence in found:
        latest = stream.cursor.latest(latest, evidence["latest"]) if stream.cursor else None
    not_after = read_at(planned, (evidence.get("served") for evidence in found))
    value = landed_after(stream, planned, latest, known, not_after)
    if stream.cursor and stream.holes:
        kept = ReachedFile(storage, source, stream.name)
        latests = dict(enumerate(evidence["latests"] for evidence in found))
        gone = dict(enumerate(evidence.get("gone", ()) for evidence in found))
        kept.write(sequence + 1, reached_after(stream, planned, latests, kept.read(sequence), gone, not_after))
    return Position(
        value, folder.run_id, sequence + 1, _edge(found, known if known and known.value == value else None), scale
    )


def _edge(found: Iterable[Mapping[str, Any]], before: Position | None) -> dict[str, int]:
    """Return the marks of what the next run will meet again; none where they are too many, which doubles no key."""
    edge = dict(before.edge) if before else {}
    for evidence in found:
        edge |= evidence.get("edge") or {}
    return edge if len(edge) <= _MOST_ON_EDGE else {}

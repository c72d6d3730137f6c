"""`loaded`, found again in the tables when it is lost: the root's newest commit tells which runs are in them.

The root table is written last. So what its note names is there whole, and a run that changed nothing, of which no
commit tells, is loaded again for nothing. What a replay had still to load, the note tells too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from glue_lib import log
from glue_lib.execution import Execution
from glue_lib.lake.lake import Lake
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.replays import Replays
from glue_lib.load.due import complete
from glue_lib.spec.stream import Stream


def filling(execution: Execution, filled: Stream) -> Sequence[Stream]:
    """Return the streams whose runs go to the tables of `filled`: itself, and those that tell its deletions."""
    return [one for one in execution.pipeline.streams.values() if filled.name in (one.name, one.deletes)]


def loaded_of(execution: Execution, filled: Stream) -> dict[str, str]:
    """Return the last run loaded, by stream, of those that fill these tables."""
    found = {one.name: _positions(execution, one).loaded() for one in filling(execution, filled)}
    return {name: position.run_id for name, position in found.items() if position and position.run_id}


def recover_loaded(execution: Execution, filled: Stream, lake: Lake) -> bool:
    """Move `loaded` to where the tables are, of each stream that has lost it; say whether any has moved.

    The load's lease must be held.
    """
    known = loaded_of(execution, filled)
    lost = [one for one in filling(execution, filled) if one.name not in known]
    runs = {one.name: [run.run_id for run in complete(execution, one)] for one in lost}
    if not any(runs.values()) or not lake.table(filled.name).exists():
        return False
    note = lake.table(filled.name).note() or {}
    told, replays = _told(note, filled), Replays(execution.storage, lake.source, filled.name)
    if note.get("left") and not replays.left():
        replays.keep([(one[0], one[1]) for one in note["left"]])
    found = [(one, told[one.name]) for one in lost if told.get(one.name) in runs[one.name]]
    for one, run_id in found:
        _positions(execution, one).move("loaded", Position(None, run_id, 1), None)
        log.warning("position recovered", source=lake.source, stream=one.name, loaded=run_id)
    return bool(found)


def _told(note: Mapping[str, Any], filled: Stream) -> Mapping[str, str]:
    """Return the last run in the tables by stream, as a commit tells it; older ones told of one run only."""
    loaded = note.get("loaded")
    if isinstance(loaded, dict):
        return loaded
    return {filled.name: str(note["run_id"])} if "run_id" in note else {}


def _positions(execution: Execution, stream: Stream) -> Positions:
    return Positions(execution.storage, execution.pipeline.source, stream.name)

"""Which runs a load takes, in which order: those not loaded yet, or those asked for, and what a replay must repeat.

Nothing is passed over: a run that is asked for by its id brings along those before it that are not loaded yet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.outcomes import read_outcome
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.runs import Runs, RunState
from glue_lib.spec.stream import Stream


@dataclass(frozen=True)
class Due:
    """A run to bring into a stream's tables: of the stream itself, or of one that tells its deletions."""

    stream: Stream  # whose run it is
    run: RunState
    later: tuple[str, ...]  # the runs, of the stream whose tables they are, that came after it
    is_new: bool  # it was not loaded before

    @property
    def moment(self) -> datetime:
        """Return when the run began to read."""
        return datetime.fromisoformat(self.run.created_at)

    @property
    def whole_at(self) -> datetime | None:
        """Return the same where the run brought all there is."""
        return self.moment if self.run.mode == "full" else None


def due(execution: Execution, stream: Stream) -> list[Due]:
    """Return what a load of the stream takes.

    Where keys can go, a run that is loaded again may bring back what a later one took away; so the later ones that
    were loaded follow it.
    """
    runs = complete(execution, stream)
    loaded = _loaded(execution, stream, runs)
    chosen = _chosen(execution, stream, runs, len(loaded))
    table_runs = complete(execution, execution.pipeline.stream(stream.deletes)) if stream.deletes else runs
    deleting = [one for one in execution.pipeline.streams.values() if one.deletes == stream.name]
    if not chosen or not (deleting or stream.deleted or stream.write.forgets):
        return [_due(stream, run, table_runs, _ids(loaded)) for run in chosen]
    again = runs[runs.index(chosen[0]) : len(loaded)]
    taken, known = _ids(chosen) | _ids(again), _ids(loaded)
    found = [_due(stream, run, table_runs, known) for run in runs if run.run_id in taken]
    for other in deleting:
        theirs = _loaded(execution, other, complete(execution, other))
        found += [_due(other, run, table_runs, _ids(theirs)) for run in theirs if _place(run) > _place(chosen[0])]
    return sorted((one for one in found if not one.run.is_expired), key=lambda one: _place(one.run))


def from_raw(execution: Execution, stream: Stream) -> list[Due]:
    """Return all runs that make the stream's tables when they are loaded one after the other into an empty lake."""
    found = due(replace(execution, run_id=None, full_refresh=True), stream)
    is_last_enough = stream.write.last_run_tells_all
    needed = complete(execution, stream)[-1:] if is_last_enough else complete(execution, stream)
    if gone := [run.run_id for run in needed if run.is_expired]:
        raise ConfigError(
            f"{execution.pipeline.source}.{stream.name}: the raw records of {len(gone)} runs are deleted (the last: "
            f"{gone[-1]}), and what they brought would be lost; read the stream again with `--full-refresh`"
        )
    return found[-1:] if is_last_enough else found


def left(execution: Execution, stream: Stream, runs: Sequence[tuple[str, str]]) -> list[Due]:
    """Return what is left of a replay of the stream's tables, by the names of streams and runs."""
    table_runs = complete(execution, stream)
    known = {name: execution.pipeline.stream(name) for name, _ in runs if name in execution.pipeline.streams}
    theirs = {name: complete(execution, one) for name, one in known.items()}
    loaded = {name: _ids(_loaded(execution, one, theirs[name])) for name, one in known.items()}
    found = [
        _due(known[name], run, table_runs, loaded[name])
        for name, run_id in runs
        for run in theirs.get(name, ())
        if run.run_id == run_id
    ]
    return [one for one in found if not one.run.is_expired]


def move_loaded(execution: Execution, loaded: Due) -> None:
    """Move `loaded` to a run; never back, as a replay of an earlier one would, and never for a span of time."""
    if moves_loaded(loaded):
        positions = Positions(execution.storage, execution.pipeline.source, loaded.stream.name)
        before = positions.loaded()
        positions.move("loaded", Position(None, loaded.run.run_id, before.sequence + 1 if before else 1), before)


def moves_loaded(loaded: Due) -> bool:
    """Say whether `loaded` moves to a run when that is in the tables."""
    return loaded.is_new and loaded.run.mode != "backfill"


def _chosen(execution: Execution, stream: Stream, runs: Sequence[RunState], loaded: int) -> Sequence[RunState]:
    """Return the run asked for, all there are, or those behind the first ones, which are loaded.

    An id that only an execution had, which went on with an older run, asks for the latter.
    """
    if execution.full_refresh:
        return [run for run in runs if not run.is_expired]
    asked = next((place for place, run in enumerate(runs) if run.run_id == execution.run_id), None)
    if asked is not None and asked < loaded:
        return [runs[asked]]
    if asked is None and execution.run_id and not read_outcome(execution.storage, execution.run_id, stream.name):
        known = ", ".join(run.run_id for run in runs[-5:]) or "none yet"
        raise ConfigError(
            f"{execution.pipeline.source}.{stream.name}: there is no complete run `{execution.run_id}`; "
            f"the last are {known}"
        )
    # Records go only of runs that were loaded: one that stands behind `loaded` does so since that was lost and found.
    after = [run for run in runs[loaded : None if asked is None else asked + 1] if not run.is_expired]
    is_last_enough = stream.write.last_run_tells_all and not stream.deletes
    return after[-1:] if is_last_enough else after


def _due(stream: Stream, run: RunState, table_runs: Sequence[RunState], loaded: Collection[str]) -> Due:
    later = tuple(one.run_id for one in table_runs if _place(one) > _place(run))
    return Due(stream, run, later, is_new=run.run_id not in loaded)


def _ids(runs: Sequence[RunState]) -> set[str]:
    return {run.run_id for run in runs}


def _place(run: RunState) -> tuple[datetime, str]:
    return datetime.fromisoformat(run.created_at), run.run_id


def complete(execution: Execution, stream: Stream) -> list[RunState]:
    """Return the stream's complete runs, in order."""
    return Runs(execution.storage, execution.pipeline.source, stream.name).complete()


def _loaded(execution: Execution, stream: Stream, runs: Sequence[RunState]) -> Sequence[RunState]:
    """Return the runs up to the last one loaded."""
    loaded = Positions(execution.storage, execution.pipeline.source, stream.name).loaded()
    ids = [run.run_id for run in runs]
    return runs[: ids.index(loaded.run_id) + 1] if loaded and loaded.run_id in ids else []

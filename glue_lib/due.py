"""Which runs a load takes, in which order: those not loaded yet, or those asked for, and what a replay must repeat.

Nothing is passed over: a run that is asked for by its id brings along those before it that are not loaded yet.
"""

from collections.abc import Sequence
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
    chosen = _chosen(execution, stream, runs)
    table_runs = complete(execution, execution.pipeline.stream(stream.deletes)) if stream.deletes else runs
    deleting = [one for one in execution.pipeline.streams.values() if one.deletes == stream.name]
    if not chosen or not (deleting or stream.deleted or stream.write.forgets):
        return [_due(stream, run, table_runs) for run in chosen]
    first = runs.index(chosen[0])
    again = runs[first : len(_loaded(execution, stream, runs))]
    found = [_due(stream, run, table_runs) for run in runs if run in chosen or run in again]
    for other in deleting:
        loaded = _loaded(execution, other, complete(execution, other))
        found += [_due(other, run, table_runs) for run in loaded if _place(run) > _place(chosen[0])]
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
    found = []
    for name, run_id in runs:
        if name in execution.pipeline.streams:
            one = execution.pipeline.stream(name)
            found += [_due(one, run, table_runs) for run in complete(execution, one) if run.run_id == run_id]
    return [one for one in found if not one.run.is_expired]


def is_replay(execution: Execution, runs: Sequence[Due]) -> bool:
    """Say whether any of the runs was loaded before."""
    streams = {one.stream.name: one.stream for one in runs}
    loaded = {name: _loaded(execution, one, complete(execution, one)) for name, one in streams.items()}
    return any(one.run in loaded[one.stream.name] for one in runs)


def move_loaded(execution: Execution, loaded: Due) -> None:
    """Move `loaded` to a run; never back, as a replay of an earlier one would, and never for a span of time."""
    if not moves_loaded(execution, loaded):
        return
    positions = Positions(execution.storage, execution.pipeline.source, loaded.stream.name)
    before = positions.loaded()
    positions.move("loaded", Position(None, loaded.run.run_id, before.sequence + 1 if before else 1), before)


def moves_loaded(execution: Execution, loaded: Due) -> bool:
    """Say whether `loaded` moves to a run when that is in the tables."""
    runs = complete(execution, loaded.stream)
    return loaded.run.mode != "backfill" and loaded.run not in _loaded(execution, loaded.stream, runs)


def _chosen(execution: Execution, stream: Stream, runs: Sequence[RunState]) -> Sequence[RunState]:
    """Return the run asked for, all there are, or those after the last one loaded.

    An id that only an execution had, which went on with an older run, asks for the latter.
    """
    if execution.full_refresh:
        return [run for run in runs if not run.is_expired]
    loaded = _loaded(execution, stream, runs)
    asked = next((place for place, run in enumerate(runs) if run.run_id == execution.run_id), None)
    if asked is not None and asked < len(loaded):
        return [runs[asked]]
    if asked is None and execution.run_id and not read_outcome(execution.storage, execution.run_id, stream.name):
        known = ", ".join(run.run_id for run in runs[-5:]) or "none yet"
        raise ConfigError(
            f"{execution.pipeline.source}.{stream.name}: there is no complete run `{execution.run_id}`; "
            f"the last are {known}"
        )
    after = runs[len(loaded) : None if asked is None else asked + 1]
    is_last_enough = stream.write.last_run_tells_all and not stream.deletes
    return after[-1:] if is_last_enough else after


def _due(stream: Stream, run: RunState, table_runs: Sequence[RunState]) -> Due:
    return Due(stream, run, tuple(one.run_id for one in table_runs if _place(one) > _place(run)))


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

"""Which runs a load takes, in which order: those not loaded yet, or those asked for, and what a replay must repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    runs = _complete(execution, stream)
    chosen = _chosen(execution, stream, runs)
    table_runs = _complete(execution, execution.pipeline.stream(stream.deletes)) if stream.deletes else runs
    deleting = [one for one in execution.pipeline.streams.values() if one.deletes == stream.name]
    if not chosen or not (deleting or stream.deleted or stream.write.forgets):
        return [_due(stream, run, table_runs) for run in chosen]
    first = runs.index(chosen[0])
    again = runs[first : len(_loaded(execution, stream, runs))]
    found = [_due(stream, run, table_runs) for run in runs if run in chosen or run in again]
    for other in deleting:
        loaded = _loaded(execution, other, _complete(execution, other))
        found += [_due(other, run, table_runs) for run in loaded if _place(run) > _place(chosen[0])]
    return sorted((one for one in found if not one.run.is_expired), key=lambda one: _place(one.run))


def move_loaded(execution: Execution, loaded: Due) -> None:
    """Move `loaded` to a run; never back, as a replay of an earlier one would, and never for a span of time."""
    if loaded.run.mode == "backfill":
        return
    positions = Positions(execution.storage, execution.pipeline.source, loaded.stream.name)
    ids = [run.run_id for run in _complete(execution, loaded.stream)]
    before, run_id = positions.loaded(), loaded.run.run_id
    if before and before.run_id in ids and ids.index(before.run_id) >= ids.index(run_id):
        return
    positions.move("loaded", Position(None, run_id, before.sequence + 1 if before else 1), before)


def _chosen(execution: Execution, stream: Stream, runs: Sequence[RunState]) -> Sequence[RunState]:
    """Return the run asked for, all there are, or those after the last one loaded.

    An id that only an execution had, which went on with an older run, asks for the latter.
    """
    if execution.full_refresh:
        return [run for run in runs if not run.is_expired]
    asked = [run for run in runs if run.run_id == execution.run_id]
    if asked:
        return asked
    if execution.run_id and not read_outcome(execution.storage, execution.run_id, stream.name):
        known = ", ".join(run.run_id for run in runs[-5:]) or "none yet"
        raise ConfigError(
            f"{execution.pipeline.source}.{stream.name}: there is no complete run `{execution.run_id}`; "
            f"the last are {known}"
        )
    after = runs[len(_loaded(execution, stream, runs)) :]
    is_last_enough = stream.write.last_run_tells_all and not stream.deletes
    return after[-1:] if is_last_enough else after


def _due(stream: Stream, run: RunState, table_runs: Sequence[RunState]) -> Due:
    return Due(stream, run, tuple(one.run_id for one in table_runs if _place(one) > _place(run)))


def _place(run: RunState) -> tuple[datetime, str]:
    return datetime.fromisoformat(run.created_at), run.run_id


def _complete(execution: Execution, stream: Stream) -> list[RunState]:
    return Runs(execution.storage, execution.pipeline.source, stream.name).complete()


def _loaded(execution: Execution, stream: Stream, runs: Sequence[RunState]) -> Sequence[RunState]:
    """Return the runs up to the last one loaded."""
    loaded = Positions(execution.storage, execution.pipeline.source, stream.name).loaded()
    ids = [run.run_id for run in runs]
    return runs[: ids.index(loaded.run_id) + 1] if loaded and loaded.run_id in ids else []

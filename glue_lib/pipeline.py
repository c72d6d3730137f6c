"""The straight line: from a pipeline file to tables. Spec → Slice → Page → Run → Frame → Table.

    ingest   API → raw zone       asks the API; knows no table and needs no Spark
    load     raw zone → tables    asks nobody, and can be repeated
    sync     both; while one stream's tables are written, the next stream is fetched
    maintain                      keeps tables and raw zone in order

Each brings every stream of an execution to its end; one that fails does not stop the others, but for those that need
its records. At the end a failure is raised, with the outcomes of all.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING

from glue_lib import log
from glue_lib.errors import ApiError, ConfigError, HeadwaterError
from glue_lib.execution import Engine, Execution, ExecutionFailed, Outcome
from glue_lib.extract.connection import Connection
from glue_lib.extract.ingest import ingest_stream
from glue_lib.landing.outcomes import Outcome as Left
from glue_lib.landing.outcomes import write_outcome
from glue_lib.meter import Step
from glue_lib.report.recorder import recorded
from glue_lib.spec.stream import Stream

if TYPE_CHECKING:
    from glue_lib.maintain import Retention


def ingest(execution: Execution) -> list[Outcome]:
    """Land one run of each stream."""
    with recorded(execution, "ingest") as records, Connection(execution) as connection:
        records.knows(connection.redaction)
        extraction = _Extraction(execution, connection)
        outcomes = [records.end(extraction.land(stream)) for stream in execution.in_order()]
    return _ended(execution, "ingest", outcomes)


def load(execution: Execution) -> list[Outcome]:
    """Bring the runs that are whole into the tables: those not loaded yet, or those asked for."""
    streams = execution.in_order()
    with recorded(execution, "load") as records:
        engine = execution.engine()
        outcomes = [records.end(_load(execution, stream, engine)) for stream in streams]
    return _ended(execution, "load", outcomes)


def sync(execution: Execution) -> list[Outcome]:
    """Land one run of each stream and bring it into the tables."""
    with (
        recorded(execution, "sync") as records,
        Connection(execution) as connection,
        ThreadPoolExecutor(1, thread_name_prefix="ingest") as ahead,
    ):
        records.knows(connection.redaction)
        extraction = _Extraction(execution, connection)
        landing = [(stream, ahead.submit(extraction.land, stream)) for stream in execution.in_order()]
        engine = execution.engine()  # Spark starts while the first pages are fetched
        outcomes = [records.end(_load_landed(execution, stream, landed.result(), engine)) for stream, landed in landing]
    return _ended(execution, "sync", outcomes)


def maintain(execution: Execution, retention: "Retention | None" = None) -> list[Outcome]:
    """Keep each stream's tables and raw runs in order; `retention` is by default the pipeline file's."""
    from glue_lib.maintain import Retention, maintain_records

    kept = retention or Retention(execution.pipeline.maintenance.retention_hours)
    engine = execution.engine()
    outcomes = [_maintain(execution, stream, engine, kept) for stream in execution.in_order()]
    maintain_records(execution)
    return _ended(execution, "maintain", outcomes)


class _Extraction:
    """Lands stream after stream over one connection."""

    def __init__(self, execution: Execution, connection: Connection) -> None:
        self._execution = execution
        self._connection = connection
        self._unfinished: dict[str, Outcome] = {}

    def land(self, stream: Stream) -> Outcome:
        """Return what became of the stream; never raises what a user can mend."""
        outcome = _guarded(self._execution, stream, lambda: self._land(stream))
        if outcome.status != "complete":
            self._unfinished[stream.name] = outcome
        return outcome

    def _land(self, stream: Stream) -> Outcome:
        above = [self._unfinished[parent] for parent in stream.parents if parent in self._unfinished]
        if above:
            return _behind(stream, above)
        with self._connection.redaction.cleaning(), self._execution.meter.fetching(stream.name):
            return ingest_stream(self._execution, stream, self._connection.client(stream))


def _behind(stream: Stream, above: Sequence[Outcome]) -> Outcome:
    """Return the outcome of a stream that was not read, because of its parents: it waits with those that wait."""
    source = above[0].source
    failed = [outcome for outcome in above if outcome.status == "failed"]
    reason = f"was not read, since its parent `{(failed or above)[0].stream}` is not complete"
    if failed:
        raise ApiError(f"{source}.{stream.name}: {reason}")
    resume_at = max(filter(None, (outcome.resume_at for outcome in above)), default=None)
    log.warning("stream waits", source=source, stream=stream.name, resume_at=resume_at, reason=reason)
    evidence = {"reason": f"{source}.{stream.name}: {reason}", "resume_at": resume_at}
    return Outcome(source, stream.name, "incomplete", resume_at=resume_at, evidence=evidence)


def _load_landed(execution: Execution, stream: Stream, landed: Outcome, engine: Engine) -> Outcome:
    """Load what is due once the stream is complete; what is not stays in the raw zone until it is."""
    if landed.status != "complete":
        return landed
    run_id = landed.run_id if execution.run_id or execution.is_backfill else None
    asked = replace(execution, run_id=run_id, full_refresh=False)
    loaded = _load(asked, stream, engine)
    return replace(landed, status=loaded.status, error=loaded.error, is_mistake=loaded.is_mistake, tables=loaded.tables)


def _load(execution: Execution, stream: Stream, engine: Engine) -> Outcome:
    def load_due() -> Outcome:
        from glue_lib.lake.spark_errors import spark_errors_of
        from glue_lib.load.stream import load_stream

        source = execution.pipeline.source
        with spark_errors_of(f"{source}.{stream.name}"), execution.meter.loading(stream.name):
            run_id, tables = load_stream(execution, stream, engine)
        return Outcome(source, stream.name, "complete", run_id, tables=tables)

    return _guarded(execution, stream, load_due)


def _maintain(execution: Execution, stream: Stream, engine: Engine, retention: "Retention") -> Outcome:
    def keep() -> Outcome:
        from glue_lib.lake.spark_errors import spark_errors_of
        from glue_lib.maintain import maintain_stream

        source = execution.pipeline.source
        with spark_errors_of(f"{source}.{stream.name}"):
            kept = maintain_stream(execution, stream, engine, retention)
        return Outcome(source, stream.name, "complete", evidence=asdict(kept))

    return _guarded(execution, stream, keep)


def _guarded(execution: Execution, stream: Stream, work: Callable[[], Outcome]) -> Outcome:
    """Do a stream's work; what a user can mend becomes a failed outcome, so that the other streams go on."""
    try:
        return work()
    except HeadwaterError as error:
        source = execution.pipeline.source
        log.error("stream failed", source=source, stream=stream.name, error=str(error))
        is_mistake = isinstance(error, ConfigError)
        landed = {"run_id": execution.run_id} | dict(error.landed or {})
        return Outcome(source, stream.name, "failed", error=str(error), is_mistake=is_mistake, **landed)


def _ended(execution: Execution, step: Step, outcomes: list[Outcome]) -> list[Outcome]:
    """Leave each outcome where a workflow finds it, and raise when one is a failure.

    An execution that was given an id leaves them under that one too: it may have gone on with an older run.
    """
    execution.meter.end(step, outcomes)
    for outcome in outcomes:
        for run_id in {outcome.run_id, execution.run_id} - {None}:
            write_outcome(execution.storage, _left(outcome, str(run_id), execution.now()))
    if any(outcome.status == "failed" for outcome in outcomes):
        raise ExecutionFailed(outcomes)
    return outcomes


def _left(outcome: Outcome, run_id: str, now: datetime) -> Left:
    counts = {"records": outcome.records, "pages": outcome.pages}
    counts |= {name: outcome.evidence[name] for name in ("slices", "whole_slices") if name in outcome.evidence}
    unfinished = [*outcome.evidence.get("failed_slices", ()), *outcome.evidence.get("waiting_slices", ())]
    return Left(
        run_id,
        outcome.source,
        outcome.stream,
        outcome.status,
        outcome.resume_at,
        counts,
        unfinished,
        ended_at=now.isoformat(),
    )

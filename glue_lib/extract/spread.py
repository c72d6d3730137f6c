"""The slices of a run as Spark tasks, for a backfill that outgrows one machine: `spread: executors` on a stream.

The driver has planned and opened the run, and holds its lease. Each task lands its share of the slices as the driver
would, with its share of the budget. What fails comes back as a value: an exception would go through Spark's logs, and
its text could be lost. Where there is no Spark, the slices are spread over threads.
"""

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Event

from glue_lib import log
from glue_lib.api.redaction import Redaction
from glue_lib.api.retry import Deferred
from glue_lib.errors import ApiError, ConfigError, HeadwaterError, LoadError
from glue_lib.execution import Execution, NoEngine, no_engine
from glue_lib.extract.connection import Connection
from glue_lib.extract.together import land_all, landed, missing
from glue_lib.extract.unfinished import Unfinished, left_undone
from glue_lib.extract.walk import Run
from glue_lib.landing.leases import LeaseLost, Ticket, Witness
from glue_lib.landing.plan import Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import open_storage
from glue_lib.landing.writer import Outrun
from glue_lib.spec.pipeline import Pipeline

_TRIES_AGAINST_ANOTHER = 3
_ERRORS: dict[str, type[HeadwaterError]] = {
    error.__name__: error for error in (ApiError, ConfigError, LoadError, LeaseLost, HeadwaterError)
}


@dataclass(frozen=True)
class Errand:
    """What travels to an executor: references instead of secrets, and nothing that is open."""

    pipeline: Pipeline  # its limits are the task's share
    lake: str
    secrets: Callable[[str], str]
    stream: str
    run_id: str
    ticket: Ticket
    part_bytes: int
    part_seconds: float
    deadline: datetime | None

    def execution(self) -> Execution:
        """Return the execution that does the errand."""
        return Execution(
            self.pipeline,
            open_storage(self.lake),
            no_engine,
            self.secrets,
            part_bytes=self.part_bytes,
            part_seconds=self.part_seconds,
            deadline=self.deadline,
        )


@dataclass(frozen=True)
class Failure:
    """Why a slice is not whole, without credentials."""

    number: int
    kind: str
    text: str
    status: int | None = None
    resume_at: datetime | None = None

    @classmethod
    def of(cls, number: int, error: BaseException, redaction: Redaction) -> "Failure":
        """Return what is to be told of an error; of one that nobody foresaw, the way to it too."""
        text = redaction.clean(str(error))
        if isinstance(error, Deferred):
            return cls(number, "Deferred", text, error.status, error.resume_at)
        if isinstance(error, HeadwaterError):
            kind = next(name for name, known in _ERRORS.items() if isinstance(error, known))
            return cls(number, kind, text, getattr(error, "status", None))
        return cls(number, "", redaction.clean("".join(traceback.format_exception(error))))

    def error(self) -> BaseException:
        """Return the error, as one that was met here."""
        if self.resume_at is not None:
            return Deferred(self.text, self.resume_at)
        if self.kind not in _ERRORS:
            return RuntimeError(self.text)
        error = _ERRORS[self.kind](self.text)
        if isinstance(error, ApiError):
            error.status = self.status
        return error


@dataclass(frozen=True)
class Report:
    """What a task came to."""

    slices: int
    whole: int
    pages: int  # landed of these slices, also by attempts before
    records: int
    seconds: float
    failures: tuple[Failure, ...] = ()


def land_on_executors(run: Run) -> Unfinished | None:
    """Land the slices that are not whole yet as Spark tasks; return what is left undone."""
    execution, limits, slices = run.execution, run.execution.pipeline.limits, missing(run)
    try:
        engine = execution.engine() if min(limits.concurrency, len(slices)) > 1 else None
    except NoEngine as error:
        log.info("no executors", stream=run.stream.name, reason=str(error))
        engine = None
    at_once = min(limits.concurrency, len(slices), engine.tasks_at_once) if engine else 1
    if engine is None or at_once < 2:
        return land_all(run, limits.concurrency)
    shares = [[work.number for work in slices[first::at_once]] for first in range(at_once)]
    errand = _errand(run, at_once)
    log.info("slices spread", stream=run.stream.name, run=run.folder.run_id, slices=len(slices), tasks=at_once)
    reports: list[Report] = engine.each(partial(do, errand), shares, name=f"{run.name}: {len(slices):,} slices")
    for number, report in enumerate(reports):
        log.info("task ended", stream=run.stream.name, task=number, **_counts(report))
    failures = [failure for report in reports for failure in report.failures]
    return left_undone(run, {failure.number: failure.error() for failure in failures})


def do(errand: Errand, numbers: Sequence[int]) -> Report:
    """Land the slices of these numbers, on an executor; nothing is raised."""
    started, redaction = time.monotonic(), Redaction(errand.secrets)
    log.to_stderr()
    try:
        execution = errand.execution()
        stream = execution.pipeline.stream(errand.stream)
        folder = RunFolder(execution.storage, execution.pipeline.source, stream.name, errand.run_id)
        with Connection(execution) as connection:
            redaction = connection.redaction
            witness = Witness(execution.storage, errand.ticket)
            planned = folder.plan()
            assert planned is not None, "the driver has opened the run"
            run = Run(execution, stream, connection.client(stream), folder, planned, witness, Event())
            failed = _landed(run, numbers)
        failures = tuple(Failure.of(number, error, redaction) for number, error in failed.items())
        report = _report(folder, numbers, time.monotonic() - started, failures)
    except Exception as error:
        failures = (Failure.of(numbers[0], error, redaction),)
        return Report(len(numbers), 0, 0, 0, time.monotonic() - started, failures)
    log.info("task ended", stream=errand.stream, run=errand.run_id, **_counts(report))
    return report


def _errand(run: Run, at_once: int) -> Errand:
    execution = run.execution
    limits = execution.pipeline.limits.share(at_once)
    assert not isinstance(run.lease, Witness)
    return Errand(
        execution.pipeline.model_copy(update={"limits": limits}),
        execution.storage.uri("").rstrip("/"),
        execution.secrets,
        run.stream.name,
        run.folder.run_id,
        run.lease.ticket,
        execution.part_bytes,
        execution.part_seconds,
        execution.deadline,
    )


def _landed(run: Run, numbers: Sequence[int]) -> dict[int, BaseException]:
    """Land the slices; where a lost task still lands one of them, go on behind what it has landed."""
    failed: dict[int, BaseException] = {}
    for _ in range(_TRIES_AGAINST_ANOTHER):
        mine: list[Slice] = [work for work in missing(run) if work.number in numbers]
        failed = landed(run, mine, run.execution.pipeline.limits.concurrency)
        if not any(isinstance(error, Outrun) for error in failed.values()):
            break
        run = Run(run.execution, run.stream, run.client, run.folder, run.planned, run.lease, Event())
    return failed


def _report(folder: RunFolder, numbers: Sequence[int], seconds: float, failures: tuple[Failure, ...]) -> Report:
    whole = folder.whole_slices() & set(numbers)
    pages, records = folder.counts(numbers)
    return Report(len(numbers), len(whole), pages, records, seconds, failures)


def _counts(report: Report) -> dict[str, object]:
    seconds = f"{report.seconds:.1f}"
    return {
        "slices": report.slices,
        "whole": report.whole,
        "pages": report.pages,
        "records": report.records,
        "seconds": seconds,
    }

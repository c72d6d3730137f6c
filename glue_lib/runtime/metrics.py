"""Metrics of an execution for CloudWatch, as lines of its log in the embedded metric format; see docs/metrics.md.

CloudWatch takes the metrics out of the log by itself: a job needs no right and makes no call for them. Names of
metrics are a promise, since alarms and dashboards are built on them.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from glue_lib import log
from glue_lib.execution import Execution
from glue_lib.meter import Ended, Meter
from glue_lib.runtime.arguments import NO_METRICS, Arguments

NAMESPACE = "Headwater"
UNITS = {
    "Complete": "Count",
    "Incomplete": "Count",
    "Failed": "Count",
    "Loaded": "Count",
    "RecordsLanded": "Count",
    "Pages": "Count",
    "RecordsLoaded": "Count",
    "RowsWritten": "Count",
    "RecordsQuarantined": "Count",
    "QuarantinedShare": "None",
    "Requests": "Count",
    "WaitedSeconds": "Seconds",
    "ReceivedBytes": "Bytes",
    "DurationSeconds": "Seconds",
    "DurationShare": "None",
}
_OF_SOURCE, _OF_STREAM = ("source",), ("source", "stream")
_SET_ASIDE = "records set aside"  # the event by which a load tells how many records are bad, of how many


@contextmanager
def measured(asked: Execution, namespace: str | None, allowed_seconds: float | None) -> Iterator[None]:
    """Write the metrics of what is done in the block to stdout, however it ends; without a namespace, none."""
    if namespace is None:
        yield
        return
    begun = time.monotonic()
    with _listening() as bad:
        try:
            yield
        except Exception:
            _write(asked, namespace, bad, time.monotonic() - begun, allowed_seconds, is_broken=not asked.meter.ended)
            raise
        _write(asked, namespace, bad, time.monotonic() - begun, allowed_seconds, is_broken=False)


def namespace_of(given: Arguments, *, is_on_aws: bool) -> str | None:
    """Return the namespace of the metrics, or None where there shall be none: off AWS, unless asked for."""
    if given.metrics_namespace == NO_METRICS:
        return None
    return given.metrics_namespace or (NAMESPACE if is_on_aws else None)


def is_on_lambda() -> bool:
    """Say whether this process is one of the AWS Lambda service."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


class SetAside(logging.Handler):
    """Hears how many records of which stream are set aside, and of how many."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._bad: dict[tuple[str, str], int] = {}
        self._of: dict[tuple[str, str], int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Take in one event."""
        if getattr(record, "event", None) != _SET_ASIDE:
            return
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        run = (fields["stream"], fields["run"])
        self._bad[run] = self._bad.get(run, 0) + fields["records"]
        self._of[run] = fields["of"]

    def of(self, stream: str) -> tuple[int, float]:
        """Return the bad records of a stream, and their share of the runs that have some."""
        runs = [run for run in self._bad if run[0] == stream]
        bad, of = sum(self._bad[run] for run in runs), sum(self._of[run] for run in runs)
        return bad, min(1.0, bad / of) if of else 0.0


def of_stream(ended: Ended, bad: SetAside) -> dict[str, float]:
    """Return what is measured of one stream."""
    outcome = ended.outcome
    metrics: dict[str, float] = {
        status.capitalize(): int(outcome.status == status) for status in ("complete", "incomplete", "failed")
    }
    if ended.step in ("ingest", "sync"):
        metrics |= {"RecordsLanded": outcome.records, "Pages": outcome.pages}
    if ended.step in ("load", "sync"):
        roots = [table for table in outcome.tables if table.table == outcome.stream]
        records = sum(table.inserted + table.updated + table.deleted for table in roots)
        quarantined, share = bad.of(outcome.stream)
        rows = sum(table.inserted + table.updated + table.deleted for table in outcome.tables)
        metrics |= {"Loaded": int(ended.is_loaded), "RecordsLoaded": records, "RowsWritten": rows}
        metrics |= {"RecordsQuarantined": quarantined, "QuarantinedShare": share}
    return metrics


def of_execution(meter: Meter, seconds: float, allowed_seconds: float | None, *, is_broken: bool) -> dict[str, float]:
    """Return what is measured of the whole execution; one that broke before any stream ended is told as failed."""
    metrics = {"Requests": meter.requests, "WaitedSeconds": meter.waited_seconds, "DurationSeconds": seconds}
    metrics |= {"ReceivedBytes": meter.received_bytes}
    metrics |= {"DurationShare": seconds / allowed_seconds} if allowed_seconds else {}
    return metrics | ({"Failed": 1} if is_broken else {})


def line(
    namespace: str,
    at: datetime,
    about: Mapping[str, str | None],
    metrics: Mapping[str, float],
    *dimensions: Sequence[str],
) -> str:
    """Return metrics as one line of a log; each set of `dimensions`, names in `about`, makes metrics of its own."""
    directive = {
        "Namespace": namespace,
        "Dimensions": [list(names) for names in dimensions],
        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in metrics],
    }
    document: dict[str, Any] = {"_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}}
    document |= {name: value for name, value in about.items() if value is not None}
    return json.dumps(document | {name: round(value, 6) for name, value in metrics.items()}, separators=(",", ":"))


def _write(
    asked: Execution, namespace: str, bad: SetAside, seconds: float, allowed_seconds: float | None, *, is_broken: bool
) -> None:
    source, now = asked.pipeline.source, asked.now()
    lines = [
        line(namespace, now, _about(source, ended), of_stream(ended, bad), _OF_SOURCE, _OF_STREAM)
        for ended in asked.meter.ended
    ]
    whole = of_execution(asked.meter, seconds, allowed_seconds, is_broken=is_broken)
    lines.append(line(namespace, now, {"source": source, "run_id": asked.run_id}, whole, _OF_SOURCE))
    sys.stdout.write("".join(f"{text}\n" for text in lines))
    sys.stdout.flush()


def _about(source: str, ended: Ended) -> dict[str, str | None]:
    outcome = ended.outcome
    told = {"step": ended.step, "run_id": outcome.run_id, "resume_at": outcome.resume_at}
    return {"source": source, "stream": outcome.stream, **told}


@contextmanager
def _listening() -> Iterator[SetAside]:
    bad = SetAside()
    log.LOGGER.addHandler(bad)
    try:
        yield bad
    finally:
        log.LOGGER.removeHandler(bad)

"""From what an execution did for a stream to the record of it: values in, values out."""

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from glue_lib import __version__
from glue_lib.execution import Execution, Outcome
from glue_lib.lake.quarantine import quarantine_of
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.run_record import RunRecord, SchemaChange, TableChange, written
from glue_lib.meter import Tally
from glue_lib.spec import price
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.stream import Stream

_LONGEST_TEXT = 20_000  # of an error, or of evidence: a record is read by the thousand
_RUN_AGAIN = "run again: what was landed and committed stays, and the next run goes on from there"
_MEND = "mend the pipeline file or the argument that the error names, and run again"


@dataclass
class Heard:
    """What was heard of a stream while it was worked on."""

    run_id: str | None = None
    mode: str | None = None
    slices: int | None = None
    whole_slices: int | None = None
    pages: int = 0
    records: int = 0
    retries: int = 0

    def hear(self, name: str, fields: Mapping[str, Any]) -> None:
        """Take in an event of the stream."""
        if name in ("run planned", "run resumed", "run landed"):
            self.run_id = fields.get("run", self.run_id)
            self.mode = fields.get("mode", self.mode)
        if name == "run planned":
            self.slices, self.whole_slices = fields["slices"], fields["whole"]
        elif name == "slice landed" and self.whole_slices is not None:
            self.whole_slices += 1
        elif name == "page":
            self.pages, self.records = self.pages + 1, self.records + fields["records"]
        elif name == "waiting":
            self.retries += 1


def begun(execution: Execution, stream: Stream, *, step: str, execution_id: str, now: datetime) -> RunRecord:
    """Return the record of a run of which nothing is known but that it begins."""
    place, pipeline = execution.place, execution.pipeline
    is_on_glue = place.runs_on == "glue"
    return RunRecord(
        pipeline.source,
        stream.name,
        execution_id,
        step,
        "running",
        written(now),
        run_id=execution.run_id,
        parents=tuple(stream.parents),
        runs_on=place.runs_on,
        job_name=place.job_name,
        job_run_id=place.job_run_id,
        worker_type=pipeline.glue.worker_type if is_on_glue else None,
        workers=pipeline.glue.workers if is_on_glue else None,
        headwater_version=__version__,
        python_version=platform.python_version(),
        glue_version=pipeline.glue.version if is_on_glue else None,
        spark_version=None if step == "ingest" else _version("pyspark"),
        delta_version=None if step == "ingest" else _version("delta-spark"),
    )


def so_far(record: RunRecord, tally: Tally, heard: Heard) -> RunRecord:
    """Return the record with what was counted until now."""
    waited = min(tally.wait_seconds, tally.fetch_seconds)
    return replace(
        record,
        duration_seconds=round(tally.fetch_seconds + tally.load_seconds, 3),
        fetch_seconds=round(tally.fetch_seconds - waited, 3),
        wait_seconds=round(waited, 3),
        shape_seconds=round(max(0.0, tally.load_seconds - tally.write_seconds), 3),
        write_seconds=round(tally.write_seconds, 3),
        run_id=heard.run_id or record.run_id,
        mode=heard.mode,
        slices=heard.slices,
        whole_slices=heard.whole_slices,
        pages=max(record.pages, heard.pages),
        records=max(record.records, heard.records),
        requests=tally.requests,
        retries=heard.retries,
        waits=tally.waits,
        wire_bytes=tally.wire_bytes,
        raw_bytes=tally.raw_bytes,
        rows_read=tally.rows_read,
    )


def ended(record: RunRecord, outcome: Outcome, *, clean: Callable[[str], str], now: datetime) -> RunRecord:
    """Return the record of a stream that came to its end."""
    evidence, told = outcome.evidence, clean(outcome.error or "")
    reason = told or clean(str(evidence.get("reason", "")))
    of_rows = [table for table in outcome.tables if table.table != quarantine_of(outcome.stream)]
    return replace(
        record,
        status=outcome.status,
        ended_at=written(now),
        resume_at=_moment(outcome.resume_at),
        run_id=outcome.run_id or record.run_id,
        slices=evidence.get("slices", record.slices),
        whole_slices=evidence.get("whole_slices", record.whole_slices),
        pages=outcome.pages or record.pages,
        records=outcome.records or record.records,
        rows_inserted=sum(table.inserted for table in of_rows),
        rows_updated=sum(table.updated for table in of_rows),
        rows_deleted=sum(table.deleted for table in of_rows),
        rows_quarantined=sum(table.inserted for table in outcome.tables if table not in of_rows),
        tables=tuple(map(_change, outcome.tables)),
        schema_changes=tuple(_schema_changes(outcome.tables)),
        evidence=clean(json.dumps(dict(evidence), default=str))[:_LONGEST_TEXT] if evidence else None,
        error=reason[:_LONGEST_TEXT] or None,
        remedy=remedy_of(outcome.status, reason, is_mistake=outcome.is_mistake),
        is_mistake=outcome.is_mistake,
    )


def charged(record: RunRecord, pipeline: Pipeline, seconds: float, memory_mb: int) -> RunRecord:
    """Return the record with what its share of the execution costs: the time since the run before it ended."""
    if record.runs_on == "glue":
        dpu_seconds = seconds * pipeline.glue.workers * price.dpus(pipeline.glue.worker_type)
        usd = dpu_seconds / 3600 * price.dpu_hour_usd(pipeline.glue)
        return replace(record, dpu_seconds=round(dpu_seconds, 3), cost_usd=round(usd, 6))
    if record.runs_on == "lambda":
        return replace(record, cost_usd=round(seconds * memory_mb / 1024 * price.GB_SECOND_USD, 6))
    return record


def remedy_of(status: str, error: str, *, is_mistake: bool) -> str | None:
    """Return what to do: errors say it behind their last semicolon."""
    if status not in ("failed", "incomplete"):
        return None
    _, mark, remedy = error.rpartition("; ")
    if mark and "\n" not in remedy:
        return remedy
    if status == "incomplete":
        return "nothing: started again with the same run id it goes on, when `resume_at` is past"
    return _MEND if is_mistake else _RUN_AGAIN


def broken(record: RunRecord, error: BaseException, *, text: str, now: datetime) -> RunRecord:
    """Return the record of a run that was ended by what nobody foresaw."""
    told = text or type(error).__name__
    remedy = remedy_of("failed", told, is_mistake=False)
    return replace(record, status="failed", ended_at=written(now), error=told[:_LONGEST_TEXT], remedy=remedy)


def _change(table: TableReport) -> TableChange:
    counts = {name: getattr(table, name) for name in ("inserted", "updated", "deleted", "left_out")}
    return TableChange(table.table, version=table.version, committed=table.committed, **counts)


def _schema_changes(tables: Sequence[TableReport]) -> list[SchemaChange]:
    made = [SchemaChange(table.table, "table created") for table in tables if table.version == 0]
    added = [
        SchemaChange(table.table, "column added", name)
        for table in tables
        if table.version != 0
        for name in table.added_columns
    ]
    return made + added


def _moment(text: str | None) -> str | None:
    return written(datetime.fromisoformat(text)) if text else None


@cache
def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

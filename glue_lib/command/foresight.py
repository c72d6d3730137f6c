"""What `headwater preview` and `headwater plan` print: what a run would make, and what it would take."""

from collections.abc import Sequence
from dataclasses import asdict
from time import monotonic
from typing import Any

from glue_lib.command.estimate import Cost, Expected, cost
from glue_lib.command.forecast import Forecast
from glue_lib.command.preview import Preview, Previews
from glue_lib.command.printing import cell_text, print_json, print_rows, say
from glue_lib.execution import Execution
from glue_lib.extract.connection import Connection
from glue_lib.spec.pipeline import Pipeline


def show_previews(execution: Execution, *, as_json: bool) -> None:
    """Ask for one page of each stream and print the tables that it would make."""
    with Connection(execution) as connection, connection.redaction.cleaning():
        previews = Previews(execution.pipeline, connection.client, execution.now())
        found = [previews.of(stream) for stream in execution.in_order()]
    if as_json:
        print_json([asdict(preview) for preview in found])
        return
    for preview in found:
        _print_preview(preview)


def show_plan(execution: Execution, *, probe: bool, dpu_hour_usd: float, as_json: bool) -> None:
    """Print what a run would take; with `probe`, one page of each stream is asked for."""
    with Connection(execution) as connection, connection.redaction.cleaning():
        previews = Previews(execution.pipeline, connection.client, execution.now()) if probe else None
        forecast = Forecast(execution, previews)
        started = monotonic()
        expected = [forecast.of(stream) for stream in execution.in_order()]
        answer_seconds = (monotonic() - started) / len(expected) if probe else 0.0
    pipeline = execution.pipeline
    requests = sum(one.requests for one in expected)
    total = cost(requests, pipeline.limits, pipeline.glue, answer_seconds=answer_seconds, dpu_hour_usd=dpu_hour_usd)
    if as_json:
        print_json({"streams": [asdict(one) for one in expected], "total": asdict(total)})
        return
    _print_plan(pipeline, expected, total)


def _print_preview(preview: Preview) -> None:
    say(f"{preview.stream}: {preview.request}")
    behind = f", {preview.total:,} in all" if preview.total is not None else ""
    say(f"  {preview.records:,} records{behind}; {preview.route}")
    say(f"  next page: {preview.next or 'none, this is the last'}")
    for doubt in preview.doubts:
        say(f"  doubt: {doubt}")
    if preview.deletes:
        say(f"  no table: its records are deleted from {preview.deletes}")
    for table in preview.tables:
        say(f"  table {table.name}")
        rows = [[column.name, column.type, column.path, cell_text(column.example)] for column in table.columns]
        if rows:
            print_rows(["column", "type", "path", "example"], rows, indent="    ")
    say("")


def _print_plan(pipeline: Pipeline, expected: Sequence[Expected], total: Cost) -> None:
    is_least = any(one.is_least for one in expected)
    rows = [[one.stream, one.mode, f"{one.slices:,}", _count(one), one.basis] for one in expected]
    print_rows(["stream", "mode", "slices", "requests", "known from"], rows)
    least = "at least " if is_least else ""
    limits, glue = pipeline.limits, pipeline.glue
    figures: list[tuple[str, Any]] = [
        ("requests", f"{least}{total.requests:,}"),
        ("time", f"{least}{_minutes(total.minutes)} at {limits.requests_per_second:g} requests a second"),
    ]
    if total.quota_share is not None:
        days = f", so {total.days} days" if total.days > 1 else ""
        figures.append(("daily quota", f"{least}{total.quota_share:.1%} of {limits.requests_of_a_day:,}{days}"))
    price = f"{least}${total.usd:.2f} for {total.dpu_hours:.2f} DPU-hours"
    figures.append(("Glue", f"{price} ({glue.workers} {glue.worker_type}, {glue.execution_class.lower()})"))
    say("")
    print_rows((), [list(figure) for figure in figures])


def _count(one: Expected) -> str:
    return f"{'>= ' if one.is_least else ''}{one.requests:,}"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{minutes * 60:.0f} seconds"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"

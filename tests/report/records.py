"""Records for pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from glue_lib.landing.run_record import RunRecord, SchemaChange, TableChange, written

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def record(number: int = 0, stream: str = "orders", status: str = "complete", **given: object) -> RunRecord:
    """Return a run that took ten seconds."""
    began = NOW + timedelta(minutes=number)
    made = RunRecord("shop", stream, f"{began:%Y%m%dT%H%M%SZ}-aaaaaa", "sync", "complete", written(began), f"r{number}")
    took = replace(made, duration_seconds=10, fetch_seconds=5, wait_seconds=1, shape_seconds=1, write_seconds=3)
    tables = (TableChange(stream, 10, 2, 1), TableChange(f"{stream}__items", 20))
    return replace(took, status=status, records=60, tables=tables, **given)  # type: ignore[arg-type]


def many(count: int) -> list[RunRecord]:
    """Return runs of seven streams, some of each kind."""
    statuses = ("failed", "stopped", "incomplete", "running")
    return [_one(number, statuses[number // 9 % 4] if number % 9 == 0 else "complete") for number in range(count)]


def _one(number: int, status: str) -> RunRecord:
    made = record(number, f"stream{number % 7}", status, parents=("stream0",) if number % 7 == 3 else ())
    if number % 20 == 0:
        made = replace(made, schema_changes=(SchemaChange(made.stream, "column added", "tip"),))
    if status in ("complete", "running"):
        return made
    return replace(made, error=f"shop: page {number}: answered 403; check `shop/token`", remedy="check `shop/token`")

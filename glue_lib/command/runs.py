"""What `headwater runs` tells: the runs of a lake, one of them, or two beside each other; without Spark."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from glue_lib.command.printing import cell_text, print_json, print_rows, say, say_aside
from glue_lib.errors import ConfigError
from glue_lib.landing.run_record import STATUSES, RunRecord
from glue_lib.landing.run_records import RunRecords, taken
from glue_lib.landing.storage import open_storage
from glue_lib.report import units
from glue_lib.spec.problem import not_one_of

_FAR = 2000  # records among which a run is looked for by its id
_TOLD_IN_TABLES = ("tables", "schema_changes", "evidence")
_WIDEST = 44  # of a value that stands beside another
_MOMENTS = ("started_at", "ended_at", "resume_at")


def list_runs(
    lake: str, *, source: str | None, stream: str | None, status: str | None, limit: int, as_json: bool
) -> None:
    """Print the newest runs."""
    if status is not None and status not in STATUSES:
        raise ConfigError(f"runs: --status: {not_one_of(status, STATUSES)}")
    found = taken(found_in(lake, source, stream), limit, status)
    if as_json:
        print_json([asdict(record) for record in found])
    elif not found:
        say("no such run")
    else:
        columns = ["started (UTC)", "stream", "step", "status", "took", "requests", "records", "rows", "aside", "run"]
        print_rows(columns, [_row(record) for record in found])
        for record in found:
            if record.error:
                say(f"{record.source}.{record.stream} {record.status}: {cell_text(record.error)}")


def show_runs(lake: str, run_id: str, *, source: str | None, stream: str | None, as_json: bool) -> None:
    """Print all that is known of a run: an execution that went on with it left a record more."""
    found = _of(lake, run_id, source, stream)
    if as_json:
        print_json([asdict(record) for record in found])
        return
    for place, record in enumerate(found):
        say(f"{chr(10) if place else ''}{record.source}.{record.stream}: {record.status}")
        print_rows((), _facts(record), indent="  ")
        if record.tables:
            print_rows(["table", "inserted", "updated", "deleted"], _tables(record), indent="  ")
        for change in record.schema_changes:
            told = f"{change.change}: {change.name}{f'.{change.column_name}' if change.column_name else ''}"
            say(f"  {cell_text(told)}")


def compare_runs(lake: str, first: str, second: str, *, source: str | None, stream: str | None, as_json: bool) -> None:
    """Print two runs side by side, where they differ; of ids that stand for several streams, stream by stream."""
    before, after = (_newest(_of(lake, run_id, source, stream)) for run_id in (first, second))
    both = [name for name in before if name in after]
    if not both:
        told = f"`{first}` is of {', '.join(before)}, and `{second}` of {', '.join(after)}"
        raise ConfigError(f"runs: {told}; compare two runs of one stream")
    found = {name: differences(before[name], after[name]) for name in both}
    if as_json:
        print_json({name: {field: {"a": a, "b": b} for field, a, b in told} for name, told in found.items()})
        return
    for name, different in found.items():
        say(name)
        rows = [
            [field, _short(_value(field, a)), _short(_value(field, b)), _change(field, a, b)]
            for field, a, b in different
            if field not in ("execution", "run_id")
        ]
        print_rows(["", first, second, "change"], rows, indent="  ")


def differences(before: RunRecord, after: RunRecord) -> list[tuple[str, Any, Any]]:
    """Return the fields in which two runs differ, the rows of each table among them, with both values."""
    first, second = _flat(before), _flat(after)
    return [
        (name, first.get(name), second.get(name))
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]


def found_in(lake: str, source: str | None = None, stream: str | None = None) -> Iterator[RunRecord]:
    """Yield the records of a lake, newest first."""
    records = RunRecords(open_storage(lake), lambda key: say_aside(f"{key}: is not a run's record, and left out"))
    sources = records.sources()
    if not sources:
        raise ConfigError(f"{lake}: no run has left a record yet; `headwater run` does, `--lake` says where")
    if source is not None and source not in sources:
        raise ConfigError(f"runs: --source: {not_one_of(source, sources)}")
    return records.newest(datetime.now(UTC), source, stream)


def _of(lake: str, run_id: str, source: str | None, stream: str | None) -> list[RunRecord]:
    """Return the records of a run or an execution, oldest first; the beginning of an id is enough."""
    records = list(islice(found_in(lake, source, stream), _FAR))
    for is_it in (_is, _begins):
        if found := [record for record in records if is_it(record, run_id)]:
            return found[::-1]
    known = ", ".join(dict.fromkeys(str(record.run_id) for record in records[:5] if record.run_id)) or "none"
    raise ConfigError(f"runs: there is no run `{run_id}`; the last are {known}")


def _is(record: RunRecord, run_id: str) -> bool:
    return run_id in (record.run_id, record.execution)


def _begins(record: RunRecord, run_id: str) -> bool:
    return bool(run_id) and (str(record.run_id or "").startswith(run_id) or record.execution.startswith(run_id))


def _newest(records: Sequence[RunRecord]) -> dict[str, RunRecord]:
    return {f"{record.source}.{record.stream}": record for record in records}


def _row(record: RunRecord) -> list[str]:
    return [
        record.started_at[:19],
        f"{record.source}.{record.stream}",
        record.step,
        record.status,
        units.seconds(record.duration_seconds),
        units.count(record.requests),
        units.count(record.records or record.rows_read),
        units.rows(record),
        units.count(record.rows_quarantined),
        record.run_id or "-",
    ]


def _facts(record: RunRecord) -> list[list[str]]:
    told = {name: value for name, value in asdict(record).items() if name not in _TOLD_IN_TABLES}
    facts = [[name, _value(name, value)] for name, value in told.items() if value not in (None, (), [], "")]
    return [*facts, *([["evidence", record.evidence]] if record.evidence else [])]


def _tables(record: RunRecord) -> list[list[str]]:
    return [[table.name, *map(units.count, (table.inserted, table.updated, table.deleted))] for table in record.tables]


def _flat(record: RunRecord) -> dict[str, Any]:
    """Return the record's fields, those of its tables and of its evidence beside each other."""
    flat = {name: value for name, value in asdict(record).items() if name not in _TOLD_IN_TABLES}
    for name, value in _evidence(record).items():
        if isinstance(value, str | int | float):
            flat.setdefault(name, value)
    for table in record.tables:
        counts = {name: getattr(table, name) for name in ("inserted", "updated", "deleted", "left_out")}
        flat |= {f"{table.name} {name}": count for name, count in counts.items() if count}
    for change in record.schema_changes:
        flat[f"{change.change} {change.name}{f'.{change.column_name}' if change.column_name else ''}"] = True
    return flat


def _evidence(record: RunRecord) -> dict[str, Any]:
    try:
        found = json.loads(record.evidence or "{}")
    except ValueError:  # it was too long to be kept whole
        found = {}
    return found if isinstance(found, dict) else {}


def _value(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_seconds") and name != "dpu_seconds":
        return units.seconds(value)
    if name.endswith("_bytes"):
        return units.size(value)
    if name == "cost_usd":
        return units.money(value)
    if isinstance(value, int):
        return units.count(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value} UTC" if name in _MOMENTS else cell_text(value)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _change(name: str, before: Any, after: Any) -> str:
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after)):
        return ""
    share = f" ({(after - before) / before:+.0%})" if before else ""
    return f"{'−' if after < before else '+'}{_value(name, abs(after - before))}{share}"

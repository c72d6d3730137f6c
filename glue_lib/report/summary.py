"""What a page tells, out of the records: values in, values out, as many as a reader can take in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from glue_lib.landing.run_record import RunRecord

PHASES = ("fetch", "wait", "shape", "write")
BAD = ("failed", "stopped", "incomplete")

_BARS = 48  # in a chart over time
_FAILURES = 12  # told with their causes
_CHANGES = 60


@dataclass(frozen=True)
class Point:
    """One execution, or several that follow each other where there are too many for a chart: then they are averaged."""

    first: str
    last: str
    executions: int
    statuses: tuple[str, ...]
    seconds: dict[str, float]  # by phase, of an execution
    records: float
    requests: float
    retries: float
    records_per_second: float | None  # None: nothing was fetched

    @property
    def total_seconds(self) -> float:
        return sum(self.seconds.values())

    @property
    def status(self) -> str:
        """The worst of what its runs came to."""
        order = ("failed", "stopped", "incomplete", "running", "complete")
        return next(status for status in order if status in self.statuses)

    @property
    def is_bad(self) -> bool:
        """Whether it is to be marked: of a group of executions, where a third of the runs did not complete."""
        bad = sum(status in BAD for status in self.statuses)
        return bad > 0 and (self.executions == 1 or 3 * bad >= len(self.statuses))


@dataclass
class StreamTold:
    """One stream: its runs, oldest first."""

    source: str
    name: str
    records: list[RunRecord] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.source}.{self.name}"

    @property
    def last(self) -> RunRecord:
        return self.records[-1]

    @property
    def seconds(self) -> dict[str, float]:
        return {phase: sum(seconds_of(record)[phase] for record in self.records) for phase in PHASES}

    @property
    def tables(self) -> list[str]:
        """All tables that its runs wrote, in the order of their names: a child behind its parent."""
        return sorted({table.name for record in self.records for table in record.tables})

    @property
    def parents(self) -> tuple[str, ...]:
        return self.last.parents


@dataclass
class TableTold:
    """One table, and what became of its rows."""

    source: str
    name: str
    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    @property
    def title(self) -> str:
        return f"{self.source}.{self.name}"

    @property
    def total(self) -> int:
        return self.inserted + self.updated + self.deleted


@dataclass
class Failure:
    """A cause, and the runs that it befell."""

    last: RunRecord
    times: int = 1


@dataclass(frozen=True)
class Change:
    """What a run did to schemas: tables that it made, and columns that came to others."""

    record: RunRecord
    made: list[str]
    added: list[str]


def seconds_of(record: RunRecord) -> dict[str, float]:
    """Return the seconds of a run by phase."""
    return {phase: float(getattr(record, f"{phase}_seconds")) for phase in PHASES}


def streams_of(records: Iterable[RunRecord]) -> list[StreamTold]:
    """Return the streams, by name."""
    found: dict[tuple[str, str], StreamTold] = {}
    for record in sorted(records, key=lambda one: one.started_at):
        key = (record.source, record.stream)
        found.setdefault(key, StreamTold(*key)).records.append(record)
    return [found[key] for key in sorted(found)]


def tables_of(records: Iterable[RunRecord]) -> list[TableTold]:
    """Return the tables, those first whose rows changed most."""
    found: dict[tuple[str, str], TableTold] = {}
    for record in records:
        for table in record.tables:
            told = found.setdefault((record.source, table.name), TableTold(record.source, table.name))
            told.inserted += table.inserted
            told.updated += table.updated
            told.deleted += table.deleted
    return sorted(found.values(), key=lambda told: (-told.total, told.title))


def points_of(records: Iterable[RunRecord]) -> list[Point]:
    """Return the executions in order, or groups of them."""
    ordered = sorted(records, key=lambda one: (one.execution, one.started_at))
    executions = [list(group) for _, group in groupby(ordered, key=lambda one: one.execution)]
    executions.sort(key=lambda runs: min(run.started_at for run in runs))
    size = -(-len(executions) // _BARS) or 1
    return [_point(executions[start : start + size]) for start in range(0, len(executions), size)]


def needing(streams: Iterable[StreamTold]) -> list[RunRecord]:
    """Return the last runs of those streams that are not as they should be, the worst first."""
    found = [stream.last for stream in streams if stream.last.status in BAD]
    return sorted(found, key=lambda record: (BAD.index(record.status), record.stream))


def failures_of(records: Iterable[RunRecord], told: Sequence[RunRecord] = ()) -> tuple[list[Failure], int]:
    """Return what failed, newest first; a cause that befell a stream again is told once, with how often.

    Those of `told`, which befell their streams once, are left out. The second is how many causes are not told, since
    they are too many.
    """
    found: dict[tuple[str, str, str], Failure] = {}
    for record in sorted(records, key=lambda one: one.started_at, reverse=True):
        if record.status not in BAD:
            continue
        key = (record.source, record.stream, _alike(record.error or record.status))
        if key in found:
            found[key].times += 1
        else:
            found[key] = Failure(record)
    new = [failure for failure in found.values() if failure.times > 1 or failure.last not in told]
    return new[:_FAILURES], max(0, len(new) - _FAILURES)


def changes_of(records: Iterable[RunRecord]) -> tuple[list[Change], int]:
    """Return what runs did to schemas, newest first, and how many are not told, since they are too many."""
    ordered = sorted(records, key=lambda one: one.started_at, reverse=True)
    found = [_change(record) for record in ordered if record.schema_changes]
    return found[:_CHANGES], max(0, len(found) - _CHANGES)


def _change(record: RunRecord) -> Change:
    made = [change.name for change in record.schema_changes if change.column_name is None]
    added = [f"{change.name}.{change.column_name}" for change in record.schema_changes if change.column_name]
    return Change(record, made, added)


def _point(executions: Sequence[Sequence[RunRecord]]) -> Point:
    runs = [run for execution in executions for run in execution]
    count = len(executions)
    seconds = {phase: sum(seconds_of(run)[phase] for run in runs) / count for phase in PHASES}
    fetched = [run for run in runs if run.step != "load" and (run.records or run.status == "complete")]
    records = sum(run.records for run in fetched)
    asking = sum(run.fetch_seconds + run.wait_seconds for run in fetched)
    rate = records / asking if asking > 0 else None
    moments = [run.started_at for run in runs]
    statuses = tuple(run.status for run in runs)
    requests, retries = (sum(getattr(run, name) for run in runs) / count for name in ("requests", "retries"))
    return Point(min(moments), max(moments), count, statuses, seconds, records / count, requests, retries, rate)


def _alike(error: str) -> str:
    """Return the error without its figures, in which two of one cause differ."""
    return "".join("0" if char.isdigit() else char for char in error)

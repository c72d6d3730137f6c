"""An execution: one process that reads streams and loads tables, with all that it was handed from where it runs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.storage import Storage
from glue_lib.meter import Meter
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.stream import Stream

if TYPE_CHECKING:
    from glue_lib.lake.lake import Lake, Table


class Engine(Protocol):
    """Spark, as an execution needs it; started when the first table is to be written."""

    @property
    def glue_context(self) -> Any:
        """Return the Glue context, from which frames are made."""

    def lake(self, source: str, database: str) -> "Lake":
        """Return the tables of a source."""

    def fitted(self, size_bytes: int) -> AbstractContextManager[None]:
        """Let Spark plan what is done in the block for that much data."""

    @property
    def tasks_at_once(self) -> int:
        """How many tasks can run side by side."""

    def each(self, work: Callable[[Any], Any], values: Sequence[Any], *, name: str) -> list[Any]:
        """Return what `work` makes of each value, a task each; it travels to other machines, and so do its results."""

    def register(self, lake: "Lake", table: "Table") -> None:
        """Make a table known by name to those who query the lake."""


@dataclass(frozen=True)
class Place:
    """Where an execution runs, as its records tell it."""

    runs_on: Literal["glue", "lambda", "local"] = "local"
    job_name: str | None = None
    job_run_id: str | None = None
    memory_mb: int = 0  # of a Lambda function


@dataclass(frozen=True)
class Execution:
    """What to do (the fields that an argument sets), and with what."""

    pipeline: Pipeline
    storage: Storage
    engine: Callable[[], Engine]
    secrets: Callable[[str], str]  # a text with references -> the text with their values
    streams: tuple[str, ...] = ()  # none named: all
    start: str | None = None
    end: str | None = None
    full_refresh: bool = False  # ingest: all there is; load: every whole run again, from the first
    rebuild: bool = False  # load: into tables that are made anew
    run_id: str | None = None
    part_bytes: int = 64 * 2**20  # of raw records: what a process holds at most, and what a stop costs
    part_seconds: float = 30
    much_bytes: int = 32 * 2**20  # raw and stored together: above it a look at the keys first saves more than it costs
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    deadline: datetime | None = None  # nothing is asked for after it: this process has only so much time
    place: Place = Place()
    meter: Meter = field(default_factory=Meter, compare=False)

    @property
    def is_backfill(self) -> bool:
        """Whether a span of time is named: such a run moves no position."""
        return self.start is not None or self.end is not None

    def in_order(self) -> list[Stream]:
        """Return the streams to work on, each behind the one whose records its path needs."""
        return self.pipeline.in_order(self.streams)


@dataclass(frozen=True)
class Outcome:
    """What an execution came to for one stream."""

    source: str
    stream: str
    status: Literal["complete", "incomplete", "failed"]
    run_id: str | None = None
    records: int = 0
    pages: int = 0
    resume_at: str | None = None
    error: str | None = None
    is_mistake: bool = False  # the error is one of the pipeline file or of an argument
    tables: tuple[TableReport, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return asdict(self)


class NoEngine(ConfigError):
    """There is no Spark here."""


def no_engine() -> Engine:
    """Be the engine of an execution that writes no tables."""
    raise NoEngine("there is no Spark here; this can only ingest, a job loads")


class ExecutionFailed(HeadwaterError):
    """Some stream failed; the others were brought to their end. `outcomes` tells all of them."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        failed = [outcome for outcome in outcomes if outcome.status == "failed"]
        super().__init__("\n".join(outcome.error or f"{outcome.source}.{outcome.stream}: failed" for outcome in failed))
        self.outcomes = outcomes

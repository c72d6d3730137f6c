"""What an execution leaves for whoever started it: one small file for each stream of a run."""

from dataclasses import asdict, dataclass, field
from typing import Literal

from glue_lib.landing.documents import encoded, read_document
from glue_lib.landing.run_id import checked_run_id
from glue_lib.landing.storage import Storage


@dataclass(frozen=True)
class Outcome:
    """How the execution ended for one stream; a workflow waits until `resume_at` and starts the run again."""

    run_id: str
    source: str
    stream: str
    status: Literal["complete", "incomplete", "failed", "abandoned"]
    resume_at: str | None = None  # ISO 8601, UTC; only with `incomplete`
    counts: dict[str, int] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)  # labels of slices that are not whole; the first of them
    ended_at: str | None = None  # ISO 8601, UTC


def write_outcome(storage: Storage, outcome: Outcome) -> None:
    """Write the outcome, over that of an earlier execution of the same run."""
    storage.write(_key(outcome.run_id, outcome.stream), encoded(asdict(outcome)))


def read_outcome(storage: Storage, run_id: str, stream: str) -> Outcome | None:
    """Return the last outcome of the run for the stream; None when no execution has ended yet."""
    document = read_document(storage, _key(run_id, stream))
    return Outcome(**document) if document else None


def _key(run_id: str, stream: str) -> str:
    return f"_headwater/outcomes/{checked_run_id(run_id)}/{stream}.json"

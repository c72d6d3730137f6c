"""A plan is what a run will read, fixed before the first request: its slices, and the end that they stop at."""

from dataclasses import dataclass, field
from typing import Any, Literal, Self

Mode = Literal["full", "incremental", "backfill"]


@dataclass(frozen=True)
class Slice:
    """A unit of work that can be fetched alone; `work` is JSON that only its maker understands."""

    number: int
    work: dict[str, Any]
    label: str  # for people: `2024-01-01..2024-01-08`


@dataclass(frozen=True)
class Plan:
    """The slices of one run, and what must be known to finish them another day."""

    run_id: str
    source: str
    stream: str
    mode: Mode
    fingerprint: str  # of the part of the stream's spec that decides what is read
    slices: tuple[Slice, ...]
    upper: str | None  # where `landed` moves to when the run is complete
    created_at: str  # ISO 8601, UTC
    context: dict[str, Any] = field(default_factory=dict)  # JSON, such as the position the run started from

    def to_json(self) -> dict[str, Any]:
        # `asdict` would copy every parent of a fan-out, of which there may be hundreds of thousands.
        return vars(self) | {"slices": [vars(part) for part in self.slices]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        return cls(**document | {"slices": tuple(Slice(**part) for part in document["slices"])})

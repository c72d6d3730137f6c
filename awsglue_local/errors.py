"""Error records: what a transform or a reader could not turn into a record, kept beside the frame, stage by stage.

Nothing is counted before somebody asks. A threshold is how many errors are too many; zero: any number is fine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stage:
    """One transform's errors, as JSON texts in an RDD, and its thresholds."""

    texts: Any = None
    most: int = 0
    most_so_far: int = 0


@dataclass(frozen=True)
class Errors:
    """The stages that led to a frame, in their order."""

    stages: tuple[Stage, ...] = ()

    def then(self, call: tuple[Any, ...] = (), texts: Any = None) -> Errors:
        """Return these errors and those of one more stage; `call` is what the transform takes last."""
        thresholds = [value for value in call if type(value) is int][:2]
        return Errors((*self.stages, Stage(texts, *thresholds)))

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.stages + other.stages)

    def texts(self) -> list[Any]:
        return [stage.texts for stage in self.stages if stage.texts is not None]

    def count(self) -> int:
        return sum(texts.count() for texts in self.texts())

    def last_count(self) -> int:
        return Errors(self.stages[-1:]).count()

    def check(self) -> None:
        """Raise when a stage has as many errors as its threshold; without thresholds nothing is counted."""
        for number, stage in enumerate(self.stages):
            if stage.most and Errors((stage,)).count() >= stage.most:
                raise RuntimeError(f"a transform reached its stageThreshold of {stage.most} error records")
            if stage.most_so_far and Errors(self.stages[: number + 1]).count() >= stage.most_so_far:
                raise RuntimeError(f"a transform reached its totalThreshold of {stage.most_so_far} error records")


def error_text(site: Any, message: str, record: Any, trace: str = "") -> str:
    """Return an error record as JSON: one struct `error`, with the fields that Glue's has."""
    error = {
        "callsite": {"site": str(getattr(site, "site", "")), "info": str(getattr(site, "info", ""))},
        "msg": message,
        "stackTrace": trace,
        "input": "",
        "bytesread": 0,
        "source": "",
        "dynamicRecord": record,
    }
    return json.dumps({"error": error}, default=str)

from collections.abc import Callable
from typing import Any

import pytest
from delta import exceptions as delta
from delta.exceptions import ConcurrentAppendException
from pyspark.errors import AnalysisException
from pyspark.errors.exceptions.captured import CapturedException

from glue_lib.errors import LoadError
from glue_lib.lake.conflicts import TRIES, settled
from glue_lib.lake.fence import Outrun
from glue_lib.landing.leases import LeaseLost

DELTAS = [
    kind for name, kind in vars(delta).items() if name.startswith(("Concurrent", "Delta", "Metadata", "Protocol"))
]
"""All that Delta has: none of its versions may have one more that is not known here."""


def captured(kind: type[Exception]) -> Exception:
    """Return an error as Delta's are, which need a JVM to be made."""
    return kind.__new__(kind)


class Existing(AnalysisException):
    """Delta's refusal to make a table that is there by now."""

    def getErrorClass(self) -> str:
        return "DELTA_PATH_EXISTS"


def failing(*errors: Exception) -> Callable[[], int]:
    """Return work that fails with each of these, and then returns how often it was done."""
    left, done = list(errors), []

    def work() -> int:
        done.append(1)
        if left:
            raise left.pop(0)
        return len(done)

    return work


def run(work: Callable[[], int], check: Any = lambda: None) -> tuple[int, list[float]]:
    waits: list[float] = []
    return settled(work, check, name="shop.orders", sleep=waits.append), waits


@pytest.mark.parametrize(
    "error",
    [*(captured(kind) for kind in DELTAS), Outrun("gone"), Existing("there")],
)
def test_work_that_came_second_is_done_again_from_the_newest_version(error: Exception):
    assert run(failing(error, error)) == (3, [1.0, 2.0])


def test_writers_that_come_first_again_and_again_are_told_of():
    conflicts = [captured(ConcurrentAppendException)] * TRIES

    with pytest.raises(LoadError, match=rf"shop\.orders: another writer .* came first {TRIES} times; .* run again"):
        run(failing(*conflicts))


def test_nothing_is_done_again_without_the_lease():
    def lost() -> None:
        raise LeaseLost("the lease was lost")

    with pytest.raises(LeaseLost):
        run(failing(captured(ConcurrentAppendException)), lost)


@pytest.mark.parametrize("error", [LoadError("bad rows"), captured(CapturedException), AnalysisException("no column")])
def test_what_is_no_conflict_is_not_done_again(error: Exception):
    with pytest.raises(type(error)) as raised:
        run(failing(error))
    assert raised.value is error

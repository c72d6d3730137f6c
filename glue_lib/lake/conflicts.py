"""Delta refused a commit, since another one came first: the work is done again, from the newest version.

Only work that is idempotent may be done again: a whole load of a run, or an upkeep. Nothing is repeated by one that has
lost its lease.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from glue_lib import log
from glue_lib.errors import LoadError

TRIES = 4

Result = TypeVar("Result")


def settled(
    work: Callable[[], Result], check: Callable[[], None], *, name: str, sleep: Callable[[float], None] = time.sleep
) -> Result:
    """Return what `work` returns, done again after each conflict; `check` raises where it must not be."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except Exception as error:
            if not is_conflict(error):
                raise
            check()
            if attempt == TRIES:
                raise LoadError(
                    f"{name}: another writer changes the table at the same time, and came first {TRIES} times; let "
                    "one write at a time, and run again"
                ) from error
            log.warning("commit conflicts", table=name, attempt=attempt, reason=type(error).__name__)
            sleep(2.0 ** (attempt - 1))
    raise AssertionError("the last attempt returns or raises")


def is_conflict(error: Exception) -> bool:
    """Whether an error says that another commit came first, to a table or in making it."""
    from delta import exceptions as delta
    from pyspark.errors import AnalysisException

    from glue_lib.lake.fence import Outrun

    if isinstance(error, AnalysisException):
        return error.getErrorClass() == "DELTA_PATH_EXISTS"
    conflicts = (  # Delta's JVM has one class above them, its Python has none
        delta.DeltaConcurrentModificationException,
        delta.ConcurrentWriteException,
        delta.MetadataChangedException,
        delta.ProtocolChangedException,
        delta.ConcurrentAppendException,
        delta.ConcurrentDeleteReadException,
        delta.ConcurrentDeleteDeleteException,
        delta.ConcurrentTransactionException,
    )
    return isinstance(error, (*conflicts, Outrun))

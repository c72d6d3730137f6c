"""Several slices at a time: one that fails does not waste the others, unless what it failed of concerns them all."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from glue_lib import log
from glue_lib.api.retry import Deferred
from glue_lib.errors import ApiError
from glue_lib.extract.unfinished import Unfinished, left_undone
from glue_lib.extract.walk import Run, land
from glue_lib.landing.plan import Slice

_FAILED_IN_A_ROW = 5  # without one between them that became whole: the API has trouble, or the file is wrong


def land_all(run: Run, threads: int) -> Unfinished | None:
    """Land the slices that are not whole yet; return what is left undone, and raise what is no matter of the API's."""
    return left_undone(run, landed(run, missing(run), threads))


def missing(run: Run) -> list[Slice]:
    """Return the slices that are not whole yet, and tell how many there are of them and in all."""
    whole, where = run.folder.whole_slices(), {"source": run.execution.pipeline.source, "stream": run.stream.name}
    log.info("run planned", **where, run=run.folder.run_id, slices=len(run.planned.slices), whole=len(whole))
    return [work for work in run.planned.slices if work.number not in whole]


def landed(run: Run, slices: Sequence[Slice], threads: int) -> dict[int, BaseException]:
    """Land these slices, so many at a time; return the failures, in order, by the slices' numbers."""
    landing = _Landing(run, is_something_whole=len(slices) < len(run.planned.slices))
    with ThreadPoolExecutor(max_workers=max(1, min(threads, len(slices)))) as pool:
        list(pool.map(landing.land, slices))
    return landing.failed


class _Landing:
    """Sees in the thread in which a slice failed what that means for the next one, which begins at once."""

    def __init__(self, run: Run, *, is_something_whole: bool) -> None:
        self._run, self._is_something_whole = run, is_something_whole
        self._in_a_row = 0
        self._turn = threading.Lock()
        self.failed: dict[int, BaseException] = {}

    def land(self, work: Slice) -> None:
        """Land a slice; a failure is kept, and stops the others where it concerns them."""
        try:
            land(self._run, work)
        except BaseException as error:
            with self._turn:
                self._see(work, error)
        else:
            with self._turn:
                if not self._run.stopped.is_set():
                    self._in_a_row, self._is_something_whole = 0, True

    def _see(self, work: Slice, error: BaseException) -> None:
        self._in_a_row += 1
        self.failed[work.number] = error
        _tell(self._run, work, error)
        if _concerns_all(error, self._is_something_whole) or self._in_a_row >= _FAILED_IN_A_ROW:
            self._run.stopped.set()


def _tell(run: Run, work: Slice, error: BaseException) -> None:
    """Log what stopped a slice; a wait is no failure, and is told once when it ends the run."""
    if isinstance(error, Deferred):
        log.debug("slice deferred", stream=run.stream.name, slice=work.label, reason=str(error))
    else:
        log.warning("slice failed", stream=run.stream.name, slice=work.label, reason=str(error))


def _concerns_all(error: BaseException, is_something_whole: bool) -> bool:
    """Return whether the other slices would fail of it too."""
    if not isinstance(error, ApiError) or isinstance(error, Deferred):
        return True
    # Where other slices became whole, 403 says that what this one asks for is closed, not that the key is.
    return error.status == 401 or (error.status == 403 and not is_something_whole)

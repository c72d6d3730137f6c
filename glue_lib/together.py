"""Several slices at a time: one that fails does not waste the others, unless what it failed of concerns them all."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from glue_lib import log
from glue_lib.api.retry import Deferred
from glue_lib.errors import ApiError
from glue_lib.landing.plan import Slice
from glue_lib.walk import Run, land

_FAILED_IN_A_ROW = 5  # without one between them that became whole: the API has trouble, or the file is wrong
_LABELS = 20  # named in evidence


@dataclass(frozen=True)
class Unfinished:
    """The slices that are not whole, and why."""

    failed: Mapping[str, BaseException]  # by the slices' labels
    stopped: Sequence[str] = ()  # labels of those that wait for the next execution
    whole: int = 0
    first: BaseException | None = None

    def evidence(self) -> dict[str, Any]:
        """Return it as JSON values."""
        failed = {label: str(error) for label, error in list(self.failed.items())[:_LABELS]}
        waiting = {"waiting_slices": list(self.stopped[:_LABELS])} if self.stopped else {}
        return {"failed_slices": failed} | waiting if failed else waiting

    def __str__(self) -> str:
        """Return what a user must know: how many, which, and the first reason."""
        count = len(self.failed)
        named = ", ".join(list(self.failed)[:3]) + (", …" if count > 3 else "")
        waiting = f", {len(self.stopped):,} wait" if self.stopped else ""
        told = f"{count:,} of {self.whole + count + len(self.stopped):,} slices failed ({named}){waiting}"
        return f"{told}; the others are whole and stay; run again to go on. The first: {self.first}"


def land_all(run: Run, threads: int) -> Unfinished | None:
    """Land the slices that are not whole yet; return what is left undone, and raise what concerns them all."""
    whole = run.folder.whole_slices()
    missing = [work for work in run.planned.slices if work.number not in whole]
    failed: dict[int, BaseException] = {}
    in_a_row = landed = 0
    with ThreadPoolExecutor(max_workers=max(1, min(threads, len(missing)))) as pool:
        futures = {pool.submit(land, run, work): work for work in missing}
        for future in as_completed(futures):
            work, error = futures[future], future.exception()
            if error is None:
                in_a_row, landed = 0, landed + (not run.stopped.is_set())
                continue
            in_a_row += 1
            failed[work.number] = error
            log.warning("slice failed", stream=run.stream.name, slice=work.label, reason=str(error))
            if _concerns_all(error, bool(landed or whole)) or in_a_row >= _FAILED_IN_A_ROW:
                run.stopped.set()
    return _left(run, missing, failed)


def _concerns_all(error: BaseException, is_something_whole: bool) -> bool:
    """Return whether the other slices would fail of it too."""
    if not isinstance(error, ApiError) or isinstance(error, Deferred):
        return True
    # Where other slices became whole, 403 says that what this one asks for is closed, not that the key is.
    return error.status == 401 or (error.status == 403 and not is_something_whole)


def _left(run: Run, missing: Sequence[Slice], failed: Mapping[int, BaseException]) -> Unfinished | None:
    if not failed:
        return None
    for error in sorted(failed.values(), key=lambda error: isinstance(error, Deferred)):
        if not isinstance(error, ApiError) or isinstance(error, Deferred):
            raise error
    first = next(iter(failed.values()))
    if len(run.planned.slices) == 1:
        raise first
    now_whole = run.folder.whole_slices()
    labels = {work.number: work.label for work in missing if work.number not in now_whole}
    return Unfinished(
        {labels[number]: error for number, error in failed.items()},
        [label for number, label in labels.items() if number not in failed],
        len(now_whole),
        first,
    )

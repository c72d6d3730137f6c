"""The slices of a run that are not whole when an execution ends, and why: some failed, the others wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glue_lib.api.retry import Deferred
from glue_lib.errors import ApiError
from glue_lib.extract.walk import Run

_LABELS = 20  # named in evidence


@dataclass(frozen=True)
class Unfinished:
    """The slices that are not whole, by their labels."""

    failed: Mapping[str, BaseException]
    waiting: Sequence[str] = ()
    whole: int = 0
    deferred: Deferred | None = None  # the longest wait, where some slice has to wait

    def evidence(self) -> dict[str, Any]:
        """Return it as JSON values."""
        failed = {label: str(error) for label, error in list(self.failed.items())[:_LABELS]}
        return ({"failed_slices": failed} if failed else {}) | (
            {"waiting_slices": list(self.waiting[:_LABELS])} if self.waiting else {}
        )

    def __str__(self) -> str:
        """Return what a user must know: how many, which, and the first reason."""
        count = len(self.failed)
        named = ", ".join(list(self.failed)[:3]) + (", …" if count > 3 else "")
        waiting = f", {len(self.waiting):,} wait" if self.waiting else ""
        told = f"{count:,} of {self.whole + count + len(self.waiting):,} slices failed ({named}){waiting}"
        return f"{told}; the others are whole and stay; run again to go on. The first: {first_of(self.failed)}"


def first_of(failed: Mapping[Any, BaseException]) -> BaseException:
    """Return the failure that came first."""
    return next(iter(failed.values()))


def left_undone(run: Run, failed: Mapping[int, BaseException]) -> Unfinished | None:
    """Return what is left of a run in which these slices failed; raise what is no matter of the API's."""
    if not failed:
        return None
    for error in failed.values():
        if not isinstance(error, ApiError):
            raise error
    deferred = [error for error in failed.values() if isinstance(error, Deferred)]
    if len(run.planned.slices) == 1 and not deferred:
        raise first_of(failed)
    whole = run.folder.whole_slices()
    labels = {work.number: work.label for work in run.planned.slices if work.number not in whole}
    wrong = {number: error for number, error in failed.items() if not isinstance(error, Deferred)}
    if not labels:  # another attempt at the slices that failed here has brought them to their end
        return None
    return Unfinished(
        {labels[number]: error for number, error in wrong.items() if number in labels},
        [label for number, label in labels.items() if number not in wrong],
        len(whole),
        max(deferred, key=lambda error: error.resume_at, default=None),
    )

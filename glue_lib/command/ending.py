"""How an execution ended, in lines for people: what is complete, what is not, and what is landed of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from glue_lib.execution import Outcome

_NAMED = 5


@dataclass(frozen=True)
class Line:
    """One line, and whether it tells of a failure, of a wait, or of neither."""

    text: str
    status: str = ""


def lines(outcomes: Sequence[Outcome]) -> list[Line]:
    """Return what to tell of an execution that did not bring all of its streams to their end; else nothing."""
    unfinished = [outcome for outcome in outcomes if outcome.status != "complete"]
    complete = [outcome.stream for outcome in outcomes if outcome.status == "complete"]
    if not unfinished:
        return []
    told = [Line(f"complete: {', '.join(complete)}")] if complete else []
    return told + [line for outcome in unfinished for line in _of(outcome)]


def _of(outcome: Outcome) -> list[Line]:
    details = [*_landed(outcome), *_named(outcome, "failed"), *_named(outcome, "waiting")]
    return [Line(_reason(outcome), outcome.status), *(Line(f"  {detail}") for detail in details)]


def _reason(outcome: Outcome) -> str:
    """Return why a stream is not complete, behind its name."""
    name = f"{outcome.source}.{outcome.stream}: "
    if outcome.status == "incomplete":
        return f"{outcome.evidence['reason']}; run again then, and it goes on"
    told = outcome.error or outcome.status
    return told if told.startswith(name) else name + told


def _landed(outcome: Outcome) -> list[str]:
    """Return what stays of the run for the next execution; nothing where there was no run."""
    slices, whole = outcome.evidence.get("slices"), outcome.evidence.get("whole_slices")
    if not outcome.run_id or slices is None or (slices < 2 and not outcome.pages):
        return []
    pages = f"{_count(outcome.pages, 'page')} with {_count(outcome.records, 'record')} are landed and stay"
    return [f"{pages}; {whole:,} of {slices:,} slices are whole" if slices > 1 else pages]


def _named(outcome: Outcome, how: str) -> list[str]:
    labels: Collection[str] = outcome.evidence.get(f"{how}_slices", ())
    if not labels or outcome.evidence["slices"] < 2:
        return []
    return [f"{how}: {', '.join(list(labels)[:_NAMED])}{', …' if len(labels) > _NAMED else ''}"]


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"

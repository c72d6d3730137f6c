"""What a check of the surroundings found, and how checks are made side by side, each within its time."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from glue_lib.errors import HeadwaterError

Status = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True)
class Finding:
    """What a check found: its `status`, what that is about, and what to do, where something is to be done."""

    check: str
    status: Status
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """One check, by its name; what it raises for a user is what it found."""

    name: str
    make: Callable[[], Sequence[Finding]]


def ok(check: str, found: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(check, "ok", found)


def warning(check: str, found: str, remedy: str) -> Finding:
    """Return that something may do harm."""
    return Finding(check, "warning", found, remedy)


def failed(check: str, found: str, remedy: str) -> Finding:
    """Return that a run would fail."""
    return Finding(check, "failed", found, remedy)


def skipped(check: str, reason: str) -> Finding:
    """Return that something was not checked."""
    return Finding(check, "skipped", reason)


def examined(checks: Sequence[Check], seconds: float) -> list[Finding]:
    """Return what the checks find, in their order; one that is not done after `seconds` has failed."""
    found: list[Sequence[Finding]] = [
        [failed(check.name, f"no answer within {seconds:g} s", "see what holds it up: network, proxy, file system")]
        for check in checks
    ]

    def make(place: int) -> None:
        found[place] = _made(checks[place])

    # Daemons: the process ends although one of them hangs.
    threads = [threading.Thread(target=make, args=(place,), daemon=True) for place in range(len(checks))]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return [finding for findings in list(found) for finding in findings]


def _made(check: Check) -> Sequence[Finding]:
    try:
        return check.make()
    except HeadwaterError as error:
        found, _, remedy = str(error).rpartition("; ")
        return [failed(check.name, found or remedy, remedy if found else "see docs/errors.md")]
    except Exception as error:
        # Not its text: nobody has looked whether it holds a credential.
        return [failed(check.name, f"could not be checked: {type(error).__name__}", "tell us; a run may work anyway")]

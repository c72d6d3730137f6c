"""A workflow's execution, followed to its end: what its jobs do, as it happens."""

import time
from collections.abc import Callable
from typing import Any

from local_aws.running import LocalAws

ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


def follow(
    aws: LocalAws, execution: str, say: Callable[[str], None] = lambda line: None, *, seconds: float = 3600
) -> dict[str, Any]:
    """Return the execution as it ended; each job run is told of when it begins and when it ends."""
    states = aws.client("stepfunctions")
    deadline = time.monotonic() + seconds
    told: set[tuple[str, str]] = set()
    while True:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        for run in aws.told("runs"):
            if (run["run"], run["state"]) not in told:
                told.add((run["run"], run["state"]))
                say(_line(run))
        if found["status"] in ENDED or time.monotonic() > deadline:
            return found
        time.sleep(0.3)


def _line(run: dict[str, Any]) -> str:
    streams = run["arguments"].get("--streams") or "all streams"
    error = f": {run['error']}" if run["error"] else ""
    return f"{run['job']} ({streams}) {run['state']}{error}"

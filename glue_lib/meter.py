"""The meter of an execution: the requests it made, how long it waited, and what each stream came to.

Counting costs next to nothing, so it is always done; whether somebody is told is for where the execution runs.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from glue_lib.api.exchange import Response, Send, SignedRequest

if TYPE_CHECKING:
    from glue_lib.execution import Outcome

Step = Literal["ingest", "load", "sync", "maintain"]


@dataclass(frozen=True)
class Ended:
    """A stream that a step brought to its end."""

    step: Step
    outcome: "Outcome"

    @property
    def is_loaded(self) -> bool:
        """Whether the stream's tables hold all that is landed of it."""
        return self.step in ("load", "sync") and self.outcome.status == "complete"


class Meter:
    """Counts for all streams and threads of an execution; what Spark tasks ask for is not seen from here."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.requests = 0  # also those for tokens, and those that were refused
        self.waited_seconds = 0.0  # for the API's sake, of all threads together
        self.ended: list[Ended] = []

    def counted(self, send: Send) -> Send:
        """Return what sends as `send` does, and counts."""

        def sent(request: SignedRequest, timeout_seconds: float) -> Response:
            with self._lock:
                self.requests += 1
            return send(request, timeout_seconds)

        return sent

    def timed(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        """Return what waits as `sleep` does, and takes the time."""

        def slept(seconds: float) -> None:
            begun = self._clock()
            try:
                sleep(seconds)
            finally:
                with self._lock:
                    self.waited_seconds += self._clock() - begun

        return slept

    def end(self, step: Step, outcomes: Sequence["Outcome"]) -> None:
        """Take in what a step came to for each stream."""
        self.ended += [Ended(step, outcome) for outcome in outcomes]

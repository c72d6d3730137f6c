"""The meter of an execution: the requests it made, how long it waited, and what each stream took and came to.

Counting costs next to nothing, so it is always done; whether somebody is told is for where the execution runs.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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


@dataclass
class Tally:
    """What one stream took, so far."""

    begun_at: float | None = None  # by the meter's clock
    requests: int = 0
    waits: int = 0
    wire_bytes: int = 0
    raw_bytes: int = 0
    rows_read: int = 0
    fetch_seconds: float = 0.0  # of the clock; with the waits among them
    wait_seconds: float = 0.0  # of the clock, in which some thread waited and none was asking
    load_seconds: float = 0.0  # of the clock; with the writing among them
    write_seconds: float = 0.0
    fetching_at: float | None = None  # since when it is fetched, or loaded, at present
    loading_at: float | None = None
    asking: int = 0  # threads, at present
    waiting: int = 0
    since: float = 0.0  # when the last of them began or ended

    def until(self, now: float) -> "Tally":
        """Return the same with what is under way counted until now."""
        fetching = 0.0 if self.fetching_at is None else now - self.fetching_at
        loading = 0.0 if self.loading_at is None else now - self.loading_at
        return replace(self, fetch_seconds=self.fetch_seconds + fetching, load_seconds=self.load_seconds + loading)

    def turn(self, now: float, *, asking: int = 0, waiting: int = 0) -> None:
        """Take in that a thread begins, or ends, to ask or to wait."""
        if self.waiting and not self.asking:
            self.wait_seconds += now - self.since
        self.asking, self.waiting, self.since = self.asking + asking, self.waiting + waiting, now


class Meter:
    """Counts for all streams and threads of an execution; what Spark tasks ask for is not seen from here."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self.requests = 0  # also those for tokens, and those that were refused
        self.waited_seconds = 0.0  # for the API's sake, of all threads together
        self.ended: list[Ended] = []
        self._tallies: dict[str, Tally] = {}
        self._fetched = Tally()  # of the stream that is asked for: one at a time is

    def of(self, stream: str) -> Tally:
        """Return what a stream took."""
        with self._lock:
            return self._tallies.setdefault(stream, Tally())

    @property
    def received_bytes(self) -> int:
        """How many bytes came in answers, as they were sent."""
        with self._lock:
            return sum(tally.wire_bytes for tally in self._tallies.values())

    @contextmanager
    def fetching(self, stream: str) -> Iterator[None]:
        """Take what is asked for in the block, and its time, for a stream's."""
        tally, before, begun = self._begun(stream), self._fetched, self.clock()
        self._fetched, tally.fetching_at = tally, begun
        try:
            yield
        finally:
            self._fetched, tally.fetching_at = before, None
            tally.fetch_seconds += self.clock() - begun

    @contextmanager
    def loading(self, stream: str) -> Iterator[None]:
        """Take the time of the block for that of a stream's load."""
        tally, begun = self._begun(stream), self.clock()
        tally.loading_at = begun
        try:
            yield
        finally:
            tally.loading_at = None
            tally.load_seconds += self.clock() - begun

    @contextmanager
    def writing(self, stream: str) -> Iterator[None]:
        """Take the time of the block for that in which a stream's tables are written."""
        tally, begun = self.of(stream), self.clock()
        try:
            yield
        finally:
            tally.write_seconds += self.clock() - begun

    def _begun(self, stream: str) -> Tally:
        tally = self.of(stream)
        tally.begun_at = self.clock() if tally.begun_at is None else tally.begun_at
        return tally

    def counted(self, send: Send) -> Send:
        """Return what sends as `send` does, and counts."""

        def sent(request: SignedRequest, timeout_seconds: float) -> Response:
            tally = self._fetched
            with self._lock:
                self.requests += 1
                tally.requests += 1
                tally.turn(self.clock(), asking=1)
            try:
                response = send(request, timeout_seconds)
            finally:
                with self._lock:
                    tally.turn(self.clock(), asking=-1)
            with self._lock:
                tally.raw_bytes += response.body.size
                tally.wire_bytes += response.wire_bytes or response.body.size
            return response

        return sent

    def timed(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        """Return what waits as `sleep` does, and takes the time."""

        def slept(seconds: float) -> None:
            tally, begun = self._fetched, self.clock()
            with self._lock:
                tally.waits += 1
                tally.turn(begun, waiting=1)
            try:
                sleep(seconds)
            finally:
                with self._lock:
                    ended = self.clock()
                    self.waited_seconds += ended - begun
                    tally.turn(ended, waiting=-1)

        return slept

    def end(self, step: Step, outcomes: Sequence["Outcome"]) -> None:
        """Take in what a step came to for each stream."""
        self.ended += [Ended(step, outcome) for outcome in outcomes]

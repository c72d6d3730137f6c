"""Limits: how fast a source may be asked, as one budget for all its streams and threads."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import Field

from glue_lib.kind import Kind

_SLOWER = 0.5  # of the pace, after each refusal
_SLOWEST = 1 / 64  # of the declared pace
_FASTER = 1 / 50  # of the declared pace, after each request that went well
_DAY_SECONDS = 86_400.0
_CLOCK_GRAIN_SECONDS = 1e-6


class Limits(Kind):
    """What the API allows.

    The YAML:

        limits: {requests_per_second: 10, concurrency: 4, requests_per_day: 50000}
    """

    requests_per_second: float = Field(default=10, gt=0)
    concurrency: int = Field(default=4, ge=1)  # requests under way at the same time
    requests_per_day: int | None = Field(default=None, ge=1)  # counted within one execution


class QuotaSpent(Exception):
    """The day's requests are used up; `wait_seconds` later there are new ones."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(f"no requests left for {wait_seconds:.0f} seconds")
        self.wait_seconds = wait_seconds


class TokenBucket:
    """Lets requests pass at an even pace: slower after a refusal, faster again while all goes well.

    It holds one token, so that a second after a long silence has no more requests than any other. Threads share it.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._pace = limits.requests_per_second
        self._next = 0.0
        self._closed_until = 0.0
        self._day_ends: float | None = None
        self._passed_today = 0
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(limits.concurrency)

    @property
    def requests_per_second(self) -> float:
        """The pace at present."""
        return self._pace

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place and a token, hold the place for the time of the block."""
        with self._places:
            while (wait_seconds := self._take()) > 0:
                self._sleep(wait_seconds)
            yield

    def slow_down(self, wait_seconds: float) -> None:
        """Let nothing pass for `wait_seconds`, and less per second after; refusals that come together count once."""
        with self._lock:
            now = self._clock()
            if now >= self._closed_until:
                self._pace = max(self._pace * _SLOWER, self._limits.requests_per_second * _SLOWEST)
            self._closed_until = max(self._closed_until, now + wait_seconds)

    def speed_up(self) -> None:
        """Note a request that went well: the pace grows back to the declared one."""
        with self._lock:
            declared = self._limits.requests_per_second
            self._pace = min(declared, self._pace + declared * _FASTER)

    def _take(self) -> float:
        """Take a token and return 0, or return the seconds until there may be one."""
        with self._lock:
            now = self._clock()
            free = max(self._next, self._closed_until)
            if now < free - _CLOCK_GRAIN_SECONDS:
                return free - now
            self._count(now)
            self._next = max(now, free) + 1 / self._pace
            return 0.0

    def _count(self, now: float) -> None:
        if self._day_ends is None or now >= self._day_ends:
            self._day_ends, self._passed_today = now + _DAY_SECONDS, 0
        if self._limits.requests_per_day is not None and self._passed_today >= self._limits.requests_per_day:
            raise QuotaSpent(self._day_ends - now)
        self._passed_today += 1

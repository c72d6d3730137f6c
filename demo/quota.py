"""The platform's rate limit: so many requests in ten seconds; one too many closes the door for a second."""

import time
from collections.abc import Callable
from threading import Lock

WINDOW_SECONDS = 10.0
CLOSED_SECONDS = 1.0


class Quota:
    """Counts requests; `0` requests means no limit.

    A refusal starts the count anew once its second is over. So a reader who waits as told pays one second for every
    `requests` requests, however slow the machine, and a run of the demo meets the limit once or twice.
    """

    def __init__(self, requests: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._requests = requests
        self._clock = clock
        self._lock = Lock()
        self._window_ends = self._closed_until = clock()
        self._count = 0

    def wait_seconds(self) -> float:
        """Count one request; return 0 when it may be answered, else the seconds until the door opens again."""
        if not self._requests:
            return 0
        with self._lock:
            now = self._clock()
            if now < self._closed_until:
                return self._closed_until - now
            if now >= self._window_ends:
                self._count, self._window_ends = 0, now + WINDOW_SECONDS
            self._count += 1
            if self._count <= self._requests:
                return 0
            self._window_ends = self._closed_until = now + CLOSED_SECONDS
            return CLOSED_SECONDS

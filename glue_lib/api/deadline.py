"""The deadline: the moment at which an execution stops asking, so that it can save what it has before it is ended.

Where a process is given only so much time (AWS Lambda, a Glue job), being killed would cost the pages since the last
part, and nobody would be told when to go on. So no request begins after the deadline, none outlasts it, and a wait
that would pass it is not begun.
"""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from glue_lib.api.exchange import Cut, Response, Send, SignedRequest
from glue_lib.api.patience import patience
from glue_lib.api.retry import Deferred

_LEAST_SECONDS = 0.001
_GRAIN_SECONDS = 0.05  # an answer that is cut at the deadline may be cut a moment before it


class Deadline:
    """A moment by the execution's own clock; None is far away."""

    def __init__(
        self,
        at: datetime | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._at, self._now, self._sleep = at, now, sleep

    def left(self) -> float:
        """Return the seconds until then."""
        return math.inf if self._at is None else (self._at - self._now()).total_seconds()

    def check(self) -> None:
        """Return while there is time, else raise Deferred: the next execution goes on at once."""
        if self.left() <= 0:
            raise self._over()

    def sleep(self, seconds: float) -> None:
        """Wait, unless the deadline comes first: then the next execution goes on when the wait would be over."""
        if seconds >= self.left():
            resume_at = self._now() + timedelta(seconds=seconds)
            told = f"a wait of {seconds:.1f} seconds would outlast this execution"
            raise Deferred(f"{told}; the run can go on at {resume_at:%Y-%m-%d %H:%M:%S %Z}", resume_at)
        self._sleep(seconds)

    def bounded(self, send: Send) -> Send:
        """Return what sends as `send` does, up to the deadline."""
        if self._at is None:
            return send

        def sent(request: SignedRequest, timeout_seconds: float) -> Response:
            self.check()
            left = max(self.left(), _LEAST_SECONDS)
            try:
                with patience.at_most(left):
                    return send(request, min(timeout_seconds, left))
            except Cut:
                if self.left() > _GRAIN_SECONDS:
                    raise
            raise self._over()

        return sent

    def _over(self) -> Deferred:
        return Deferred("the time of this execution is over; the next one goes on from here", self._now())

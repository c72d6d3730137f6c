"""Limits: how fast a source may be asked, as one budget for all its streams and threads."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from pydantic import Field

from glue_lib import log
from glue_lib.api.allowances import Allowances, Hold
from glue_lib.api.budget import Blocks, DayBudget, OwnBlocks, next_day
from glue_lib.api.exchange import Response
from glue_lib.api.query_cost import query_cost
from glue_lib.api.rate_headers import allowances
from glue_lib.api.throttle import throttle_of
from glue_lib.api.zone import ZoneName
from glue_lib.kind import Kind

_SLOWER = 0.5  # of the pace, after each refusal
_SLOWEST = 1 / 64  # of the declared pace
_FASTER = 1 / 40  # of the pace, after each request that went well
_LEAST_FASTER = 1 / 500  # of the declared pace
_CLOCK_GRAIN_SECONDS = 1e-6
_TOLD_SECONDS = 5.0  # a shorter wait is part of keeping a pace
_PACED_SECONDS = 0.5  # a wait for the pace that who watches may want to see


class Limits(Kind):
    """What the API allows.

    The YAML:

        limits: {requests_per_second: 10, concurrency: 4, requests_per_day: 50000, reserve: 0.2}
    """

    requests_per_second: float = Field(
        10,
        gt=0,
        description="The pace, for all streams and threads together; fractions make it slower than one a second.",
    )
    concurrency: int = Field(
        4,
        ge=1,
        le=100,
        description="Requests under way at the same time; each is a thread with a connection, and holds an answer.",
    )
    requests_per_day: int | None = Field(
        None, ge=1, description="Requests a day, of all executions that share the lake."
    )
    reserve: float = Field(0, ge=0, lt=1, description="Share of the day's requests that is left to others.")
    timezone: ZoneName = Field("UTC", description="Time zone in which the API's day begins.")
    largest_answer_mb: int = Field(
        4096, ge=1, description="A longer answer, also when unpacked, is an error, since it would fill the disk."
    )

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the API's day begins."""
        return ZoneInfo(self.timezone)

    @property
    def requests_of_a_day(self) -> int | None:
        """How many requests a day are ours."""
        return None if self.requests_per_day is None else max(1, int(self.requests_per_day * (1 - self.reserve)))

    def share(self, of: int) -> "Limits":
        """Return the part of one of so many processes that ask side by side; they count the day's requests together."""
        return self.part(Fraction(1, of))

    def part(self, share: Fraction) -> "Limits":
        """Return that much of the pace and of the places, of which one stays at least."""
        pace = self.requests_per_second * share.numerator / share.denominator
        places = max(1, math.floor(self.concurrency * share))
        return self.model_copy(update={"requests_per_second": pace, "concurrency": places})


class QuotaSpent(Exception):
    """No request may pass for `wait_seconds`, and that is too long to sit out; the text says why."""

    def __init__(self, wait_seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class TokenBucket:
    """Lets requests pass at an even pace: slower after a refusal, faster again while all goes well.

    It holds one token, so that a second after a long silence has no more requests than any other. What answers say
    about the requests that are left counts too. Threads share it.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        blocks: Blocks | None = None,
        longest_wait_seconds: float = 300,
    ) -> None:
        self._limits = limits
        self._clock, self._sleep, self._now = clock, sleep, now
        self._longest_wait_seconds = longest_wait_seconds
        self._pace = limits.requests_per_second
        self._passed_at = -math.inf
        self._closed_until = self._slowed_until = self._told_until = -math.inf
        self._left = Allowances(reserve=limits.reserve, longest_wait_seconds=longest_wait_seconds)
        self._under_way = 0
        allowed = limits.requests_of_a_day
        self._budget = None if allowed is None else DayBudget(allowed, limits.zone, blocks or OwnBlocks())
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(limits.concurrency)

    @property
    def requests_per_second(self) -> float:
        """The pace at present."""
        return self._pace

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the API's day begins."""
        return self._limits.zone

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place and a token, hold the place for the time of the block; QuotaSpent where that is too long.

        The answer is best heeded within the block: until then the request counts as under way.
        """
        with self._places:
            while (wait_seconds := self._take()) > 0:
                if wait_seconds >= _PACED_SECONDS:
                    log.debug("source paced", seconds=f"{wait_seconds:.1f}")
                self._sleep(wait_seconds)
            try:
                yield
            finally:
                with self._lock:
                    self._under_way -= 1

    def heed(self, response: Response, now: datetime) -> None:
        """Take in what an answer of any status says about the requests that are left."""
        throttle = throttle_of(response, now, self._limits.zone)
        told = [*allowances(response, now), *filter(None, [query_cost(response)])]
        with self._lock:
            at = self._clock()
            if throttle and throttle.wait_seconds is not None:
                self._closed_until = max(self._closed_until, at + throttle.wait_seconds)
            if self._left.heed(told, at, until_next_day=self._until_next_day()):
                self._slower(at, 1.0)

    def slow_down(self, wait_seconds: float) -> None:
        """Let nothing pass for `wait_seconds`, and less per second after; refusals that come together count once."""
        with self._lock:
            now = self._clock()
            self._slower(now, wait_seconds)
            self._closed_until = max(self._closed_until, now + wait_seconds)

    def speed_up(self) -> None:
        """Note a request that went well: the pace grows back to the declared one."""
        with self._lock:
            declared = self._limits.requests_per_second
            self._pace = min(declared, self._pace + max(self._pace * _FASTER, declared * _LEAST_FASTER))

    def close(self) -> None:
        """Give back what was reserved of the day's requests and not made."""
        with self._lock:
            if self._budget:
                self._budget.close()

    def _slower(self, now: float, seconds: float) -> None:
        if now >= self._slowed_until:
            self._pace = max(self._pace * _SLOWER, self._limits.requests_per_second * _SLOWEST)
        self._slowed_until = max(self._slowed_until, now + seconds)

    def _take(self) -> float:
        """Take a token and return 0, or return the seconds until there may be one."""
        with self._lock:
            now = self._clock()
            wait_seconds = self._wait(now)
            if wait_seconds > _CLOCK_GRAIN_SECONDS:
                return wait_seconds
            if self._budget and not self._budget.spend(self._now()):
                return self._sat_out(self._until_next_day(), "the requests of `limits.requests_per_day` are used up")
            self._passed_at = now + max(0.0, wait_seconds)
            self._under_way += 1
            return 0.0

    def _wait(self, now: float) -> float:
        """Return the seconds until the pace, the API's wish to wait, and what it says to be left allow a request."""
        at_pace = self._passed_at + max(1 / self._pace, self._left.gap(now)) - now
        closed = self._sat_out(self._closed_until - now, "the API asked to wait")
        hold = self._left.hold(now, under_way=self._under_way)
        if hold is None:
            return max(at_pace, closed)
        self._sat_out(hold.seconds, hold.reason)
        self._tell(now, hold)
        return max(at_pace, closed, hold.seconds)

    def _tell(self, now: float, hold: Hold) -> None:
        """Log a long hold, once for all who wait for its end."""
        if hold.seconds >= _TOLD_SECONDS and now >= self._told_until:
            self._told_until = now + hold.seconds
            # Not `hold.reason`: it holds words of the API, and nothing takes credentials out of a log line.
            reason = "the API says that no requests are left"
            log.warning("source waiting", seconds=f"{hold.seconds:.1f}", reason=reason)

    def _sat_out(self, seconds: float, reason: str) -> float:
        if seconds > self._longest_wait_seconds:
            raise QuotaSpent(seconds, reason)
        return seconds

    def _until_next_day(self) -> float:
        now = self._now()
        return max((next_day(now, self._limits.zone) - now).total_seconds(), 2 * _CLOCK_GRAIN_SECONDS)

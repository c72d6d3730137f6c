"""Retry: what an answer that is no page means for the next seconds. It decides; the client waits."""

from datetime import datetime

from pydantic import Field

from glue_lib.api.exchange import Response
from glue_lib.api.resets import LONGEST_SECONDS, clock_of, seconds_until
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_MOST_DOUBLINGS = 60
_DAY_SECONDS = 86_400
_RETRY_AFTER = {"retry-after-ms": 0.001, "x-ms-retry-after-ms": 0.001, "Retry-After": 1.0}


class Retry(Kind):
    """When to ask again, and when to give up.

    A wait that the API asks for is kept. One longer than `longest_wait_seconds` is not sat out: the run ends incomplete
    and says when it can go on. One of more than 32 days, which no limit lasts, is a failure that says so.

    The YAML:

        retry: {tries: 8, base_seconds: 1, cap_seconds: 60, longest_wait_seconds: 300}

    How long an answer is waited for: for the connection, between two bytes, and from the request to the last byte.

        retry: {connect_seconds: 30, timeout_seconds: 120, total_seconds: 900}
    """

    statuses: tuple[int, ...] = Field(
        (202, 408, 425, 429, 500, 502, 503, 504), description="HTTP statuses after which asking again can help."
    )
    tries: int = Field(8, ge=1, description="Tries of one request, the first included.")
    base_seconds: float = Field(1, ge=0, description="The first wait; doubled at each further one.")
    cap_seconds: float = Field(60, ge=0, description="The longest wait that doubling leads to.")
    longest_wait_seconds: float = Field(
        300, ge=0, description="A longer wait is not sat out: it ends the run incomplete."
    )
    timeout_seconds: float = Field(
        120, gt=0, description="Without a byte of the answer for so long, a request counts as cut."
    )
    connect_seconds: float = Field(30, gt=0, description="How long a connection is waited for.")
    total_seconds: float = Field(
        900, gt=0, description="How long a whole answer is waited for, however steadily it trickles."
    )


class Deferred(ApiError):
    """The API asks for a wait too long to sit out: the run is incomplete and can go on at `resume_at`."""

    def __init__(self, text: str, resume_at: datetime) -> None:
        super().__init__(text)
        self.resume_at = resume_at


def pause(
    retry: Retry,
    *,
    status: int | None,
    asked: float | None,
    attempt: int,
    chance: float = 1.0,
    is_throttled: bool = False,
) -> float | None:
    """Return the seconds to wait before trying again, or None when waiting cannot help.

    `status` is None when no whole answer came; `asked` is the wait that the API asked for; `chance`, from 0 to 1,
    spreads the waits of many requests that failed together; `is_throttled` says that the answer is a throttle, whatever
    its status.
    """
    # Some APIs answer 403 instead of 429; a time to come back is what tells it from a refusal.
    is_passing = is_throttled or status is None or status in retry.statuses or (status == 403 and asked is not None)
    if not is_passing:
        return None
    if is_too_long(asked):
        return None
    if asked is not None and asked > retry.longest_wait_seconds:
        return asked  # not sat out, so it is no further try
    if attempt >= retry.tries:
        return None
    if asked is not None:
        return asked
    return float(min(retry.cap_seconds, retry.base_seconds * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))) * (
        0.5 + chance / 2
    )


def is_too_long(asked: float | None) -> bool:
    """Return whether a wait that the API asks for is a mistake or a trap: the next execution had better ask again."""
    return asked is not None and asked > LONGEST_SECONDS


def told_too_long(asked: float) -> str:
    """Return what a failure says of such a wait, behind what was answered."""
    most = LONGEST_SECONDS / _DAY_SECONDS
    told = f" and asks to wait for {asked / _DAY_SECONDS:,.0f} days, longer than any limit lasts ({most:.0f} days)"
    return f"{told}; ask whoever runs the API whether your access is blocked, then run again"


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds that `Retry-After`, or one of its sisters in milliseconds, asks for."""
    clock = clock_of(response, now)
    for name, unit_seconds in _RETRY_AFTER.items():
        asked = seconds_until(response.header(name) or "", clock, unit_seconds=unit_seconds)
        if asked is not None:
            return asked
    return None

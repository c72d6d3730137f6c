"""Retry: what an answer that is no page means for the next seconds. It decides; the client waits."""

from datetime import datetime

from pydantic import Field

from glue_lib.api.exchange import Response
from glue_lib.api.resets import clock_of, seconds_until
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_MOST_DOUBLINGS = 60
_RETRY_AFTER = {"retry-after-ms": 0.001, "x-ms-retry-after-ms": 0.001, "Retry-After": 1.0}


class Retry(Kind):
    """When to ask again, and when to give up.

    A wait that the API asks for is kept. One longer than `longest_wait_seconds` is not sat out: the run ends incomplete
    and says when it can go on.

    The YAML:

        retry: {tries: 8, base_seconds: 1, cap_seconds: 60, longest_wait_seconds: 300}

    How long an answer is waited for: for the connection, between two bytes, and from the request to the last byte.

        retry: {connect_seconds: 30, timeout_seconds: 120, total_seconds: 900}
    """

    statuses: tuple[int, ...] = (202, 408, 425, 429, 500, 502, 503, 504)
    tries: int = Field(default=8, ge=1)  # of one request, the first included
    base_seconds: float = Field(default=1, ge=0)  # the first wait, doubled at each further one
    cap_seconds: float = Field(default=60, ge=0)  # the longest wait that doubling leads to
    longest_wait_seconds: float = Field(default=300, ge=0)  # a longer one defers the run
    timeout_seconds: float = Field(default=120, gt=0)  # without a byte of the answer, before a request counts as cut
    connect_seconds: float = Field(default=30, gt=0)  # for the connection alone
    total_seconds: float = Field(default=900, gt=0)  # for a whole answer, however steadily it trickles


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
    if asked is not None and asked > retry.longest_wait_seconds:
        return asked  # not sat out, so it is no further try
    if attempt >= retry.tries:
        return None
    if asked is not None:
        return asked
    return float(min(retry.cap_seconds, retry.base_seconds * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))) * (
        0.5 + chance / 2
    )


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds that `Retry-After`, or one of its sisters in milliseconds, asks for."""
    clock = clock_of(response, now)
    for name, unit_seconds in _RETRY_AFTER.items():
        asked = seconds_until(response.header(name) or "", clock, unit_seconds=unit_seconds)
        if asked is not None:
            return asked
    return None

"""Throttles: answers that mean `not so fast`, whatever their status."""

from dataclasses import dataclass
from datetime import datetime

from glue_lib.api.exchange import Response
from glue_lib.api.retry import retry_after


@dataclass(frozen=True)
class Throttle:
    """The API refuses for now; `wait_seconds` is None where it does not say until when."""

    wait_seconds: float | None


def throttle_of(response: Response, now: datetime) -> Throttle | None:
    """Return what a throttling answer asks for, or None when the answer is none."""
    asked = retry_after(response, now)
    if response.status == 429 or (response.status in (403, 503) and asked is not None):
        return Throttle(asked)
    return None

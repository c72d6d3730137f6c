"""What reading a source will take, before its first request: time, share of the daily quota, and Glue's price.

Pure arithmetic over what is declared (`limits`, `glue`) and how many requests each stream is expected to make. A figure
that is only known from below says so.
"""

import math
from dataclasses import dataclass

from glue_lib.api.limits import Limits
from glue_lib.spec import price
from glue_lib.spec.glue import Glue
from glue_lib.spec.price import dpus

STARTED_MINUTES = 2.0  # Spark's start and the last tables: what a run takes beside its requests
LEAST_MINUTES = 1.0  # Glue bills each second, and a minute at least


@dataclass(frozen=True)
class Expected:
    """How many requests a stream will make, and what that figure rests on."""

    stream: str
    mode: str  # full, incremental, backfill
    slices: int
    requests: int
    is_least: bool  # nothing tells how many pages there are: it may be more
    basis: str  # for people: `142 pages in run …`


@dataclass(frozen=True)
class Cost:
    """What the requests of all streams together take."""

    requests: int
    minutes: float  # of asking, at the declared pace
    days: int  # 1, unless `limits.requests_per_day` spreads the requests over several
    quota_share: float | None  # of what is ours of one day's quota; None when none is declared
    dpu_hours: float
    usd: float


def cost(requests: int, limits: Limits, glue: Glue, *, answer_seconds: float = 0.0, dpu_hour_usd: float = 0.0) -> Cost:
    """Return what so many requests take.

    `answer_seconds` is how long the API takes for an answer: with few requests under way at a time, that can be what
    decides. `dpu_hour_usd` is the price where it is not the listed one.
    """
    pace = limits.requests_per_second
    if answer_seconds > 0:
        pace = min(pace, limits.concurrency / answer_seconds)
    minutes = requests / pace / 60
    share = requests / limits.requests_of_a_day if limits.requests_of_a_day else None
    dpu_hours = glue.workers * dpus(glue.worker_type) * max(LEAST_MINUTES, minutes + STARTED_MINUTES) / 60
    return Cost(
        requests=requests,
        minutes=minutes,
        days=max(1, math.ceil(share)) if share is not None else 1,
        quota_share=share,
        dpu_hours=dpu_hours,
        usd=dpu_hours * (dpu_hour_usd or price.dpu_hour_usd(glue)),
    )


def pages_of(total: int, page_records: int) -> int:
    """Return how many pages hold `total` records; the first page tells how many records one holds."""
    return max(1, math.ceil(total / max(1, page_records)))

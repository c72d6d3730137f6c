"""Throttles: answers that mean `not so fast`, whatever their status, and until when."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from glue_lib.api.budget import next_day
from glue_lib.api.exchange import Response
from glue_lib.api.query_cost import query_cost
from glue_lib.api.rate_headers import allowances
from glue_lib.api.resets import LONGEST_SECONDS, ROLLING_SECONDS
from glue_lib.api.retry import retry_after

_ALWAYS = (420, 429, 430, 509)
_BY_HEADERS = (403, 503)  # throttles where they name a time to come back
_BY_BODY = (*range(200, 300), 400, 403, 503)  # throttles only where the body says so
_LONGEST_REFUSAL, _LONGEST_ERROR = 64 * 2**10, 16 * 2**10  # the latter among pages, which pass here too
_HINT = re.compile(rb"throttl|limit|too.?many|quota|complexity|daily", re.IGNORECASE)
_CODES = re.compile(
    r"(request)?throttled|throttling(exception)?|ratelimit(ed|error|exceeded)?|hitratelimit|toomanyrequests"
    r"|(user|request|project)?ratelimitexceeded|(secondary)?ratelimitexceeded|apilimitexceeded|complexityexception"
)
_DAILY_CODES = re.compile(r"daily|(daily|day)(rate)?limit(exceeded)?|dailyquota(exceeded)?|quotaexceeded")
_ROLLING_CODES = re.compile(r"requestlimitexceeded|totalrequestslimitexceeded")
_SAID = re.compile(r"(api|secondary) rate limit|rate limit exceeded", re.IGNORECASE)
_CODE_KEYS = ("code", "errorCode", "error_code", "errorType", "error_type", "type", "reason", "status", "policyName")
_DEEPER_KEYS = ("extensions", "errors", "error")
_SECONDARY_SECONDS = 60.0  # GitHub asks for a minute where it names no time


@dataclass(frozen=True)
class Throttle:
    """The API refuses for now; `wait_seconds` is None where it does not say until when."""

    wait_seconds: float | None


def throttle_of(response: Response, now: datetime, zone: tzinfo = UTC) -> Throttle | None:
    """Return what a throttling answer asks for, or None when the answer is none; a day of the API begins in `zone`."""
    is_throttle = response.status in _ALWAYS
    told = _told(response, now, zone) if is_throttle or response.status in _BY_BODY else None
    if not (is_throttle or told or response.status in _BY_HEADERS):
        return None
    asked = asked_seconds(response, now, zone, told.wait_seconds if told else None)
    return Throttle(asked) if is_throttle or told or asked is not None else None


def asked_seconds(
    response: Response, now: datetime, zone: tzinfo = UTC, otherwise: float | None = None
) -> float | None:
    """Return the wait that a refusal asks for: `Retry-After`, else the longest reset of a limit that is used up."""
    asked = retry_after(response, now)
    if asked is None:
        waits = [otherwise, *_used_up(response, now, zone)]
        asked = max((seconds for seconds in waits if seconds is not None), default=None)
    return asked if asked is not None and asked <= LONGEST_SECONDS else None


def _used_up(response: Response, now: datetime, zone: tzinfo) -> Iterator[float | None]:
    """Yield when the limits begin anew that the headers say are used up."""
    for one in allowances(response, now):
        if one.remaining < 1:
            yield _next_day(now, zone) if one.is_daily and one.reset_seconds is None else one.reset_seconds


def _next_day(now: datetime, zone: tzinfo) -> float:
    return (next_day(now, zone) - now).total_seconds()


def _told(response: Response, now: datetime, zone: tzinfo) -> Throttle | None:
    """Return what the body says, as a code that is known or in GitHub's words."""
    body = _small(response)
    # Most pages are told apart without a closer look.
    is_plain = response.status < 300 and b'"error' not in body
    if is_plain or not _HINT.search(body):
        return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    codes = [re.sub(r"[^a-z]", "", code.lower()) for code in _codes(answer, is_refusal=response.status >= 300)]
    if any(_DAILY_CODES.fullmatch(code) for code in codes):
        return Throttle(_next_day(now, zone))
    if any(_ROLLING_CODES.fullmatch(code) for code in codes):
        return Throttle(ROLLING_SECONDS)
    if any(_CODES.fullmatch(code) for code in codes):
        cost = query_cost(response)
        return Throttle(cost.reset_seconds if cost else None)
    message = answer.get("message") if isinstance(answer, dict) else None
    if response.status == 403 and isinstance(message, str) and _SAID.search(message):
        return Throttle(_SECONDARY_SECONDS)
    return None


def _small(response: Response) -> bytes:
    body = response.body
    return body.read() if body.size <= (_LONGEST_ERROR if response.status < 300 else _LONGEST_REFUSAL) else b""


def _codes(answer: Any, *, is_refusal: bool) -> Iterator[str]:
    """Yield the texts that stand where errors have their codes; of a successful answer, only those of its errors."""
    if is_refusal:
        yield from _codes_in(answer)
    elif isinstance(answer, dict):
        yield from _codes_in({key: answer[key] for key in ("error", "errors") if key in answer})


def _codes_in(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, list) and depth < 5:
        for item in value[:10]:
            yield from _codes_in(item, depth + 1)
    elif isinstance(value, dict) and depth < 5:
        for key in _CODE_KEYS:
            if isinstance(value.get(key), str):
                yield value[key]
        for key in _DEEPER_KEYS:
            if isinstance(value.get(key), str):
                yield value[key]
            else:
                yield from _codes_in(value.get(key), depth + 1)

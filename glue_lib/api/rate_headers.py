"""Rate headers: what an answer says about the requests that are left, in the forms that APIs have for it.

X-RateLimit-Limit: 100            X-RateLimit-Remaining: 7          X-RateLimit-Reset: 1795509060
X-Rate-Limit: 700                 X-Rate-Limit-Remaining: 699
RateLimit-Limit: 10, 150;w=60     RateLimit-Remaining: 3            RateLimit-Reset: 4
RateLimit-Policy: "burst";q=100;w=60                                RateLimit: "burst";r=50;t=30
X-HubSpot-RateLimit-Daily: 500000                                   X-HubSpot-RateLimit-Daily-Remaining: 499999
X-Shopify-Shop-Api-Call-Limit: 32/40                                Sforce-Limit-Info: api-usage=18/15000
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from glue_lib.api.exchange import Response
from glue_lib.api.resets import LONGEST_SECONDS, ROLLING_SECONDS, clock_of, seconds_until

_HEADER = re.compile(r"(?:x-)?(?P<before>(?:[a-z0-9]+-)*?)(?P<unit>min|day)?(?:rate-?)?limit(?:-(?P<rest>.+))?")
_FRACTION_HEADER = re.compile(r".*(limit|usage|quota)")
_ROLES = {
    **dict.fromkeys(("limit", "max", "quota"), "limit"),
    **dict.fromkeys(("remaining", "left", "available"), "remaining"),
    **dict.fromkeys(("interval", "window"), "window"),
    **{"reset": "reset", "used": "used", "resource": "resource", "policy": "policy"},
}
_FILLERS = ("after", "at", "in", "seconds", "time")
_MILLISECONDS = ("milliseconds", "ms")
_SCOPES = {
    **dict.fromkeys(("second", "secondly"), 1.0),
    **dict.fromkeys(("min", "minute", "minutely"), 60.0),
    **dict.fromkeys(("hour", "hourly"), 3600.0),
    **dict.fromkeys(("day", "daily", "month", "monthly"), 86_400.0),
}
_DAY_SECONDS = 86_400.0
_NUMBER = re.compile(r"\s*(-?\d{1,15}(?:\.\d{1,6})?)\s*")
_FRACTION = re.compile(r"(?:^|[,;])\s*(?:(?P<name>[\w-]+)=)?(?P<used>\d{1,12})/(?P<limit>\d{1,12})(?=$|[\s,;(])")
_ITEM = re.compile(r'"(?P<name>[^"]{0,100})"(?P<parameters>(?:\s*;\s*[a-z]+=[^;,]*)+)')
_PARAMETER = re.compile(r"([a-z]+)\s*=\s*(\d{1,15}(?:\.\d{1,6})?)")


@dataclass(frozen=True)
class Allowance:
    """One limit as an answer tells it."""

    name: str  # tells it from the other limits of the API, such as `daily`
    remaining: float
    limit: float | None = None
    reset_seconds: float | None = None  # until requests are there again
    is_daily: bool = False  # without `reset_seconds`: when the next day begins


def allowances(response: Response, now: datetime) -> tuple[Allowance, ...]:
    """Return the limits that the headers of an answer tell."""
    told = [(name.lower(), value) for name, value in response.headers.items()]
    clock = clock_of(response, now)
    found = [*_structured(told), *_worded(told, clock), *_fractions(told)]
    return tuple(one for one in found if one.limit is None or one.limit > 0)


def _structured(told: list[tuple[str, str]]) -> Iterator[Allowance]:
    """Read `RateLimit` as a list of named limits, or as the older `limit=100, remaining=50, reset=5`."""
    quotas = {
        name: values.get("q")
        for header, text in told
        if header.endswith("ratelimit-policy")
        for name, values in _items(text)
    }
    for header, text in told:
        if not header.endswith("ratelimit"):
            continue
        for name, values in _items(text):
            if "r" in values:
                yield Allowance(name, values["r"], quotas.get(name), _believed(values.get("t")))
        values = {key: float(value) for key, value in _PARAMETER.findall(text)}
        if "remaining" in values:
            yield Allowance("", values["remaining"], values.get("limit"), _believed(values.get("reset")))


def _items(text: str) -> Iterator[tuple[str, dict[str, float]]]:
    for item in _ITEM.finditer(text):
        yield item["name"], {key: float(value) for key, value in _PARAMETER.findall(item["parameters"])}


def _worded(told: list[tuple[str, str]], clock: datetime) -> Iterator[Allowance]:
    """Read the headers that hold one value each; those of one limit are told by the words that they share."""
    groups: dict[tuple[str, str], dict[str, float | str]] = {}
    for header, text in told:
        if match := _HEADER.fullmatch(header):
            role, scope, unit_seconds = _meaning(match["rest"] or "", match["unit"] or "")
            value = _value(role, text, clock, unit_seconds)
            if value is not None:
                groups.setdefault((match["before"], scope), {}).setdefault(role, value)
    for (before, scope), values in groups.items():
        shared = groups.get((before, ""), {})
        if scope not in _SCOPES and "remaining" not in shared:
            values = shared | values  # a reset without a scope speaks for all
        remaining = _remaining(values)
        if remaining is not None and {"remaining", "used"} & groups[before, scope].keys():
            limit, is_daily = values.get("limit"), _SCOPES.get(scope) == _DAY_SECONDS
            name = scope or str(values.get("resource", ""))
            yield Allowance(name, remaining, _number(limit), _reset(values, scope, clock), is_daily)


def _meaning(rest: str, unit: str) -> tuple[str, str, float]:
    """Return what a header holds (`limit` where it does not say), of which of the API's limits, and in which unit."""
    words = [word for word in rest.split("-") if word and word not in _FILLERS]
    role = next((_ROLES[word] for word in words if word in _ROLES and word != "limit"), "limit")
    scope = [word for word in [unit, *words] if word and word not in _ROLES and word not in _MILLISECONDS]
    return role, "-".join(scope), 0.001 if any(word in _MILLISECONDS for word in words) else 1.0


def _value(role: str, text: str, clock: datetime, unit_seconds: float) -> float | str | None:
    if role == "resource":
        return text.strip()[:100]
    if role == "reset":
        seconds = seconds_until(text, clock, unit_seconds=unit_seconds)
        return seconds if seconds is not None else seconds_until(text.split(",")[0], clock, unit_seconds=unit_seconds)
    numbers = [float(part[1]) for part in map(_NUMBER.fullmatch, text.split(";")[0].split(",")) if part]
    if not numbers:
        return None
    if role == "window":
        return numbers[0] * unit_seconds
    return min(numbers) if role == "remaining" else numbers[0]


def _remaining(values: dict[str, float | str]) -> float | None:
    """Return what is left; a limit that is overdrawn has nothing left, and one below zero is none."""
    limit, remaining, used = (_number(values.get(role)) for role in ("limit", "remaining", "used"))
    if remaining is None and limit is not None and used is not None:
        remaining = limit - used
    if remaining is None or (remaining < 0 and limit is None):
        return None
    return max(0.0, remaining)


def _reset(values: dict[str, float | str], scope: str, clock: datetime) -> float | None:
    told = _number(values.get("reset", values.get("window")))
    if told is not None:
        return _believed(told)
    length = _SCOPES.get(scope, _DAY_SECONDS)
    return length - clock.timestamp() % length if length < _DAY_SECONDS else None


def _fractions(told: list[tuple[str, str]]) -> Iterator[Allowance]:
    """Read `used/limit`."""
    for header, text in told:
        for found in _FRACTION.finditer(text) if _FRACTION_HEADER.match(header) else ():
            reset_seconds = ROLLING_SECONDS if header == "sforce-limit-info" else None
            limit = float(found["limit"])
            is_daily = reset_seconds is not None
            yield Allowance(found["name"] or "", max(0.0, limit - float(found["used"])), limit, reset_seconds, is_daily)


def _believed(seconds: float | None) -> float | None:
    return seconds if seconds is not None and seconds <= LONGEST_SECONDS else None


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None

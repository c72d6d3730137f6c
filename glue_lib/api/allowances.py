"""Allowances: what is left of the limits that an API tells in its answers, from one answer to the next.

It decides when the next request may pass; the bucket, which holds the lock, does the waiting.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from glue_lib.api.rate_headers import Allowance

_SAME_SECONDS = 1.5  # two ends so close are one: many APIs tell theirs in whole seconds
_UNTOLD_SECONDS = 1.0  # until a limit that does not say when is looked at again
_GLANCE_SECONDS = 0.05  # until the answers of requests that are under way may tell more
_NEAR_SHARE = 0.2  # of a limit: with less than this left, requests are spread over the rest of the time
_NEAR_COUNT = 10  # where the limit is not told


@dataclass(frozen=True)
class Hold:
    """No request may pass for so long, for this reason."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class _Window:
    remaining: float  # the least that an answer told, without what is left to others
    ends_at: float
    is_near_end: bool
    says_end: bool
    label: str


class Allowances:
    """What is left in the open windows, by the names of their limits; every method takes the bucket's clock."""

    def __init__(self, *, reserve: float = 0, longest_wait_seconds: float = 300) -> None:
        self._reserve, self._longest_wait_seconds = reserve, longest_wait_seconds
        self._open: dict[str, _Window] = {}

    def heed(self, allowances: Iterable[Allowance], now: float, *, until_next_day: float) -> bool:
        """Take in what an answer tells; return whether a limit that names no end is nearly used up."""
        fresh = {one.name: self._window(one, now, until_next_day) for one in allowances}
        for name, window in fresh.items():
            if window.ends_at > now:  # an answer that was late tells of a window that is over
                self._open[name] = _merged(self._open.get(name), window)
        return any(window.is_near_end and not window.says_end for window in fresh.values())

    def hold(self, now: float, *, under_way: int) -> Hold | None:
        """Return what keeps the next request back; `under_way` others are not answered yet."""
        self._open = {name: window for name, window in self._open.items() if window.ends_at > now}
        holds = [hold for window in self._open.values() if (hold := _hold(window, now, under_way))]
        return max(holds, key=lambda hold: hold.seconds, default=None)

    def gap(self, now: float) -> float:
        """Return the seconds between two requests that spread what is left over the windows that end soon."""
        near = [one for one in self._open.values() if one.is_near_end and one.says_end]
        soon = [one for one in near if 0 < one.ends_at - now <= self._longest_wait_seconds]
        return max(((one.ends_at - now) / max(one.remaining, 1) for one in soon), default=0.0)

    def _window(self, allowance: Allowance, now: float, until_next_day: float) -> _Window:
        reset = allowance.reset_seconds
        if reset is None:
            reset = until_next_day if allowance.is_daily else _UNTOLD_SECONDS
        # What others need of a day is not ours to use up.
        kept = self._reserve * (allowance.limit or 0) if allowance.is_daily else 0
        near = _NEAR_COUNT if allowance.limit is None else _NEAR_SHARE * allowance.limit
        says_end = allowance.reset_seconds is not None or allowance.is_daily
        label = f"`{allowance.name}` limit" if allowance.name else "limit"
        return _Window(allowance.remaining - kept, now + reset, allowance.remaining <= near, says_end, label)


def _merged(before: _Window | None, window: _Window) -> _Window:
    """Return the window as both answers tell it; they may come in another order than they were written."""
    if before is None or not window.says_end or abs(before.ends_at - window.ends_at) > _SAME_SECONDS:
        return window
    less = min(before, window, key=lambda one: one.remaining)
    return _Window(less.remaining, max(before.ends_at, window.ends_at), less.is_near_end, True, window.label)


def _hold(window: _Window, now: float, under_way: int) -> Hold | None:
    if window.remaining - under_way >= 1:
        return None
    seconds = window.ends_at - now
    if window.remaining >= 1:
        return Hold(min(seconds, _GLANCE_SECONDS), "")
    return Hold(seconds, f"the API's {window.label} is used up")

"""The day's budget: which requests of a daily quota are still to be spent, and when the next day begins.

Requests are reserved in blocks, so that many processes share one count without writing it down at every request.
"""

from datetime import datetime, timedelta, tzinfo
from typing import Protocol

_BLOCKS_A_DAY = 100
_LARGEST_BLOCK = 500


class Blocks(Protocol):
    """Where the count of a day is kept for all who ask the source."""

    def reserve(self, day: str, most: int, allowed: int) -> int:
        """Reserve up to `most` requests, so that the day has no more than `allowed`; return how many there were."""

    def give_back(self, day: str, count: int) -> None:
        """Return requests that were reserved and not made."""


class OwnBlocks:
    """The count of one process that nobody shares."""

    def __init__(self) -> None:
        self._reserved: dict[str, int] = {}

    def reserve(self, day: str, most: int, allowed: int) -> int:
        """Reserve up to `most` requests of the day."""
        reserved = self._reserved.get(day, 0)
        granted = max(0, min(most, allowed - reserved))
        self._reserved = {day: reserved + granted}
        return granted

    def give_back(self, day: str, count: int) -> None:
        """Return requests that were reserved and not made."""
        self._reserved = {day: max(0, self._reserved.get(day, 0) - count)}


class DayBudget:
    """Spends the day's requests one by one. It is not thread-safe: the bucket asks it within its own lock."""

    def __init__(self, allowed: int, zone: tzinfo, blocks: Blocks) -> None:
        self._allowed, self._zone, self._blocks = allowed, zone, blocks
        self._most = max(1, min(_LARGEST_BLOCK, allowed // _BLOCKS_A_DAY))
        self._day, self._left = "", 0

    def spend(self, now: datetime) -> bool:
        """Spend one request of the day; return False when there is none."""
        day = day_of(now, self._zone)
        if day != self._day:
            self._day, self._left = day, 0  # what is left of a day that is over is worth nothing
        if not self._left:
            self._left = self._blocks.reserve(day, self._most, self._allowed)
        if not self._left:
            return False
        self._left -= 1
        return True

    def close(self) -> None:
        """Give back what was reserved and not spent."""
        if self._left:
            self._blocks.give_back(self._day, self._left)
            self._left = 0


def day_of(now: datetime, zone: tzinfo) -> str:
    """Return the day, such as `2026-11-24`, that it is in the zone."""
    return now.astimezone(zone).date().isoformat()


def next_day(now: datetime, zone: tzinfo) -> datetime:
    """Return the instant at which the zone's next day begins."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone)

"""Overlap: the last records of a page, asked for again with the next one, show whether the records have moved."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import RowsMoved

_FURTHEST = 10_000  # so many records of a page are searched for those of the page before


class Remainder(Collection[bytes]):
    """Records without the first ones; gone through again each time, so that many of them may stay on disk."""

    def __init__(self, records: Collection[bytes], passed: int, last: bytes | None) -> None:
        self._records = records
        self._passed = passed
        self.last = last if len(self) else None

    def __len__(self) -> int:
        """Return how many there are."""
        return max(0, len(self._records) - self._passed)

    def __iter__(self) -> Iterator[bytes]:
        """Yield them in order."""
        return islice(iter(self._records), self._passed, None)

    def __contains__(self, record: object) -> bool:
        """Return whether a record is one of them."""
        return any(record == each for each in self)


def tail(records: Collection[bytes], count: int) -> list[str] | None:
    """Return the marks of the last `count` records, or None for no records."""
    return [_mark(record) for record in islice(iter(records), len(records) - count, None)] if count > 0 else None


def without(page: Page, before: Sequence[str]) -> Page:
    """Return the page without its first records up to those whose marks are `before`, wherever these are now."""
    passed = _passed(page.records, before)
    if passed is None:
        raise RowsMoved(
            f"none of the last {len(before)} records of the page before came again: too many came or went while they "
            "were read, so that others may have been passed over; raise `overlap`, or sort by a field that does not "
            "change"
        )
    if isinstance(page.records, tuple):
        return replace(page, records=page.records[passed:])
    return replace(page, records=Remainder(page.records, passed, page.last_record))


def _passed(records: Collection[bytes], before: Sequence[str]) -> int | None:
    """Return behind how many records the new ones begin: where most of the old marks stand, nearest to their place."""
    if not records:
        return 0
    first = [_mark(record) for record in islice(iter(records), len(before))]
    if first == list(before):
        return len(before)
    marks = first + [_mark(record) for record in islice(iter(records), len(before), _FURTHEST)]
    fits = [(_fit(marks, before, end), -abs(end - len(before)), end) for end in range(1, len(marks) + 1)]
    best = max(fits)
    return best[2] if best[0] else None


def _fit(marks: Sequence[str], before: Sequence[str], end: int) -> int:
    length = min(end, len(before))
    return sum(mark == old for mark, old in zip(marks[end - length : end], before[-length:], strict=True))


def _mark(record: bytes) -> str:
    return hashlib.blake2b(record, digest_size=8).hexdigest()

"""The sieve: what the records of a slice say about the cursor, and which of them belong to the slice.

A record is left out only where that is sure to lose nothing: it stands outside of what the cursor's file says is asked
for, or the very same bytes were landed before. One without a value, or with one that cannot be read, always stays.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from itertools import compress
from typing import Any, Self

from glue_lib.api import moments
from glue_lib.api.cursor import Cursor, Window
from glue_lib.api.field_values import field_values
from glue_lib.errors import ApiError

_MOST_ON_EDGE = 1000


@dataclass
class Tally:
    """What the records of a slice so far amount to: JSON, kept with the slice's progress."""

    latest: str | None = None  # value of the cursor field, as it stands there
    values: int = 0
    inside: int = 0  # of the window that is under way
    nulls: int = 0  # kept
    unreadable: int = 0  # kept
    outside: int = 0  # of the window, and kept nevertheless
    before: int = 0  # left out: from before the window
    after: int = 0  # left out: the next window brings them
    repeated: dict[str, int] = field(default_factory=dict)  # left out: landed by the run before; mark -> how often
    edge: dict[str, list[int]] = field(default_factory=dict)  # mark -> how often, moment: what the next run meets again
    is_edge_full: bool = False
    previous: int | None = None  # the moment of the last record
    is_unsorted: bool = False

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        return cls(**document)

    def to_json(self) -> dict[str, Any]:
        """Return the tally without what is nothing."""
        return {name: value for name, value in asdict(self).items() if value or (value == 0 and name == "previous")}


class Sieve:
    """Goes through the pages of one chain and one window, in order."""

    def __init__(
        self,
        cursor: Cursor,
        window: Window,
        tally: Tally,
        *,
        not_after: str | None = None,
        known: Mapping[str, int] | None = None,
        prefix: bytes = b"",
        has_edge: bool = True,
    ) -> None:
        """Sift for `window`; `known` are the marks of what the run before landed at the window's start.

        With an edge, the tally keeps such marks for the next run: it goes on from the latest value, not from an end.

        A value later than `not_after` is from the future, and moves no position.
        """
        self.tally = tally
        self.is_passed = False  # nothing that is wanted follows: the feed is sorted, and this is known
        self._cursor, self._known, self._prefix = cursor, known or {}, prefix
        low, high = (None if bound is None else cursor.moment(bound) for bound in (window.start, window.end))
        self._low = None if low is None else moments.floor(low, cursor.grain, cursor.zone)
        self._high = high
        # With `from_exclusive` a step more than the window is asked for, which the window before it has brought.
        self._drop_below = low if cursor.from_exclusive and cursor.until else self._low if not cursor.from_ else None
        is_end_ours = not cursor.until or (cursor.until_inclusive and not cursor.granularity)
        self._drop_from = high if is_end_ours else None
        self._limit = cursor.moment(not_after) if not_after and cursor.format != "integer" else None
        self._has_edge = has_edge
        self._last_value: str | None = None
        self._latest: int | None = None
        self._edge_start: int | None = None  # from where on the next run meets records again
        if tally.latest is not None:
            self._move_latest(cursor.moment(tally.latest))

    def kept(self, records: Collection[bytes]) -> Collection[bytes]:
        """Return the records of a page that belong to the slice."""
        wrong: ApiError | None = None
        mask = bytearray()
        for record, value in zip(records, field_values(records, self._cursor.field), strict=True):
            moment = self._moment(value)
            if isinstance(moment, ApiError):
                wrong = wrong or moment
                self.tally.unreadable += 1
            mask.append(moment is None or isinstance(moment, ApiError) or self._keep(record, str(value), moment))
        if wrong and not self.tally.values:
            raise wrong
        self._see_end()
        return records if all(mask) else _chosen(records, mask)

    def _moment(self, value: str | ApiError | None) -> int | ApiError | None:
        if value is None or (isinstance(value, str) and moments.is_none(value, self._cursor.format)):
            self.tally.nulls += 1
            return None
        if isinstance(value, ApiError):
            return value
        try:
            return self._cursor.moment(value)
        except (ValueError, OverflowError) as error:
            form = self._cursor.format
            return ApiError(f"cursor field `{self._cursor.field}` is not in the format `{form}`: {error}")

    def _keep(self, record: bytes, value: str, moment: int) -> bool:
        tally = self.tally
        tally.values += 1
        tally.is_unsorted |= tally.previous is not None and moment > tally.previous
        tally.previous = moment
        self._last_value = value
        if self._drop_below is not None and moment < self._drop_below and self._is_before(value, self._drop_below):
            tally.before += 1
            return False
        if self._drop_from is not None and moment >= self._drop_from:
            tally.after += 1
            return False
        is_outside = self._is_outside(moment)
        tally.outside += is_outside
        tally.inside += not is_outside
        self._see_latest(value, moment)
        mark = self._mark(record, moment)
        if mark and tally.repeated.get(mark, 0) < self._known.get(mark, 0):
            tally.repeated[mark] = tally.repeated.get(mark, 0) + 1
            return False
        return True

    def _is_outside(self, moment: int) -> bool:
        return (self._low is not None and moment < self._low) or (self._high is not None and moment >= self._high)

    def _see_latest(self, value: str, moment: int) -> None:
        if self._latest is not None and moment <= self._latest:
            return
        self.tally.latest, before = value, self._edge_start
        self._move_latest(moment)
        if self._edge_start != before:
            start = self._edge_start or 0
            self.tally.edge = {mark: at for mark, at in self.tally.edge.items() if at[1] >= start}
            self.tally.is_edge_full = False

    def _move_latest(self, moment: int) -> None:
        self._latest = moment
        position = moment if self._limit is None else min(moment, self._limit)
        self._edge_start = self._cursor.asked_from(position)

    def _mark(self, record: bytes, moment: int) -> str | None:
        """Return the mark of a record that the next run may meet again, or that the one before has landed."""
        is_on_edge = self._has_edge and self._edge_start is not None and moment >= self._edge_start
        if not is_on_edge and not self._known:
            return None
        mark = blake2b(self._prefix + record, digest_size=8).hexdigest()
        if is_on_edge:
            self._add_to_edge(mark, moment)
        return mark

    def _add_to_edge(self, mark: str, moment: int) -> None:
        edge = self.tally.edge
        if mark in edge:
            edge[mark][0] += 1
        elif len(edge) < _MOST_ON_EDGE:
            edge[mark] = [1, moment]
        else:
            self.tally.is_edge_full = True

    def _see_end(self) -> None:
        tally = self.tally
        if self._cursor.sorted and not tally.is_unsorted and self._low is not None and self._last_value is not None:
            self.is_passed = self._is_before(self._last_value, self._low)

    def _is_before(self, value: str, moment: int) -> bool:
        """Return whether a value is earlier than a moment, whichever of two hours of the same name it means."""
        return self._cursor.moment(value, late=True) < moment


class Chosen(Collection[bytes]):
    """Some records of many, read anew each time."""

    def __init__(self, records: Collection[bytes], mask: bytearray) -> None:
        self._records, self._mask = records, mask
        self._count = sum(mask)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        return compress(self._records, self._mask)

    def __contains__(self, record: object) -> bool:
        return any(one == record for one in self)


def _chosen(records: Collection[bytes], mask: bytearray) -> Collection[bytes]:
    chosen = Chosen(records, mask)
    return tuple(chosen) if isinstance(records, tuple) else chosen

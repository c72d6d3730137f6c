"""Joining: one record that an API spreads over rows or pages becomes one again, from the bytes that were sent."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from glue_lib.api import selection
from glue_lib.api.gathering import gathered
from glue_lib.errors import ApiError


class Joiner:
    """Joins neighbours with the same value at `joined_by`; the last one is `pending` until another comes.

    `{"id": 1, "lines": [1]}` and `{"id": 1, "lines": [2]}` become `{"id": 1, "lines": [1, 2]}`: arrays are joined,
    also those inside objects, and all else must be the same in every part. `pending` can be stored and handed in again.
    """

    def __init__(self, joined_by: str, pending: bytes | None = None) -> None:
        self._joined_by = joined_by
        self._parts = [] if pending is None else [pending]
        self._value = None if pending is None else self._value_of(pending)

    @property
    def pending(self) -> bytes | None:
        """The record that may go on with the next that comes; None before the first and after the end."""
        if len(self._parts) > 1:
            self._parts = [joined(self._parts, f"record {_shown(self._value)}")]
        return self._parts[0] if self._parts else None

    def take(self, records: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the records that are known to be whole by now."""
        for record in records:
            value = self._value_of(record)
            if self._parts and value != self._value:
                yield from self.end()
            self._parts.append(record)
            self._value = value

    def end(self) -> Iterator[bytes]:
        """Yield the last record, since nothing follows."""
        if (last := self.pending) is not None:
            self._parts = []
            yield last

    def _value_of(self, record: bytes) -> bytes:
        value = selection.raw(record, self._joined_by)
        if value is None or value == b"null":
            raise ApiError(f"a record has no `{self._joined_by}`, by which its parts are to be joined")
        return value


class Joining:
    """The joiner of one chain of pages after the other; where records come whole, it lets them pass."""

    def __init__(self, joined_by: str | None) -> None:
        self._joined_by = joined_by
        self._joiner: Joiner | None = None

    @property
    def is_needed(self) -> bool:
        """Whether records are spread over rows."""
        return self._joined_by is not None

    @property
    def pending(self) -> str | None:
        """The record that may go on with the next page, as text that JSON can hold."""
        pending = self._joiner.pending if self._joiner else None
        return None if pending is None else pending.decode("utf-8", "surrogateescape")

    def begin(self, pending: str | None) -> None:
        """Begin a chain, or go on with one that was left with this record."""
        if self._joined_by is not None:
            held = None if pending is None else pending.encode("utf-8", "surrogateescape")
            self._joiner = Joiner(self._joined_by, held)

    def whole(self, records: Collection[bytes], *, is_last: bool) -> Collection[bytes]:
        """Return the records of a page, and of those before it, that are known to be whole by now."""
        if self._joiner is None:
            return records
        return gathered(chain(self._joiner.take(records), self._joiner.end() if is_last else ()))


def joined(parts: Sequence[bytes], named: str) -> bytes:
    """Return the JSON objects as one; `named` tells in an error which record it is."""
    values: dict[str, list[bytes]] = {}
    for part in parts:
        for key, value in _members(part, named).items():
            values.setdefault(key, []).append(value)
    inside = (selection.quoted(key) + b": " + _joined_values(some, f"{named}, `{key}`") for key, some in values.items())
    return b"{" + b", ".join(inside) + b"}"


def _members(part: bytes, named: str) -> dict[str, bytes]:
    pairs = selection.pairs(part)
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ApiError(f"{named}: a part of it has a key twice, so that its parts cannot be joined")
    return found


def _joined_values(values: Sequence[bytes], named: str) -> bytes:
    if len(set(values)) == 1 and not values[0].startswith(b"["):
        return values[0]
    sorts = {selection.sort(value) for value in values}
    if sorts == {"an array"}:
        return b"[" + b", ".join(inside for value in values if (inside := value[1:-1].strip(b" \t\r\n"))) + b"]"
    if sorts == {"an object"}:
        return joined(values, named)
    raise ApiError(f"{named} differs between the parts of the record; only arrays are put together")


def _shown(value: bytes | None) -> str:
    return f"`{(value or b'').decode(errors='replace')[:80]}`"

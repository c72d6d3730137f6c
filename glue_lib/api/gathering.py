"""Gathering: the records of one answer, few in memory and many in a file."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from glue_lib.api.body import Body
from glue_lib.api.bounds import EACH

_IN_MEMORY = 8 * 2**20
_AT_ONCE = 2**20


class SpooledRecords(Collection[bytes]):
    """Records as the lines of a file that ends with the last reference to them; read anew each time."""

    def __init__(self, lines: Body, count: int, last: bytes | None) -> None:
        self._lines, self._count, self.last = lines, count, last

    @classmethod
    def of(cls, records: Iterable[bytes]) -> "SpooledRecords":
        """Return the records, each of one line, when all of them have come."""
        count, last = 0, None

        def lines() -> Iterator[bytes]:
            nonlocal count, last
            held: list[bytes] = []
            size = 0
            for record in records:
                held.append(record)
                size += len(record)
                if size >= _AT_ONCE:
                    count, last, size = count + len(held), _last(held, last), 0
                    yield b"\n".join(held) + b"\n"
                    held.clear()
            if held:
                count, last = count + len(held), _last(held, last)
                yield b"\n".join(held) + b"\n"

        body = Body.of(lines(), in_memory=0)
        return cls(body, count, last)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        with self._lines.open() as reader:
            for line in reader:
                yield line[:-1]

    def __contains__(self, record: object) -> bool:
        return any(one == record for one in self)


def _last(held: Sequence[bytes], before: bytes | None) -> bytes | None:
    """Return the last of the records that is an object."""
    return next((record for record in reversed(held) if record.startswith(b"{")), before)


def gathered(records: Iterable[bytes], *, in_memory: int = _IN_MEMORY) -> Collection[bytes]:
    """Return the records, each of one line, as a tuple, or from a file where they are more than memory should hold."""
    coming = iter(records)
    held: list[bytes] = []
    size = 0
    for record in coming:
        held.append(record)
        size += len(record) + EACH
        if size > in_memory:
            return SpooledRecords.of(chain(_handed_over(held), coming))
    return tuple(held)


def _handed_over(held: list[bytes]) -> Iterator[bytes]:
    """Yield what was held, so that nothing of it is held any longer than it takes."""
    held.reverse()
    while held:
        yield held.pop()

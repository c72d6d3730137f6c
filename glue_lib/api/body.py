"""The body of an answer: held in memory while it is short, in a file without a name once it is long."""

import io
import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO, Self

from glue_lib.errors import ApiError

_IN_MEMORY = 8 * 2**20  # a longer body lies in a file without a name, which ends with the process
_AT_ONCE = 2**18


class Body:
    """The bytes of one answer: few in memory, many in a file, and either can be read any number of times."""

    def __init__(self, content: bytes = b"", *, spool: IO[bytes] | None = None) -> None:
        self._content = content
        self._spool = spool
        self.size = len(content) if spool is None else os.fstat(spool.fileno()).st_size
        self._close = (lambda: None) if spool is None else weakref.finalize(self, spool.close)

    @classmethod
    def of(cls, chunks: Iterable[bytes], *, in_memory: int = _IN_MEMORY) -> Self:
        """Return the body that comes in pieces; it moves to a file while it comes, once it is long."""
        held: list[bytes] = []
        size, spool = 0, None
        try:
            for chunk in chunks:
                size += len(chunk)
                if spool is None and size > in_memory:
                    spool = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the body
                    _write(spool, b"".join(held))
                    held.clear()
                if spool is None:
                    held.append(chunk)
                else:
                    _write(spool, chunk)
        except BaseException:
            if spool is not None:
                spool.close()
            raise
        return cls(b"".join(held)) if spool is None else cls(spool=spool)

    @property
    def is_spooled(self) -> bool:
        """Whether the bytes lie in a file, since they are too many to hold."""
        return self._spool is not None

    def open(self) -> BinaryIO:
        """Return a new reader at the start; several can read side by side."""
        return io.BytesIO(self._content) if self._spool is None else io.BufferedReader(_At(self._spool), _AT_ONCE)

    def read(self) -> bytes:
        """Return all of it at once."""
        if self._spool is None:
            return self._content
        with self.open() as reader:
            return reader.read()

    def start(self, size: int) -> bytes:
        """Return at most so many of its first bytes, such as those that tell what it is."""
        if self._spool is None:
            return self._content[:size]
        with self.open() as reader:
            return reader.read(size)

    def close(self) -> None:
        """Give up the file; whoever forgets to loses it with the last reference."""
        self._close()


class Room:
    """What is left of the bytes that one answer may have, since a longer one would fill the disk."""

    def __init__(self, largest_bytes: int, when: str = "") -> None:
        self._largest_bytes, self._left, self._when = largest_bytes, largest_bytes, when

    def filled(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces while there is room for them."""
        for piece in pieces:
            self._left -= len(piece)
            if self._left < 0:
                raise ApiError(
                    f"the answer is longer than {self._largest_bytes / 2**20:,.0f} MB{self._when}; "
                    "ask for smaller pages, or raise `limits.largest_answer_mb`"
                )
            yield piece


class _At(io.RawIOBase):
    """A place of its own in a file that others read too."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._place = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._place}
        start = starts[whence] if whence in starts else os.fstat(self._file.fileno()).st_size
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, target: object) -> int:
        count = os.preadv(self._file.fileno(), [target], self._place)  # type: ignore[list-item]
        self._place += count
        return count


def _write(spool: IO[bytes], chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[spool.write(left) :]

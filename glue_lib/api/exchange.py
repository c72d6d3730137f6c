"""An exchange: what goes over the wire and what comes back; the seam at which tests stand in for the network."""

import io
import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, BinaryIO, Self
from urllib.parse import quote

_IN_MEMORY = 8 * 2**20  # a longer body lies in a file without a name, which ends with the process
_AT_ONCE = 2**18


@dataclass(frozen=True)
class SignedRequest:
    """A request with its credentials; never stored, and its `repr` shows none of them."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    content: bytes | None = field(repr=False, default=None)
    token: int = field(repr=False, compare=False, default=0)  # which of the execution's tokens signed it

    def with_header(self, name: str, value: str) -> "SignedRequest":
        """Return this request with a header set, in place of one of the same name in any case."""
        others = {old: kept for old, kept in self.headers.items() if old.lower() != name.lower()}
        return replace(self, headers={**others, name: value})

    def with_query(self, name: str, value: str) -> "SignedRequest":
        """Return this request with a query parameter added to its URL."""
        mark = "&" if "?" in self.url else "?"
        return replace(self, url=f"{self.url}{mark}{quote(name)}={quote(value, safe='')}")


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


@dataclass(frozen=True)
class Response:
    """What came back, its `Content-Encoding` undone."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | Body = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    @property
    def body(self) -> Body:
        """The content, whichever way it is held."""
        return self.content if isinstance(self.content, Body) else Body(self.content)

    def read(self) -> bytes:
        """Return the whole content in memory."""
        return self.content.read() if isinstance(self.content, Body) else self.content

    @property
    def charset(self) -> str:
        """The charset that `Content-Type` names, in lower case; empty when it names none."""
        return (self.header("Content-Type") or "").lower().partition("charset=")[2].partition(";")[0].strip(' "')

    def json_text(self) -> bytes:
        """Return the body as UTF-8 without a byte order mark, whatever the charset that it came in."""
        if self.charset in ("", "utf-8", "utf8", "us-ascii"):
            return self.read().removeprefix(b"\xef\xbb\xbf")
        return self.read().decode(self.charset).encode()


class Cut(Exception):
    """No whole answer came: refused, timed out or cut off. Its text has no URL, since URLs can hold credentials."""


Send = Callable[[SignedRequest, float], Response]
"""Sends a request and waits at most so many seconds between two bytes of the answer; raises `Cut` without one."""

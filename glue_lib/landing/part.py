"""One part while it is written: records as lines, compressed as they come, so that memory does not grow with them."""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from glue_lib.landing.notes import Notes
from glue_lib.landing.progress import LandedPage

_IN_MEMORY = 2**20  # compressed; beyond it the spool moves to a temporary file
_AT_ONCE = 1000  # records decoded together for their notes: a page may hold any number
_BYTES_AT_ONCE = 2**21  # and the same for records of any length
_LEVEL = 2  # most of gzip's gain for a fraction of its time: raw files are read a few times and then expire


class OpenPart:
    """Collects whole pages; the same lines always give the same bytes."""

    def __init__(self, number: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.number = number
        self.notes = Notes()
        self.pages: list[LandedPage] = []
        self.records = 0
        self.raw_bytes = 0
        self._clock = clock
        self._started = clock()
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `discard`
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=self._spool, mtime=0)

    @property
    def seconds(self) -> float:
        return self._clock() - self._started

    def add(self, page: LandedPage, lines: Iterable[bytes]) -> None:
        """Add a page, a few lines at a time; when that raises, the part is of no use.

        A line that is no JSON is a ValueError, and so are lines whose number is not the page's.
        """
        records = 0
        for some in _batches(lines):
            self.notes.take_all(some, records + 1)
            self.raw_bytes += self._gzip.write(b"\n".join(some) + b"\n")
            records += len(some)
        if records != page.records:
            raise ValueError(f"{page.records} records were announced and {records} came")
        self.records += records
        self.pages.append(page)

    def finished(self) -> tuple[IO[bytes], str]:
        """Return the part's file, at its start, and its checksum; nothing can be added any more."""
        self._gzip.close()
        self._spool.seek(0)
        checksum = hashlib.file_digest(self._spool, "sha256").hexdigest()
        self._spool.seek(0)
        return self._spool, checksum

    def discard(self) -> None:
        self._gzip.close()
        self._spool.close()


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    some: list[bytes] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if len(some) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def as_line(record: bytes, prefix: bytes = b"") -> bytes:
    r"""Return the record as one line, with the prefix's fields in front: `{"_a_id": 1, ` + `{"x": 2}` → one object."""
    if b"\n" in record or b"\r" in record:  # JSON allows them only between tokens, where a space is as good
        record = record.replace(b"\r", b" ").replace(b"\n", b" ")
    if not prefix or not record.lstrip().startswith(b"{"):  # what is no object is set aside as it is
        return record
    inside = record.lstrip()[1:]
    return prefix.rstrip(b", ") + b"}" if inside.strip() == b"}" else prefix + inside

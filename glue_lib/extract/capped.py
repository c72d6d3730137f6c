"""A window of an API that gives at most so many records for one query: taken whole, or not at all.

Where page 1 says how many records there are, that decides. Elsewhere the pages are held back, on disk, until the window
has come to its end below the cap: so nothing is landed of a window that has to be halved.
"""

from array import array
from collections.abc import Collection, Iterator
from dataclasses import replace
from io import SEEK_END
from tempfile import SpooledTemporaryFile

from glue_lib.api.page import Page
from glue_lib.errors import ApiError

_IN_MEMORY = 8 * 2**20
_MANY = 1000

# What APIs answer to a page behind their cap; 200 stands for an error told in the body.
_BEHIND_THE_CAP = (200, 400, 404, 410, 413, 416, 422)


class TooMany(Exception):
    """The window holds more records than the API gives; its text says how that is known."""

    def __init__(self, reason: str, cause: ApiError | None = None) -> None:
        super().__init__(reason)
        self.cause = cause


def within(pages: Iterator[Page], most: int) -> Iterator[Page]:
    """Yield the pages of a window that holds fewer than `most` records; raise TooMany before the first of another.

    The records of a page can be gone through until the window's last page is done with.
    """
    first = next(pages, None)
    if first is None:
        return
    if first.expected is not None:
        if first.expected >= most:
            raise TooMany(f"{first.expected:,} records by the API's own count")
        yield first
        yield from pages
        return
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        yield from _held_back(first, pages, most, spool)


def hinting(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield the pages of a window without a known cap; an error behind many records names what may be the reason."""
    count = 0
    try:
        for page in pages:
            count += len(page.records)
            yield page
    except ApiError as error:
        if error.status in _BEHIND_THE_CAP and count >= _MANY:
            hint = f"if the API gives no more than {count:,} records for one query, set `cursor.most: {count}`"
            error.args = (f"{error}; {hint}",)
        raise


def _held_back(first: Page, pages: Iterator[Page], most: int, spool: "SpooledTemporaryFile[bytes]") -> list[Page]:
    """Return the pages once all of them have come."""
    held, count = [_held(first, spool)], len(first.records)
    while count < most:
        page = _next(pages, count)
        if page is None:
            return held
        count += len(page.records)
        held.append(_held(page, spool))
    raise TooMany(f"{count:,} records and maybe more")


def _next(pages: Iterator[Page], count: int) -> Page | None:
    try:
        return next(pages, None)
    except ApiError as error:
        if error.status not in _BEHIND_THE_CAP:
            raise
        raise TooMany(f"an error behind {count:,} records", error) from error


def _held(page: Page, spool: "SpooledTemporaryFile[bytes]") -> Page:
    records = _Held(page.records, spool)
    return replace(page, records=records, body=b"", mark=(records, page.fingerprint()))


class _Held(Collection[bytes]):
    """The records of one page, on disk."""

    def __init__(self, records: Collection[bytes], spool: "SpooledTemporaryFile[bytes]") -> None:
        self._spool = spool
        spool.seek(0, SEEK_END)
        self._start = spool.tell()
        self._lengths = array("L")
        for record in records:
            self._lengths.append(spool.write(record))

    @property
    def last(self) -> bytes | None:
        """The last of them, or None when there are none."""
        return self._read(self._start + sum(self._lengths[:-1]), self._lengths[-1]) if self._lengths else None

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[bytes]:
        at = self._start
        for length in self._lengths:
            yield self._read(at, length)
            at += length

    def __contains__(self, record: object) -> bool:
        return any(one == record for one in self)

    def _read(self, at: int, length: int) -> bytes:
        self._spool.seek(at)
        return self._spool.read(length)

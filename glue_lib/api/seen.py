"""What one walk through pages has seen, so that a circle is noticed: no stream is read without end."""

from collections import deque
from collections.abc import Iterable
from hashlib import blake2b

from glue_lib.api.page import Page
from glue_lib.api.request import Request

_NAMED = 1000  # so many of the last requests are kept in words; of those before, a number a page is kept


class Seen:
    """The fingerprints of one walk's requests and pages; those of an interrupted walk can be handed in again.

    One walk is one chain of pages. Another slice, and another parent of a fan-out, is another walk: it may rightly
    bring the same records.
    """

    def __init__(self, requests: Iterable[str] = (), pages: Iterable[str] = ()) -> None:
        self._requests = {_mark(fingerprint): number for number, fingerprint in enumerate(requests, 1)}
        self._pages = {_mark(fingerprint): number for number, fingerprint in enumerate(pages, 1)}
        self._words: deque[tuple[int, str]] = deque(maxlen=_NAMED)

    @property
    def count(self) -> int:
        """How many requests the walk has made."""
        return len(self._requests)

    def request(self, request: Request) -> str | None:
        """Return which earlier request was the same, or None."""
        number = self._requests.get(_mark(request.fingerprint()))
        return None if number is None else f"that of {self._named(number)}"

    def page(self, page: Page) -> str | None:
        """Return which earlier page had the same records, or None; pages without records do not count."""
        number = self._pages.get(_mark(page.fingerprint())) if page.records else None
        return None if number is None else self._named(number)

    def add(self, page: Page) -> None:
        """Remember a page and its request."""
        self._words.append((page.number, str(page.request)))
        self._requests[_mark(page.request.fingerprint())] = page.number
        if page.records:
            self._pages[_mark(page.fingerprint())] = page.number

    def _named(self, number: int) -> str:
        words = dict(self._words).get(number)
        return f"page {number} ({words})" if words else f"page {number}"


def _mark(fingerprint: str) -> bytes:
    return blake2b(fingerprint.encode(), digest_size=12).digest()

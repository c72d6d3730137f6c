"""What one walk through pages has seen, so that a circle is noticed: no stream is read without end."""

from collections.abc import Iterable

from glue_lib.api.page import Page
from glue_lib.api.request import Request


class Seen:
    """The fingerprints of one walk's requests and pages; those of an interrupted walk can be handed in again.

    One walk is one chain of pages. Another slice, and another parent of a fan-out, is another walk: it may rightly
    bring the same records.
    """

    def __init__(self, requests: Iterable[str] = (), pages: Iterable[str] = ()) -> None:
        self._requests = {mark: f"that of page {number}, before this start" for number, mark in enumerate(requests, 1)}
        self._pages = {mark: f"page {number}, before this start" for number, mark in enumerate(pages, 1)}

    @property
    def count(self) -> int:
        """How many requests the walk has made."""
        return len(self._requests)

    def request(self, request: Request) -> str | None:
        """Return which earlier request was the same, or None."""
        return self._requests.get(request.fingerprint())

    def page(self, page: Page) -> str | None:
        """Return which earlier page had the same records, or None; pages without records do not count."""
        return self._pages.get(page.fingerprint()) if page.records else None

    def add(self, page: Page) -> None:
        """Remember a page and its request."""
        self._requests[page.request.fingerprint()] = f"that of page {page.number} ({page.request})"
        if page.records:
            self._pages[page.fingerprint()] = f"page {page.number} ({page.request})"

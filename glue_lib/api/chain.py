"""A chain: page after page, from a first request to the proven end, and none without end.

The next page is asked for while the one before is taken in, and those after it too where their requests can be
guessed. What was fetched ahead counts only when it answers exactly the request that the page before it leads to, and
pages are handed over in their order; a guess that nobody needed does no harm, even when it failed.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from glue_lib import log
from glue_lib.api.asking import Asking, Question
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.patience import patience
from glue_lib.api.reading import Reading
from glue_lib.api.request import Request
from glue_lib.api.seen import Seen
from glue_lib.api.workers import Workers
from glue_lib.errors import ApiError

_EMPTY_PAGES_IN_A_ROW = 1000
_HEAD_START_SECONDS = 0.005
_HELD_AHEAD = 32 * 2**20  # bytes of pages that wait for their turn

Until = Callable[[Page], bool]
"""Whether a page is the last that is wanted of a chain: nothing behind it is asked for."""


class Chain:
    """The pages of one walk; `store` makes of a request what may be kept of it."""

    def __init__(
        self,
        asking: Asking,
        pagination: Pagination,
        reading: Reading,
        seen: Seen,
        *,
        workers: Workers | None = None,
        until: Until = lambda page: False,
        store: Callable[[Request], Request] = lambda request: request,
    ) -> None:
        self._asking, self._pagination, self._reading, self._seen = asking, pagination, reading, seen
        self._until, self._store = until, store
        self._most = workers.most if workers else 0
        self._ahead = _Ahead(self._fetched, workers)

    def pages(self, request: Request) -> Iterator[Page]:
        """Yield the pages from `request` to the proven end; a circle is an error that names both requests."""
        following: Request | None = self._pagination.first_request(request)
        empty_pages = 0
        try:
            while following is not None:
                page = self._next_page(following)
                empty_pages = 0 if page.records else empty_pages + 1
                if empty_pages >= _EMPTY_PAGES_IN_A_ROW:
                    raise self._endless(page)
                following = page.next
                yield page
                del page  # while the next one is waited for, nobody needs to hold it
        finally:
            self._ahead.give_up()

    def _endless(self, page: Page) -> ApiError:
        return ApiError(
            f"{self._asking.name}: {page.request}: {_EMPTY_PAGES_IN_A_ROW} empty pages in a row, and no end"
        )

    def _next_page(self, request: Request) -> Page:
        number = self._seen.count + 1
        with self._asking.naming(request, number):
            if earlier := self._seen.request(request):
                raise ApiError(f"the same request as {earlier}: the pages go in a circle; check `pagination`")
        came = self._ahead.take(request, number)
        with self._asking.naming(request, number):
            page = self._pagination.without_repeats(came)
            page = replace(page, next=self._following(came, page))
            if page.next and self._until(page):
                page = replace(page, next=None)
            elif page.next:
                self._go_ahead(came, page.next)  # before all that the request does not need
            else:
                page = self._last(page, came)
            self._refuse_repeat(page)
            self._seen.add(page)
            return replace(page, expected=self._pagination.expected(came))

    def _refuse_repeat(self, page: Page) -> None:
        if earlier := self._seen.page(page):
            raise ApiError(f"the same records as {earlier}: the API does not go on; check `pagination`")

    def _following(self, came: Page, page: Page) -> Request | None:
        try:
            following = None if came.is_past_end else self._pagination.next_request(came)
        except ApiError:
            self._refuse_repeat(page)  # where the page is a repeat, that is what is wrong
            raise
        return self._store(following) if following else None

    def _last(self, page: Page, came: Page) -> Page:
        doubt = None if page.is_past_end else self._pagination.doubt(came)
        if doubt:
            log.warning("end in doubt", stream=self._asking.name, request=str(page.request), reason=doubt)
        return replace(page, doubt=doubt or page.doubt)

    def _go_ahead(self, page: Page, following: Request) -> None:
        if self._most:
            most = max(1, min(self._most, _HELD_AHEAD // (page.size + 1)))
            guessed = [self._store(guess) for guess in self._pagination.ahead(page, most)]
            wanted = [following, *guessed[1:]] if guessed and _is_same(guessed[0], following) else [following]
            is_new = [not (self._seen.request(one) or _is_same(one, page.request)) for one in wanted[:most]]
            self._ahead.want([one for one, new in zip(wanted, is_new, strict=False) if new], page.number + 1)

    def _fetched(self, request: Request, number: int, is_wanted: Callable[[], bool] = lambda: True) -> Page:
        is_first = number == 1
        past_end = (lambda response: False) if is_first else partial(self._pagination.is_past_end, request=request)
        return self._asking.page(Question(request, self._reading, number, past_end, is_wanted))


class _Ahead:
    """What is under way, in the order in which it is expected to be wanted."""

    def __init__(self, fetch: Callable[..., Page], workers: Workers | None) -> None:
        self._fetch, self._workers = fetch, workers
        self._under_way: deque[tuple[Request, Future[Page], threading.Event]] = deque()

    def want(self, requests: Sequence[Request], number: int) -> None:
        """Have these fetched; what was under way for other requests is given up."""
        kept = 0
        for (guess, _, _), request in zip(self._under_way, requests, strict=False):
            if not _is_same(guess, request):
                break
            kept += 1
        self.give_up(kept)
        sent = threading.Event()
        for offset, request in enumerate(requests[kept:], kept):
            self._begin(request, number + offset, sent)
        if kept == 0 and requests and self._workers is not None:
            # Else the thread that takes in the page before would hold the interpreter's lock for so long.
            sent.wait(_HEAD_START_SECONDS)

    def take(self, request: Request, number: int) -> Page:
        """Return the page of a request: fetched ahead where it was, else now."""
        if self._under_way and _is_same(self._under_way[0][0], request):
            _, future, _ = self._under_way.popleft()
            if not future.cancel():  # it was begun
                return replace(future.result(), request=request)
        else:
            self.give_up()
        return self._fetch(request, number)

    def give_up(self, keep: int = 0) -> None:
        """Forget what is under way, but for the first so many."""
        while len(self._under_way) > keep:
            _, future, unwanted = self._under_way.pop()
            unwanted.set()
            future.cancel()

    def _begin(self, request: Request, number: int, sent: threading.Event) -> None:
        if self._workers is None:
            return
        unwanted = threading.Event()

        def fetch() -> Page:
            patience.on_sent = sent.set
            return self._fetch(request, number, lambda: not unwanted.is_set())

        self._under_way.append((request, self._workers.submit(fetch), unwanted))


def _is_same(guess: Request, request: Request) -> bool:
    """Whether the API sees the same request; what is only carried along it does not see."""
    return replace(guess, carried={}) == replace(request, carried={})

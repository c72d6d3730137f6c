"""Pages that are fetched ahead: they come in order, only where they are the true ones, and failures wait their turn."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.limits import Limits
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

TOKENS = TokenPages(read="body.next", write="query.cursor")
THINGS = Request("/things")


class Numbered(Pagination):
    """Pages by number whose guesses a test chooses; they end where the answer has no `next`."""

    guesses: tuple[str, ...] = ()

    def next_request(self, page: Page) -> Request | None:
        following = page.find("body.next")
        return page.request.put("query.page", following) if following else None

    def ahead(self, page: Page, most: int) -> list[Request]:
        number = int(str(page.request.get("query.page") or 1))
        numbers = self.guesses or [str(number + step) for step in range(1, most + 1)]
        return [page.request.put("query.page", guess) for guess in numbers][:most]


class Answers:
    """An API that answers by page; a page whose gate is closed waits until it is opened."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.asked: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.instead: dict[str, Callable[[], Response]] = {}
        self.under_way = self.most_under_way = 0
        self._lock = threading.Lock()

    def send(self, request: SignedRequest, timeout_seconds: float) -> Response:
        page = (request.url.partition("=")[2] or "1").partition("&")[0]
        with self._lock:
            self.asked.append(page)
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if page in self.gates:
                assert self.gates[page].wait(5)
            return self.instead[page]() if page in self.instead else self.page(page)
        finally:
            with self._lock:
                self.under_way -= 1

    def page(self, page: str) -> Response:
        following = str(int(page) + 1) if int(page) < self.last else None
        return Response(200, {}, json.dumps({"data": [{"id": int(page)}], "next": following}).encode())

    def wait_for(self, *pages: str) -> None:
        until = time.monotonic() + 5
        while not set(pages) <= set(self.asked):
            assert time.monotonic() < until, f"asked were {self.asked}"
            time.sleep(0.001)


@pytest.fixture
def answers() -> Answers:
    return Answers(last=6)


def client_of(api: Any, answers: Answers, threads: int, **options: Any) -> Any:
    limits = Limits(requests_per_second=10_000, concurrency=16)
    return api.client(send=answers.send, limits=limits, threads_ahead=threads, **options)


def ids(pages: Any) -> list[int]:
    return [json.loads(record)["id"] for page in pages for record in page.records]


def test_the_next_page_is_fetched_while_the_one_before_is_taken_in(api, answers):
    pages = client_of(api, answers, 1).pages(THINGS, pagination=TOKENS, records="data")

    assert ids([next(pages)]) == [1]
    answers.wait_for("1", "2")
    time.sleep(0.02)
    assert answers.asked == ["1", "2"]
    assert ids(pages) == [2, 3, 4, 5, 6]
    assert answers.asked == ["1", "2", "3", "4", "5", "6"]


def test_pages_come_in_order_however_they_are_answered(api, answers):
    answers.gates = {page: threading.Event() for page in "234"}
    pages = client_of(api, answers, 4).pages(THINGS, pagination=Numbered(), records="data")

    assert ids([next(pages)]) == [1]
    answers.wait_for("2", "3", "4")
    for page in "432":
        answers.gates[page].set()
    assert ids(pages) == [2, 3, 4, 5, 6]


def test_so_many_pages_are_under_way_as_there_are_threads(api, answers):
    answers.gates = {page: threading.Event() for page in "2345"}
    pages = client_of(api, answers, 4).pages(THINGS, pagination=Numbered(), records="data")
    next(pages)
    answers.wait_for("2", "3", "4", "5")

    assert answers.most_under_way == 4
    for gate in answers.gates.values():
        gate.set()
    assert ids(pages) == [2, 3, 4, 5, 6]


def test_a_wrong_guess_is_thrown_away(api, answers):
    pagination = Numbered(guesses=("2", "5", "3"))  # page 2 leads to 3
    pages = client_of(api, answers, 3).pages(THINGS, pagination=pagination, records="data")

    assert ids(pages) == [1, 2, 3, 4, 5, 6]


def test_a_first_guess_that_is_wrong_gives_way_to_the_true_request(api, answers):
    pages = client_of(api, answers, 3).pages(THINGS, pagination=Numbered(guesses=("9", "8")), records="data")

    assert ids(pages) == [1, 2, 3, 4, 5, 6]
    assert not {"8", "9"} & set(answers.asked)


def test_a_failed_guess_that_nobody_needed_is_no_failure(api, answers):
    answers.last = 3
    answers.instead = {"4": lambda: Response(404, {}, b"{}"), "5": lambda: Response(404, {}, b"{}")}
    pages = client_of(api, answers, 4).pages(THINGS, pagination=Numbered(), records="data")

    assert ids(pages) == [1, 2, 3]


def test_a_failure_ahead_comes_after_the_pages_before_it(api, answers):
    answers.instead = {"4": lambda: Response(403, {}, b"{}")}
    pages = client_of(api, answers, 4).pages(THINGS, pagination=Numbered(), records="data")
    found = []

    with pytest.raises(ApiError, match=r"GET /things\?page=4, page 4: answered 403"):
        for page in pages:
            found.append(page)
    assert ids(found) == [1, 2, 3]


def test_nothing_behind_the_last_wanted_page_is_asked_for(api, answers):
    pages = client_of(api, answers, 4).pages(
        THINGS, pagination=TOKENS, records="data", until=lambda page: b'"id": 2' in page.records[0]
    )

    found = list(pages)

    assert ids(found) == [1, 2]
    assert found[-1].next is None
    assert answers.asked == ["1", "2"]


def test_a_circle_is_not_fetched_ahead(api, answers):
    answers.instead = {"3": lambda: Response(200, {}, b'{"data": [{"id": 3}], "next": "2"}')}

    with pytest.raises(ApiError, match="the pages go in a circle"):
        list(client_of(api, answers, 4).pages(THINGS, pagination=TOKENS, records="data"))
    assert answers.asked == ["1", "2", "3"]


def test_a_walk_that_is_left_gives_up_what_is_under_way(api, answers):
    refused = threading.Event()

    def refuse() -> Response:
        refused.set()
        return Response(503, {}, b"{}")

    answers.instead = {"2": refuse}
    answers.gates = {"2": threading.Event()}
    pages = client_of(api, answers, 1).pages(THINGS, pagination=TOKENS, records="data")
    next(pages)
    answers.wait_for("2")
    pages.close()
    answers.gates["2"].set()
    assert refused.wait(5)
    time.sleep(0.05)

    assert answers.asked == ["1", "2"]  # and not the eight times of `retry.tries`


def test_a_page_tells_how_many_records_there_are_in_all(api):
    api.replies({"data": [{"id": 1}], "total": 2, "next": "b"}, {"data": [{"id": 2}], "total": 3})
    pagination = TokenPages(read="body.next", write="query.cursor", total="body.total")

    pages = list(api.client().pages(THINGS, pagination=pagination, records="data"))

    assert [page.expected for page in pages] == [2, 3]


def test_an_answer_behind_the_end_is_an_empty_page_but_never_the_first(api):
    pagination = Numbered.model_validate({"past_end": {"statuses": [404]}})
    api.replies({"data": [{"id": 1}], "next": "2"}, Response(404, {}, b"{}"))

    first, last = api.client().pages(THINGS, pagination=pagination, records="data")

    assert (len(first.records), len(last.records), last.is_past_end, last.next) == (1, 0, True, None)
    api.replies(Response(404, {}, b"{}"))
    with pytest.raises(ApiError, match="answered 404"):
        list(api.client().pages(THINGS, pagination=pagination, records="data"))

"""Before the deadline all is as without one; after it nothing is asked for, and the run can be gone on with."""

import math
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from glue_lib.api.client import Client, HttpSend
from glue_lib.api.deadline import Deadline
from glue_lib.api.exchange import Cut, Response, SignedRequest
from glue_lib.api.limits import Limits, TokenBucket
from glue_lib.api.patience import patience
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred, Retry
from tests.api.conftest import START, Api, Clock

REQUEST = SignedRequest("GET", "https://api.example.org/things")


def at(clock: Clock, seconds: float) -> Deadline:
    return Deadline(START + timedelta(seconds=seconds), now=clock.now, sleep=clock.sleep)


def bounded(api: Api, deadline: Deadline, **options: object) -> Client:
    return api.client(send=deadline.bounded(api.send), sleep=deadline.sleep, **options)


def test_without_a_deadline_there_is_no_end_of_time():
    deadline = Deadline()

    deadline.check()

    assert deadline.left() == math.inf
    assert deadline.bounded(print) is print  # type: ignore[arg-type]


def test_no_request_begins_after_it(api: Api):
    deadline = at(api.clock, 10)
    api.clock.seconds = 10

    with pytest.raises(Deferred, match=r"shop\.things: GET /things, page 1: the time of this execution is over") as end:
        bounded(api, deadline).get(Request("/things"), "")

    assert end.value.resume_at == api.clock.now()
    assert api.sent == []


def test_a_request_before_it_is_given_what_is_left(api: Api):
    given: list[float] = []
    deadline = at(api.clock, 10)
    api.clock.seconds = 7

    def send(request: SignedRequest, timeout_seconds: float) -> Response:
        given.append(timeout_seconds)
        return Response(200, {}, b"[]")

    deadline.bounded(send)(REQUEST, 120.0)
    deadline.bounded(send)(REQUEST, 2.0)

    assert given == [3, 2]


def test_a_wait_that_the_api_asks_for_and_that_would_outlast_it_is_not_begun(api: Api):
    api.always(Response(429, {"Retry-After": "60"}, b""))

    with pytest.raises(Deferred, match="a wait of") as end:
        bounded(api, at(api.clock, 30)).get(Request("/things"), "")

    assert timedelta(seconds=59) < end.value.resume_at - START < timedelta(seconds=63)
    assert len(api.sent) == 1
    assert api.clock.seconds < 30


def test_a_wait_for_the_pace_that_would_outlast_it_is_not_begun(api: Api):
    deadline = at(api.clock, 30)
    bucket = TokenBucket(Limits(requests_per_second=0.02), clock=api.clock, sleep=deadline.sleep, now=api.clock.now)
    api.always([])
    client = bounded(api, deadline, bucket=bucket)
    client.get(Request("/things"), "")

    with pytest.raises(Deferred) as end:
        client.get(Request("/things"), "")

    assert end.value.resume_at == START + timedelta(seconds=50)


def test_a_wait_that_ends_before_it_is_sat_out(api: Api):
    api.replies(Response(429, {"Retry-After": "20"}, b""), [{"id": 1}])

    page = bounded(api, at(api.clock, 30)).get(Request("/things"), "")

    assert len(page.records) == 1
    assert api.clock.seconds >= 20


@pytest.mark.parametrize("tries", [1, 8])
def test_an_answer_that_is_cut_at_it_defers_the_run_also_in_the_last_try(api: Api, tries: int):
    def stalls(request: SignedRequest) -> Response:
        api.clock.seconds = 10
        raise Cut("no byte within 10 seconds")

    api.replies(stalls)

    with pytest.raises(Deferred, match="the time of this execution is over"):
        bounded(api, at(api.clock, 10), retry=Retry(tries=tries)).get(Request("/things"), "")


def test_an_answer_that_is_cut_before_it_is_asked_for_again(api: Api):
    api.replies(Cut("reset"), [{"id": 1}])

    assert len(bounded(api, at(api.clock, 1000)).get(Request("/things"), "").records) == 1


@pytest.fixture
def trickling() -> Iterator[str]:
    """An API whose answer never ends: a byte now and then."""
    server = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[")
        while not stopped.wait(0.05):
            connection.sendall(b" ")
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    stopped.set()
    thread.join()
    server.close()


def test_an_answer_that_trickles_over_it_is_cut(trickling: str):
    started = time.monotonic()
    deadline = Deadline(datetime.now(UTC) + timedelta(seconds=0.4))

    with pytest.raises(Deferred):
        deadline.bounded(HttpSend(1))(SignedRequest("GET", f"{trickling}/things"), 30)

    assert time.monotonic() - started > 0.3


def test_after_a_bounded_request_others_have_all_their_time_again(api: Api):
    api.replies([])
    at(api.clock, 10).bounded(api.send)(REQUEST, 5)
    patience.begin(60, 60)

    assert patience.left() > 50

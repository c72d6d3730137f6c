"""What an execution counts of itself."""

import threading

import pytest

from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.execution import Outcome
from glue_lib.meter import Ended, Meter, Step, Tally


def test_every_request_is_counted_also_one_that_fails():
    def send(request: SignedRequest, timeout_seconds: float) -> Response:
        if request.url == "bad":
            raise ConnectionError
        return Response(200)

    meter = Meter()
    counted = meter.counted(send)

    threads = [
        threading.Thread(target=lambda: [counted(SignedRequest("GET", "x"), 1) for _ in range(50)]) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(ConnectionError):
        counted(SignedRequest("GET", "bad"), 1)

    assert meter.requests == 101


def test_a_wait_counts_as_long_as_it_was_also_when_it_is_not_sat_out():
    moments = iter([0.0, 2.5, 10.0, 10.5])
    meter = Meter(clock=lambda: next(moments))
    asked: list[float] = []

    def sleep(seconds: float) -> None:
        asked.append(seconds)
        if seconds > 60:
            raise TimeoutError

    meter.timed(sleep)(2.4)
    with pytest.raises(TimeoutError):
        meter.timed(sleep)(3600)

    assert asked == [2.4, 3600]
    assert meter.waited_seconds == 3.0


@pytest.mark.parametrize(
    ("step", "status", "is_loaded"),
    [
        *(("sync", "complete", True), ("load", "complete", True), ("ingest", "complete", False)),
        *(("maintain", "complete", False), ("sync", "incomplete", False), ("load", "failed", False)),
    ],
)
def test_only_a_step_that_loads_and_comes_to_its_end_has_loaded(step: Step, status: str, is_loaded: bool):
    assert Ended(step, Outcome("s", "a", status)).is_loaded is is_loaded  # type: ignore[arg-type]


def test_a_stream_has_its_own_requests_bytes_and_waits():
    meter = Meter()
    send = meter.counted(lambda request, timeout_seconds: Response(200, {}, b"12345", wire_bytes=3))
    sleep = meter.timed(lambda seconds: None)

    with meter.fetching("orders"):
        send(SignedRequest("GET", "x"), 1)
        sleep(1)
    with meter.fetching("items"):
        send(SignedRequest("GET", "x"), 1)
        send(SignedRequest("GET", "x"), 1)

    orders, items = meter.of("orders"), meter.of("items")
    assert (orders.requests, orders.raw_bytes, orders.wire_bytes, orders.waits) == (1, 5, 3, 1)
    assert (items.requests, items.raw_bytes, items.wire_bytes, items.waits) == (2, 10, 6, 0)
    assert meter.requests == 3


def test_a_stream_waits_only_while_none_of_its_threads_asks():
    tally = Tally()
    tally.turn(0, asking=1)
    tally.turn(1, waiting=1)  # another thread asks
    tally.turn(4, asking=-1)  # from now on all wait
    tally.turn(6, waiting=1)
    tally.turn(7, waiting=-1)
    tally.turn(9, waiting=-1)
    tally.turn(20, asking=1)

    assert tally.wait_seconds == 5


def test_writing_is_a_part_of_loading():
    moments = iter([0.0, 0.0, 2.0, 7.0, 8.0])
    meter = Meter(clock=lambda: next(moments))

    with meter.loading("orders"), meter.writing("orders"):
        pass

    assert (meter.of("orders").load_seconds, meter.of("orders").write_seconds) == (8.0, 5.0)


def test_what_is_under_way_counts_until_now():
    tally = Tally(fetch_seconds=3, load_seconds=1, loading_at=10.0)

    assert (tally.until(14.0).load_seconds, tally.until(14.0).fetch_seconds, tally.load_seconds) == (5, 3, 1)

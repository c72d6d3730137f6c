"""What an execution counts of itself."""

import threading

import pytest

from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.execution import Outcome
from glue_lib.meter import Ended, Meter, Step


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

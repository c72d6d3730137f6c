import threading

import pytest
from pydantic import ValidationError

from glue_lib.api.limits import Limits, QuotaSpent, TokenBucket


def passes(bucket, clock, count):
    """The seconds at which so many requests pass."""
    moments = []
    for _ in range(count):
        with bucket.turn():
            moments.append(round(clock.seconds, 6))
    return moments


@pytest.fixture
def bucket(clock):
    return TokenBucket(Limits(requests_per_second=10), clock=clock, sleep=clock.sleep)


def test_requests_pass_at_an_even_pace(bucket, clock):
    assert passes(bucket, clock, 4) == [0, 0.1, 0.2, 0.3]


def test_a_silence_saves_nothing_up(bucket, clock):
    clock.seconds = 100

    assert passes(bucket, clock, 3) == [100, 100.1, 100.2]


def test_the_pace_holds_over_a_long_time_and_an_odd_clock(clock):
    clock.seconds = 1_764_000_000.123
    bucket = TokenBucket(Limits(requests_per_second=3), clock=clock, sleep=clock.sleep)

    moments = passes(bucket, clock, 3000)

    assert moments[-1] - moments[0] == pytest.approx(2999 / 3, abs=0.01)


def test_nothing_passes_while_the_api_asks_to_wait(bucket, clock):
    passes(bucket, clock, 1)
    bucket.slow_down(30)

    assert passes(bucket, clock, 1) == [30]


def test_a_shorter_wait_does_not_shorten_a_longer_one(bucket, clock):
    bucket.slow_down(30)
    bucket.slow_down(1)

    assert passes(bucket, clock, 1) == [30]


def test_is_slower_after_a_refusal(bucket, clock):
    bucket.slow_down(1)

    assert bucket.requests_per_second == 5
    assert passes(bucket, clock, 3) == [1, 1.2, 1.4]


def test_refusals_that_come_together_count_once(bucket, clock):
    for _ in range(4):
        bucket.slow_down(1)
    assert bucket.requests_per_second == 5

    clock.seconds = 1
    bucket.slow_down(1)
    assert bucket.requests_per_second == 2.5


def test_never_stands_still(bucket, clock):
    for _ in range(100):
        bucket.slow_down(1)
        clock.seconds += 1

    assert bucket.requests_per_second == 10 / 64


def test_is_as_fast_as_before_after_calm_and_never_faster(bucket, clock):
    bucket.slow_down(1)
    bucket.speed_up()
    assert 5 < bucket.requests_per_second < 6

    for _ in range(100):
        bucket.speed_up()
    assert bucket.requests_per_second == 10


def test_the_days_requests_are_counted(clock):
    limits = Limits(requests_per_second=1, requests_per_day=3)
    bucket = TokenBucket(limits, clock=clock, sleep=clock.sleep, now=clock.now)  # it is 08:30
    passes(bucket, clock, 3)
    clock.seconds = 400

    with pytest.raises(QuotaSpent, match="requests_per_day") as raised, bucket.turn():
        pytest.fail("one too many")
    assert raised.value.wait_seconds == 15.5 * 3600 - 400

    clock.seconds = 15.5 * 3600
    assert passes(bucket, clock, 1) == [15.5 * 3600]


def test_no_more_requests_are_under_way_than_allowed():
    bucket = TokenBucket(Limits(requests_per_second=100_000, concurrency=3))
    lock, under_way, most = threading.Lock(), 0, 0
    together = threading.Barrier(3)

    def ask():
        nonlocal under_way, most
        with bucket.turn():
            with lock:
                under_way += 1
                most = max(most, under_way)
            together.wait(timeout=10)  # passes only when three are inside at once
            with lock:
                under_way -= 1

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert most == 3


def test_a_place_is_free_again_after_an_error(clock):
    bucket = TokenBucket(Limits(concurrency=1), clock=clock, sleep=clock.sleep)
    with pytest.raises(RuntimeError), bucket.turn():
        raise RuntimeError

    assert len(passes(bucket, clock, 1)) == 1


def test_threads_share_one_pace():
    bucket = TokenBucket(Limits(requests_per_second=200, concurrency=8))
    moments: list[float] = []

    def ask():
        for _ in range(5):
            with bucket.turn():
                moments.append(bucket._clock())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert len(moments) == 40
    assert max(moments) - min(moments) >= 39 / 200 - 0.01


@pytest.mark.parametrize(
    "wrong", [{"requests_per_second": 0}, {"concurrency": 0}, {"requests_per_day": 0}, {"per_second": 1}]
)
def test_limits_must_allow_something(wrong):
    with pytest.raises(ValidationError):
        Limits(**wrong)

import threading
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from pydantic import ValidationError

from glue_lib.api.budget import OwnBlocks
from glue_lib.api.exchange import Response
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
    return TokenBucket(Limits(requests_per_second=10), clock=clock, sleep=clock.sleep, now=clock.now)


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
    "wrong",
    [
        *({"requests_per_second": 0}, {"concurrency": 0}, {"requests_per_day": 0}, {"per_second": 1}),
        *({"reserve": 1}, {"reserve": -0.1}, {"timezone": "Mars/Olympus"}),
    ],
)
def test_limits_must_allow_something(wrong):
    with pytest.raises(ValidationError):
        Limits(**wrong)


# What answers say


def heeded(bucket, clock, headers, status=200, content=b""):
    bucket.heed(Response(status, headers, content), clock.now())


def test_none_left_closes_the_bucket_until_the_reset(bucket, clock):
    passes(bucket, clock, 1)
    heeded(bucket, clock, {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"})

    assert passes(bucket, clock, 2) == [30, 30.1]
    assert bucket.requests_per_second == 10  # nothing was refused


def test_a_long_hold_is_logged_once_for_all_who_wait(bucket, clock, caplog):
    for seconds in ("30", "30", "2"):
        told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": seconds, "X-RateLimit-Resource": "s3cret"}
        heeded(bucket, clock, told)
        for _ in range(3):
            bucket._take()
        clock.seconds += 30

    assert caplog.text.count("source waiting seconds=30.0 reason=the API says that no requests are left") == 2
    assert "s3cret" not in caplog.text
    assert "seconds=2.0" not in caplog.text


def test_a_window_that_is_nearly_used_up_is_spread_over_its_time(bucket, clock):
    passes(bucket, clock, 1)
    heeded(bucket, clock, {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "20"})

    first, second = passes(bucket, clock, 2)

    assert (first, second) == (pytest.approx(4), pytest.approx(7.2))
    assert passes(bucket, clock, 12)[-1] < 22  # after the window the pace is as before


def test_a_long_window_is_used_up_at_full_pace(bucket, clock):
    passes(bucket, clock, 1)
    heeded(bucket, clock, {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "3600"})

    assert passes(bucket, clock, 2) == [0.1, 0.2]


def test_a_reset_too_far_away_is_not_sat_out(bucket, clock):
    passes(bucket, clock, 1)
    heeded(bucket, clock, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3600", "X-RateLimit-Resource": "core"})

    with pytest.raises(QuotaSpent, match="the API's `core` limit is used up") as raised, bucket.turn():
        pytest.fail("one too many")
    assert raised.value.wait_seconds == 3600
    assert clock.seconds == 0

    clock.seconds = 3600
    assert passes(bucket, clock, 1) == [3600]


def test_who_waits_longer_may_sit_it_out(clock):
    bucket = TokenBucket(Limits(), clock=clock, sleep=clock.sleep, now=clock.now, longest_wait_seconds=4000)
    heeded(bucket, clock, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3600"})

    assert passes(bucket, clock, 1) == [3600]


def test_a_refusal_with_a_long_wait_stops_all_threads(bucket, clock):
    heeded(bucket, clock, {"Retry-After": "7200"}, status=429)

    with pytest.raises(QuotaSpent, match="the API asked to wait") as raised, bucket.turn():
        pytest.fail("one too many")
    assert raised.value.wait_seconds == 7200


def test_a_refusal_that_was_heeded_still_slows_down_once(bucket, clock):
    for _ in range(3):
        heeded(bucket, clock, {"Retry-After": "5"}, status=429)
        bucket.slow_down(5)

    assert bucket.requests_per_second == 5
    assert passes(bucket, clock, 1) == [5]


def test_a_bucket_of_the_api_that_is_nearly_full_slows_down_without_a_refusal(bucket, clock):
    for used in ("31/40", "33/40", "34/40"):
        heeded(bucket, clock, {"X-Shopify-Shop-Api-Call-Limit": used})
    assert bucket.requests_per_second == 5

    clock.seconds = 1
    heeded(bucket, clock, {"X-Shopify-Shop-Api-Call-Limit": "36/40"})
    assert bucket.requests_per_second == 2.5


def test_a_query_that_cannot_be_paid_for_yet_waits(bucket, clock):
    status = '{"maximumAvailable": 1000, "currentlyAvailable": 40, "restoreRate": 50}'
    cost = f'{{"data": {{}}, "extensions": {{"cost": {{"requestedQueryCost": 240, "throttleStatus": {status}}}}}}}'
    heeded(bucket, clock, {}, content=cost.encode())

    assert passes(bucket, clock, 1) == [4]


def test_the_reserve_of_the_apis_own_daily_count_is_left_to_others(clock):
    limits = Limits(reserve=0.5)
    bucket = TokenBucket(limits, clock=clock, sleep=clock.sleep, now=clock.now)
    heeded(bucket, clock, {"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "500"})

    with pytest.raises(QuotaSpent, match="`daily`") as raised, bucket.turn():
        pytest.fail("one too many")
    assert raised.value.wait_seconds == 15.5 * 3600


class Leaky:
    """An API that takes `rate` requests a second with a bucket of `size`, and refuses what comes faster."""

    def __init__(self, rate, size, *, tells):
        self.rate, self.size, self.tells = rate, size, tells
        self.used, self.at, self.refused, self.taken = 0.0, 0.0, 0, 0

    def answer(self, now):
        self.used, self.at = max(0.0, self.used - (now - self.at) * self.rate), now
        if self.used + 1 > self.size:
            self.refused += 1
            return Response(429, {"Retry-After": "1.0"})
        self.used, self.taken = self.used + 1, self.taken + 1
        return Response(200, {"X-Shopify-Shop-Api-Call-Limit": f"{round(self.used)}/{self.size}"} if self.tells else {})


@pytest.mark.parametrize(("tells", "most_refused"), [(True, 0.002), (False, 0.05)])
def test_finds_the_pace_of_an_api_that_takes_less_than_declared(clock, tells, most_refused):
    api, bucket = Leaky(2, 40, tells=tells), TokenBucket(Limits(), clock=clock, sleep=clock.sleep, now=clock.now)

    while clock.seconds < 600:
        with bucket.turn():
            response = api.answer(clock.seconds)
            bucket.heed(response, clock.now())
        if response.status == 429:
            bucket.slow_down(1.0)
        else:
            bucket.speed_up()

    assert api.refused <= most_refused * api.taken
    assert api.taken >= 0.95 * api.rate * 600


def test_threads_never_ask_for_more_than_an_answer_said_was_left():
    bucket = TokenBucket(Limits(requests_per_second=10_000, concurrency=8))
    lock, left, refused, over = threading.Lock(), 50, 0, threading.Event()

    def ask():
        nonlocal left, refused
        while not over.is_set():
            try:
                with bucket.turn():
                    with lock:
                        left, refused = max(0, left - 1), refused + (left == 0)
                        told = str(left)
                    headers = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": told, "X-RateLimit-Reset": "3600"}
                    bucket.heed(Response(200, headers), datetime.now(UTC))
            except QuotaSpent:
                return

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    over.set()

    assert (left, refused) == (0, 0)


# The day's requests


class Recorded(OwnBlocks):
    def __init__(self):
        super().__init__()
        self.given_back = []

    def give_back(self, day, count):
        self.given_back.append((day, count))


def test_what_was_reserved_and_not_asked_is_given_back(clock):
    blocks = Recorded()
    limits = Limits(requests_per_day=1000, reserve=0.5, timezone="America/New_York")
    bucket = TokenBucket(limits, clock=clock, sleep=clock.sleep, now=clock.now, blocks=blocks)
    passes(bucket, clock, 2)

    bucket.close()

    assert blocks.given_back == [("2026-11-24", 3)]  # a block has a hundredth of 500


def test_a_reserve_is_left_of_the_days_requests(clock):
    limits = Limits(requests_per_day=10, reserve=0.3)
    bucket = TokenBucket(limits, clock=clock, sleep=clock.sleep, now=clock.now)
    passes(bucket, clock, 7)

    with pytest.raises(QuotaSpent), bucket.turn():
        pytest.fail("one too many")


def test_a_day_that_is_nearly_over_is_waited_for(clock):
    bucket = TokenBucket(Limits(requests_per_day=1), clock=clock, sleep=clock.sleep, now=clock.now)
    clock.seconds = 15.5 * 3600 - 60

    assert passes(bucket, clock, 2) == [15.5 * 3600 - 60, 15.5 * 3600]


def test_a_share_of_the_limits_divides_the_pace_and_the_places_and_not_the_day():
    limits = Limits(requests_per_second=10, concurrency=5, requests_per_day=1000, reserve=0.1)

    assert limits.share(4) == Limits(requests_per_second=2.5, concurrency=1, requests_per_day=1000, reserve=0.1)
    assert limits.share(1) == limits
    assert limits.part(Fraction(3, 5)) == Limits(
        requests_per_second=6, concurrency=3, requests_per_day=1000, reserve=0.1
    )
    assert limits.part(Fraction(1, 100)).concurrency == 1

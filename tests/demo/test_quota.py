import pytest

from demo.quota import CLOSED_SECONDS, WINDOW_SECONDS, Quota


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_one_request_too_many_has_to_wait(clock: Clock):
    quota = Quota(2, clock=clock)

    assert [quota.wait_seconds() for _ in range(3)] == [0, 0, CLOSED_SECONDS]


def test_the_door_stays_closed_for_its_second_and_then_the_count_starts_anew(clock: Clock):
    quota = Quota(1, clock=clock)
    assert [quota.wait_seconds() for _ in range(2)] == [0, CLOSED_SECONDS]

    clock.now += 0.75
    assert quota.wait_seconds() == pytest.approx(0.25)

    clock.now += 0.25
    assert [quota.wait_seconds() for _ in range(2)] == [0, CLOSED_SECONDS]


def test_a_new_window_starts_with_nothing_counted(clock: Clock):
    quota = Quota(1, clock=clock)
    quota.wait_seconds()

    clock.now += WINDOW_SECONDS

    assert quota.wait_seconds() == 0


def test_zero_means_no_limit(clock: Clock):
    assert {Quota(0, clock=clock).wait_seconds() for _ in range(1000)} == {0}

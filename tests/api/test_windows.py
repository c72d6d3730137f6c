import pytest

from glue_lib.api.rate_headers import Allowance
from glue_lib.api.windows import Hold, Windows

UNTIL_NEXT_DAY = 50_000.0


def told(windows, *allowances, now=0.0):
    return windows.heed(allowances, now, until_next_day=UNTIL_NEXT_DAY)


@pytest.fixture
def windows():
    return Windows()


def test_nothing_is_held_back_while_nothing_is_told_or_requests_are_left(windows):
    assert windows.hold(0, under_way=0) is None

    told(windows, Allowance("", 1, 100, 30))
    assert windows.hold(0, under_way=0) is None


def test_none_left_holds_until_the_reset(windows):
    told(windows, Allowance("core", 0, 100, 30), now=5)

    assert windows.hold(6, under_way=0) == Hold(29, "the API's `core` limit is used up")
    assert windows.hold(35, under_way=0) is None


def test_requests_under_way_count_as_made(windows):
    told(windows, Allowance("", 2, 100, 30))

    assert windows.hold(0, under_way=1) is None
    assert windows.hold(0, under_way=2) == Hold(0.05, "")  # their answers will tell more


def test_answers_in_another_order_do_not_raise_what_is_left(windows):
    told(windows, Allowance("", 0, 100, 30), now=1)
    told(windows, Allowance("", 1, 100, 29.5), now=1.2)

    assert windows.hold(2, under_way=0) == Hold(29, "the API's limit is used up")


def test_a_new_window_has_its_own_count(windows):
    told(windows, Allowance("", 0, 100, 30))
    told(windows, Allowance("", 99, 100, 60), now=30.5)

    assert windows.hold(31, under_way=3) is None


def test_an_answer_of_a_window_that_is_over_tells_nothing(windows):
    told(windows, Allowance("", 0, 100, 0))

    assert windows.hold(0, under_way=0) is None


def test_the_longest_of_several_limits_holds(windows):
    told(windows, Allowance("burst", 0, 10, 1), Allowance("hour", 0, 1000, 900), Allowance("day", 7, 9000, 9000))

    assert windows.hold(0, under_way=0).seconds == 900
    assert windows.hold(901, under_way=0) is None


def test_a_limit_without_a_reset_holds_for_a_second_and_is_told_to_be_near(windows):
    assert not told(windows, Allowance("", 9, 40))
    assert told(windows, Allowance("", 8, 40))
    assert told(windows, Allowance("", 0, 40), now=1)

    assert windows.hold(1, under_way=0).seconds == 1
    assert windows.hold(2, under_way=0) is None


def test_the_last_word_counts_where_a_limit_refills(windows):
    told(windows, Allowance("", 0, 40))
    told(windows, Allowance("", 2, 40), now=0.1)

    assert windows.hold(0.1, under_way=0) is None


def test_a_daily_limit_without_a_reset_holds_until_the_next_day(windows):
    told(windows, Allowance("daily", 0, 500, None, is_daily=True))

    assert windows.hold(0, under_way=0).seconds == UNTIL_NEXT_DAY


def test_the_reserve_of_a_day_is_left_to_others():
    windows = Windows(reserve=0.2)

    told(windows, Allowance("api-usage", 3001, 15000, 3600, is_daily=True), Allowance("", 1, 100, 10))
    assert windows.hold(0, under_way=0) is None

    told(windows, Allowance("api-usage", 3000, 15000, 3600, is_daily=True))
    assert windows.hold(0, under_way=0) == Hold(3600, "the API's `api-usage` limit is used up")


@pytest.mark.parametrize(
    ("allowance", "gap"),
    [
        (Allowance("", 21, 100, 10), 0),
        (Allowance("", 20, 100, 10), 0.5),
        (Allowance("", 1, 100, 10), 10),
        (Allowance("", 10, None, 20), 2),
        (Allowance("", 11, None, 20), 0),
        (Allowance("", 20, 100, 3600), 0),  # so long a window is used up at full pace, and then waited for
        (Allowance("", 8, 40), 0),
    ],
)
def test_what_is_left_near_the_end_is_spread(windows, allowance, gap):
    told(windows, allowance)

    assert windows.gap(0) == gap


def test_nothing_is_spread_after_the_end(windows):
    told(windows, Allowance("", 1, 100, 10))

    assert windows.gap(11) == 0


def test_the_names_of_limits_are_bounded_by_what_one_window_holds(windows):
    for number in range(10_000):
        told(windows, Allowance(f"limit {number}", 0, 100, 0.5), now=number)
        windows.hold(number, under_way=0)

    assert len(windows._open) == 1

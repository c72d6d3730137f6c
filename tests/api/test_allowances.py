import pytest

from glue_lib.api.allowances import Allowances, Hold
from glue_lib.api.rate_headers import Allowance

UNTIL_NEXT_DAY = 50_000.0


def told(left, *allowances, now=0.0):
    return left.heed(allowances, now, until_next_day=UNTIL_NEXT_DAY)


@pytest.fixture
def left():
    return Allowances()


def test_nothing_is_held_back_while_nothing_is_told_or_requests_are_left(left):
    assert left.hold(0, under_way=0) is None

    told(left, Allowance("", 1, 100, 30))
    assert left.hold(0, under_way=0) is None


def test_none_left_holds_until_the_reset(left):
    told(left, Allowance("core", 0, 100, 30), now=5)

    assert left.hold(6, under_way=0) == Hold(29, "the API's `core` limit is used up")
    assert left.hold(35, under_way=0) is None


def test_requests_under_way_count_as_made(left):
    told(left, Allowance("", 2, 100, 30))

    assert left.hold(0, under_way=1) is None
    assert left.hold(0, under_way=2) == Hold(0.05, "")  # their answers will tell more


def test_answers_in_another_order_do_not_raise_what_is_left(left):
    told(left, Allowance("", 0, 100, 30), now=1)
    told(left, Allowance("", 1, 100, 29.5), now=1.2)

    assert left.hold(2, under_way=0) == Hold(29, "the API's limit is used up")


def test_a_new_window_has_its_own_count(left):
    told(left, Allowance("", 0, 100, 30))
    told(left, Allowance("", 99, 100, 60), now=30.5)

    assert left.hold(31, under_way=3) is None


def test_an_answer_of_a_window_that_is_over_tells_nothing(left):
    told(left, Allowance("", 0, 100, 0))

    assert left.hold(0, under_way=0) is None


def test_the_longest_of_several_limits_holds(left):
    told(left, Allowance("burst", 0, 10, 1), Allowance("hour", 0, 1000, 900), Allowance("day", 7, 9000, 9000))

    assert left.hold(0, under_way=0).seconds == 900
    assert left.hold(901, under_way=0) is None


def test_a_limit_without_a_reset_holds_for_a_second_and_is_told_to_be_near(left):
    assert not told(left, Allowance("", 9, 40))
    assert told(left, Allowance("", 8, 40))
    assert told(left, Allowance("", 0, 40), now=1)

    assert left.hold(1, under_way=0).seconds == 1
    assert left.hold(2, under_way=0) is None


def test_the_last_word_counts_where_a_limit_refills(left):
    told(left, Allowance("", 0, 40))
    told(left, Allowance("", 2, 40), now=0.1)

    assert left.hold(0.1, under_way=0) is None


def test_a_daily_limit_without_a_reset_holds_until_the_next_day(left):
    told(left, Allowance("daily", 0, 500, None, is_daily=True))

    assert left.hold(0, under_way=0).seconds == UNTIL_NEXT_DAY


def test_the_reserve_of_a_day_is_left_to_others():
    left = Allowances(reserve=0.2)

    told(left, Allowance("api-usage", 3001, 15000, 3600, is_daily=True), Allowance("", 1, 100, 10))
    assert left.hold(0, under_way=0) is None

    told(left, Allowance("api-usage", 3000, 15000, 3600, is_daily=True))
    assert left.hold(0, under_way=0) == Hold(3600, "the API's `api-usage` limit is used up")


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
def test_what_is_left_near_the_end_is_spread(left, allowance, gap):
    told(left, allowance)

    assert left.gap(0) == gap


def test_nothing_is_spread_after_the_end(left):
    told(left, Allowance("", 1, 100, 10))

    assert left.gap(11) == 0


def test_the_names_of_limits_are_bounded_by_what_one_window_holds(left):
    for number in range(10_000):
        told(left, Allowance(f"limit {number}", 0, 100, 0.5), now=number)
        left.hold(number, under_way=0)

    assert len(left._open) == 1

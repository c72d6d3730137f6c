from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from glue_lib.api.budget import DayBudget, OwnBlocks, day_of, next_day

UTC_ZONE, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)


class Counted(OwnBlocks):
    def __init__(self):
        super().__init__()
        self.asked, self.given_back = [], []

    def reserve(self, day, most, allowed):
        self.asked.append((day, most))
        return super().reserve(day, most, allowed)

    def give_back(self, day, count):
        self.given_back.append((day, count))


def spent(budget, now=NOW, tries=1000):
    return sum(budget.spend(now) for _ in range(tries))


def test_spends_so_many_a_day_and_no_more():
    assert spent(DayBudget(7, UTC_ZONE, OwnBlocks())) == 7


def test_the_next_day_has_its_own():
    budget = DayBudget(7, UTC_ZONE, OwnBlocks())

    assert spent(budget) == 7
    assert spent(budget, NOW + timedelta(days=1)) == 7


def test_what_is_left_of_a_block_is_worth_nothing_the_next_day():
    blocks = Counted()
    budget = DayBudget(1000, UTC_ZONE, blocks)  # blocks of 10

    spent(budget, tries=3)
    spent(budget, NOW + timedelta(days=1), tries=3)
    budget.close()

    assert blocks.asked == [("2026-11-24", 10), ("2026-11-25", 10)]
    assert blocks.given_back == [("2026-11-25", 7)]


@pytest.mark.parametrize(("allowed", "block"), [(1, 1), (100, 1), (1000, 10), (50_000, 500), (10_000_000, 500)])
def test_reserves_in_blocks_that_are_small_beside_the_day(allowed, block):
    blocks = Counted()

    DayBudget(allowed, UTC_ZONE, blocks).spend(NOW)

    assert blocks.asked == [("2026-11-24", block)]


def test_several_share_one_day():
    blocks = OwnBlocks()
    first, second = DayBudget(1005, UTC_ZONE, blocks), DayBudget(1005, UTC_ZONE, blocks)

    assert spent(first, tries=600) + spent(second, tries=10_000) == 1005


def test_what_is_given_back_is_there_for_others():
    blocks = OwnBlocks()
    first = DayBudget(1000, UTC_ZONE, blocks)
    spent(first, tries=995)
    first.close()

    assert spent(DayBudget(1000, UTC_ZONE, blocks)) == 5


def test_nothing_is_given_back_twice():
    blocks = Counted()
    budget = DayBudget(1000, UTC_ZONE, blocks)
    budget.spend(NOW)

    budget.close()
    budget.close()

    assert blocks.given_back == [("2026-11-24", 9)]


def test_a_day_is_that_of_the_zone():
    assert (day_of(NOW, UTC_ZONE), day_of(NOW, NEW_YORK)) == ("2026-11-24", "2026-11-23")
    assert next_day(NOW, NEW_YORK) - NOW == timedelta(hours=1, minutes=30)
    assert next_day(NOW, UTC_ZONE) - NOW == timedelta(hours=20, minutes=30)


def test_a_day_of_25_hours_has_25_hours():
    autumn = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # midnight in New York; clocks go back at 2:00

    assert next_day(autumn, NEW_YORK) - autumn == timedelta(hours=25)

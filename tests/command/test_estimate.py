"""What a run will take, before its first request."""

import pytest

from glue_lib.api.limits import Limits
from glue_lib.command.estimate import cost, pages_of
from glue_lib.spec.glue import Glue
from glue_lib.spec.price import dpus


def test_the_declared_pace_decides_how_long_the_requests_take():
    found = cost(6_000, Limits(requests_per_second=10), Glue())

    assert found.minutes == pytest.approx(10)
    assert found.quota_share is None
    assert found.days == 1


def test_slow_answers_decide_where_few_are_under_way_at_a_time():
    found = cost(600, Limits(requests_per_second=10, concurrency=2), Glue(), answer_seconds=2)

    assert found.minutes == pytest.approx(10)


def test_more_requests_than_a_day_allows_take_several_days():
    found = cost(25_000, Limits(requests_per_day=10_000), Glue())

    assert (found.quota_share, found.days) == (2.5, 3)


def test_what_is_kept_for_others_of_a_day_is_not_ours():
    assert cost(5_000, Limits(requests_per_day=10_000, reserve=0.5), Glue()).quota_share == 1


def test_the_price_counts_every_worker_for_the_whole_time_with_its_start():
    found = cost(34_800, Limits(requests_per_second=10), Glue(worker_type="G.2X", workers=3))

    assert found.dpu_hours == pytest.approx(6)  # 58 minutes of asking and 2 beside it
    assert found.usd == pytest.approx(6 * 0.44)


def test_flex_and_memory_workers_have_their_own_price_and_a_given_one_wins():
    hour = 34_800

    assert cost(hour, Limits(), Glue(execution_class="FLEX")).usd == pytest.approx(2 * 0.29)
    assert cost(hour, Limits(), Glue(worker_type="R.1X")).usd == pytest.approx(2 * 0.52)
    assert cost(hour, Limits(), Glue(), dpu_hour_usd=1).usd == pytest.approx(2)


def test_a_worker_counts_the_dpus_of_its_name():
    assert [dpus(name) for name in ("G.1X", "G.12X", "R.8X")] == [1, 12, 8]


@pytest.mark.parametrize(("total", "page", "pages"), [(0, 0, 1), (1, 100, 1), (100, 100, 1), (101, 100, 2)])
def test_a_total_and_a_first_page_tell_how_many_pages_there_are(total, page, pages):
    assert pages_of(total, page) == pages

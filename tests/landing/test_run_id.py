from datetime import UTC, datetime, timedelta, timezone

import pytest

from glue_lib.errors import ConfigError
from glue_lib.landing.run_id import checked_run_id, new_run_id

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_ids_sort_by_time_whatever_the_time_zone():
    later_elsewhere = (NOW + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-8)))

    assert new_run_id(NOW).startswith("20261124T083000Z-")
    assert new_run_id(NOW)[:16] < new_run_id(later_elsewhere)[:16]


def test_ids_of_the_same_second_differ():
    assert len({new_run_id(NOW) for _ in range(50)}) == 50


def test_a_new_id_may_also_be_given():
    run_id = new_run_id(NOW)

    assert checked_run_id(run_id) == run_id


@pytest.mark.parametrize("run_id", ["", ".hidden", "a/b", "a b", "é", "a" * 101, "a\n"])
def test_an_id_that_cannot_be_part_of_a_key_is_refused(run_id):
    with pytest.raises(ConfigError, match="must start with a letter or digit"):
        checked_run_id(run_id)

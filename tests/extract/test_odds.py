import logging

import pytest

from glue_lib.extract.odds import tell_odds, tell_round_number


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_what_was_kept_is_told_with_its_number_and_its_reason(caplog: pytest.LogCaptureFixture):
    tell_odds("things", "all", {"outside": 1200, "nulls": 3, "unreadable": 0, "before": 9})

    first, second = told(caplog)
    assert "1,200 records stand outside of what was asked for" in first
    assert "`cursor.until_inclusive`" in first
    assert "3 records have no value at `cursor.field`" in second


def test_of_nothing_odd_nothing_is_told(caplog: pytest.LogCaptureFixture):
    tell_odds("things", "all", {"windows": 1})

    assert told(caplog) == []


@pytest.mark.parametrize(("rows", "pages", "count"), [(10_000, 100, 1), (9_999, 100, 0), (1_000, 1, 0), (0, 2, 0)])
def test_an_end_at_a_round_number_is_doubted(caplog: pytest.LogCaptureFixture, rows: int, pages: int, count: int):
    tell_round_number("things", "all", rows=rows, pages=pages)

    assert len(told(caplog)) == count

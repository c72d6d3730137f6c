"""Cron expressions and time zones as EventBridge Scheduler takes them."""

import pytest

from glue_lib.spec.schedule import Schedule, cron_expression


@pytest.mark.parametrize(
    "text",
    [
        "0 6 * * ? *",
        "0/15 * ? * MON-FRI *",
        "5,35 0-8 1 JAN,JUL ? 2026-2030",
        "0 0 L * ? *",
        "0 0 ? * 6L *",
        "0 0 ? * tue#2 *",
        "0 0 15W * ? *",
        "*/10 * * * ? *",
    ],
)
def test_aws_cron_expressions_are_taken(text):
    assert cron_expression(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 6 * * *", "has 5 fields; AWS wants six"),
        ("cron(0 6 * * ? *)", "must be the six fields alone"),
        ("rate(1 hour)", "must be the six fields alone"),
        ("60 6 * * ? *", "`60` is no minutes of a cron expression; allowed are 0 to 59"),
        ("0 24 * * ? *", "`24` is no hours"),
        ("0 0 0 * ? *", "`0` is no day of month"),
        ("0 0 * FOO ? *", "`FOO` is no month of a cron expression; allowed are 1 to 12 or JAN to DEC"),
        ("0 0 ? * 0 *", "`0` is no day of week"),
        ("0/0 0 * * ? *", "`0/0` is no minutes"),
        ("0 1-2-3 * * ? *", "`1-2-3` is no hours"),
        ("0 6 * * * *", "must have `?` for either the day of month or the day of week"),
        ("0 6 ? * ? *", "not for both"),
    ],
)
def test_a_wrong_cron_expression_is_told_which_field(text, words):
    with pytest.raises(ValueError) as caught:
        cron_expression(text)
    assert words in str(caught.value)


def test_a_schedule_is_awake_and_in_utc_unless_it_says_otherwise():
    schedule = Schedule(cron="0 6 * * ? *")
    assert (schedule.timezone, schedule.enabled) == ("UTC", True)

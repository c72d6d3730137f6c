"""The thresholds: which are there by themselves, and which can be switched off."""

import pytest
from pydantic import ValidationError

from glue_lib.spec.alarms import Alarms


def test_only_a_source_that_says_how_often_it_runs_is_missed_when_it_does_not() -> None:
    assert Alarms().nothing_loaded_hours is None
    assert Alarms(nothing_loaded_hours=26).nothing_loaded_hours == 26


@pytest.mark.parametrize("name", ["incomplete_runs", "quarantined_share", "duration_share", "nothing_loaded_hours"])
def test_a_null_switches_an_alarm_off(name: str) -> None:
    assert getattr(Alarms(**{name: None}), name) is None


@pytest.mark.parametrize(
    "field",
    [
        {"incomplete_runs": 0},
        {"nothing_loaded_hours": 169},  # CloudWatch looks back a week at most
        {"quarantined_share": 0},
        {"quarantined_share": 1.1},
        {"duration_share": 0},
        {"failed": None},
    ],
)
def test_thresholds_that_no_alarm_can_have_are_refused(field: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Alarms(**field)

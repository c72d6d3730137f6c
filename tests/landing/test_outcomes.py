import pytest

from glue_lib.errors import ConfigError
from glue_lib.landing.outcomes import Outcome, read_outcome, write_outcome
from glue_lib.landing.storage import Storage


def test_an_outcome_is_read_as_it_was_written_last(storage: Storage):
    write_outcome(storage, Outcome("r1", "donorbox", "donations", "incomplete", "2026-11-25T00:00:00Z", {"records": 3}))
    assert read_outcome(storage, "r1", "donations") == Outcome(
        "r1", "donorbox", "donations", "incomplete", "2026-11-25T00:00:00Z", {"records": 3}
    )

    write_outcome(storage, Outcome("r1", "donorbox", "donations", "complete"))
    assert read_outcome(storage, "r1", "donations") == Outcome("r1", "donorbox", "donations", "complete", None, {})
    assert storage.list("") == ["_headwater/outcomes/r1/donations.json"]


def test_without_an_execution_there_is_no_outcome(storage: Storage):
    assert read_outcome(storage, "r1", "donations") is None


def test_an_outcome_has_a_proper_run_id(storage: Storage):
    with pytest.raises(ConfigError):
        read_outcome(storage, "../r1", "donations")

"""Readings that something happens to: records that move meanwhile, a day's quota, a session that ends."""

from pathlib import Path
from typing import Any

import pytest

from emulators.github import GitHub
from emulators.salesforce import SESSION, Salesforce
from emulators.stripe import Stripe
from glue_lib.execution import ExecutionFailed

from .exactly_once import Reading, counted, differences, told


def reading_of(name: str, folder: Path, emulator: Any = None, **given: Any) -> Reading:
    reading = Reading(name, folder)
    if emulator:
        reading.emulator = emulator(reading.clock, **given)
    return reading


def test_no_issue_is_lost_while_others_are_edited(tmp_path: Path):
    reading = reading_of("github", tmp_path, GitHub, busy=True)

    outcomes = reading.read()

    ids = {one["id"] for one in reading.emulator.truth()["issues"]}
    assert {
        record.partition(b'"id":')[2].partition(b",")[0].decode() for record in reading.landed(outcomes["issues"])
    } == {str(identity) for identity in ids}
    edited = [one for one in reading.emulator.truth()["issues"] if one["title"].endswith("(edited)")]
    assert edited


def test_a_day_that_is_used_up_keeps_what_is_landed_and_the_next_day_goes_on(tmp_path: Path):
    reading = reading_of("salesforce", tmp_path, Salesforce, daily=6)

    first = reading.read(streams=("opportunities", "accounts"))
    beyond = len(reading.emulator.calls)
    reading.emulator._daily = 10_000  # type: ignore[attr-defined]
    second = reading.read(streams=("opportunities", "accounts"))

    assert "incomplete" in {outcome.status for outcome in first.values()}
    assert all(outcome.resume_at for outcome in first.values() if outcome.status == "incomplete")
    assert beyond <= 10  # six, the login, and those that were told of the end
    assert {outcome.status for outcome in second.values()} == {"complete"}
    for stream, outcome in second.items():
        assert differences(counted(reading.landed(outcome)), told(reading.emulator.truth()[stream])) == ""


def test_a_session_that_ends_is_followed_by_one_login(tmp_path: Path):
    reading = reading_of("salesforce", tmp_path)

    outcomes = reading.read(streams=("accounts",))

    logins = [call for call in reading.emulator.calls if call.path.endswith("/token")]
    assert differences(counted(reading.landed(outcomes["accounts"])), told(reading.emulator.truth()["accounts"])) == ""
    assert len(reading.emulator.calls) > SESSION
    assert len(logins) == 1 + len(reading.emulator.calls) // (SESSION + 2)


@pytest.mark.parametrize("stage", ["key", "page"])
def test_what_the_api_refuses_is_told_without_the_key(stage: str, tmp_path: Path):
    class Refusing(Stripe):
        def answer(self, call: Any) -> Any:
            answer = super().answer(call)
            return super().answer(call.__class__("GET", "/v1/none")) if stage == "page" else answer

    reading = reading_of("stripe", tmp_path, Refusing)
    if stage == "key":
        reading.emulator.secrets = {"HEADWATER_SECRET_STRIPE_API_KEY": "wrong-stripe-key"}  # type: ignore[misc]

    with pytest.raises(ExecutionFailed, match="answered 401") as failed:
        reading.read(streams=("customers",))

    assert "stripe-key" not in str(failed.value)


def test_comments_are_asked_for_changed_tickets_only(tmp_path: Path):
    reading = reading_of("zendesk", tmp_path)
    reading.read()
    reading.emulator.calls.clear()
    reading.clock.pass_hour()
    changed = {one["id"] for one in reading.emulator.change()["tickets"]}
    reading.clock.pass_hour()

    reading.read()

    asked = [call.path for call in reading.emulator.calls if call.path.endswith("comments.json")]
    assert {int(path.split("/")[-2]) for path in asked} == changed

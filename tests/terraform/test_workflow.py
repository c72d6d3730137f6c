"""The state machine as Terraform renders it: its form, and what it does when it runs, the Glue job aside."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

_TERMINAL = {"Succeed", "Fail"}
_JOB = {"Type": "Pass", "ResultPath": "$.job", "Next": "Read the outcome"}
_OUTCOME = {"Type": "Pass", "ResultPath": "$.outcome", "Next": "Is it complete?"}


@pytest.fixture(scope="module")
def definition(tested: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tested.resources['aws_sfn_state_machine.source["donorbox"]']["definition"])
    return found


def _machines(machine: dict[str, Any], where: str = "top") -> Iterator[tuple[str, dict[str, Any]]]:
    yield where, machine
    for name, state in machine["States"].items():
        for inner in [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", []):
            yield from _machines(inner, name)


def _targets(state: dict[str, Any]) -> set[str]:
    steps = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return {step[key] for step in steps for key in ("Next", "Default") if key in step}


def _stream(definition: dict[str, Any]) -> dict[str, Any]:
    """The states that one stream goes through."""
    states: dict[str, Any] = dict(_machines(definition))["Streams side by side"]["States"]
    return states


def test_every_state_is_reached_and_leads_somewhere(definition: dict[str, Any]) -> None:
    for where, machine in _machines(definition):
        states, seen, waiting = machine["States"], set(), {machine["StartAt"]}
        while waiting:
            name = waiting.pop()
            assert name in states, f"{where}: no state `{name}`"
            seen.add(name)
            waiting |= _targets(states[name]) - seen
        assert seen == set(states), f"{where}: never reached: {set(states) - seen}"
        for name, state in states.items():
            ends = [state.get("End") is True, state["Type"] in _TERMINAL, "Next" in state, state["Type"] == "Choice"]
            assert ends.count(True) == 1, f"{where}: `{name}` must end, choose or go on"
            assert state["Type"] != "Choice" or "Default" in state, f"{where}: `{name}` may find nothing to choose"


def test_a_full_glue_is_waited_for_before_a_failed_job_is_tried_again(definition: dict[str, Any]) -> None:
    full, failed = _stream(definition)["Sync"]["Retry"]

    assert "Glue.ConcurrentRunsExceededException" in full["ErrorEquals"]
    assert failed["ErrorEquals"] == ["States.TaskFailed"]
    assert full["MaxAttempts"] > failed["MaxAttempts"]
    assert {full["JitterStrategy"], failed["JitterStrategy"]} == {"FULL"}


def test_a_job_that_cannot_be_saved_is_caught_and_named(definition: dict[str, Any]) -> None:
    for name in ("Sync", "Read the outcome"):
        (catch,) = _stream(definition)[name]["Catch"]
        assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}


def test_a_task_outlasts_the_job_so_that_glue_tells_of_the_timeout(definition: dict[str, Any]) -> None:
    assert _stream(definition)["Sync"]["TimeoutSeconds"] > 120 * 60


def _run(definition: dict[str, Any], given: dict[str, Any], outcome: dict[str, Any]) -> dict[str, Any]:
    """Run the machine; each job only says what it was given, and ends with `outcome`."""
    # moto has a date where AWS has text.
    machine = json.loads(json.dumps(definition).replace("$$.Execution.StartTime", "'2026-11-24T08:30:00.123Z'"))
    states = _stream(machine)
    states["Sync"] = {**_JOB, "Parameters": states["Sync"]["Parameters"]}
    states["Read the outcome"] = {**_OUTCOME, "Result": {"value": outcome}}
    states["Complete"]["Parameters"]["job.$"] = "$.job"
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        return _executed(json.dumps(machine), json.dumps(given))


def _executed(machine: str, given: str) -> dict[str, Any]:
    client = boto3.client("stepfunctions", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    made = client.create_state_machine(name="m", definition=machine, roleArn="arn:aws:iam::123456789012:role/m")
    execution = client.start_execution(stateMachineArn=made["stateMachineArn"], input=given)["executionArn"]
    end = time.monotonic() + 30
    while (found := client.describe_execution(executionArn=execution))[
        "status"
    ] == "RUNNING" and time.monotonic() < end:
        time.sleep(0.05)
    return dict(found)


def _levels(found: dict[str, Any]) -> list[list[dict[str, Any]]]:
    assert found["status"] == "SUCCEEDED", found
    levels: list[list[dict[str, Any]]] = json.loads(found["output"])["levels"]
    return levels


def test_an_execution_without_input_syncs_every_stream_parents_first(definition: dict[str, Any]) -> None:
    levels = _levels(_run(definition, {}, {"status": "complete"}))

    names = [[stream["stream"] for stream in level] for level in levels]
    assert names == [["campaigns", "donations"], ["comments"], ["replies"]]
    assert {stream["status"] for level in levels for stream in level} == {"complete"}


def test_every_job_of_an_execution_gets_one_run_id_that_sorts_by_time(definition: dict[str, Any]) -> None:
    levels = _levels(_run(definition, {}, {"status": "complete"}))

    (run_id,) = {stream["job"]["Arguments"]["--run_id"] for level in levels for stream in level}
    assert run_id.startswith("20261124T083000Z-")
    assert len(run_id) == len("20261124T083000Z-") + 8


def test_streams_side_by_side_are_given_their_share_of_the_limits(definition: dict[str, Any]) -> None:
    levels = _levels(_run(definition, {}, {"status": "complete"}))

    together, alone = (json.loads(levels[number][0]["job"]["Arguments"]["--set"]) for number in (0, 1))
    assert together == {"database": "dev_donorbox", "limits.requests_per_second": 5, "limits.concurrency": 2}
    assert alone == {"database": "dev_donorbox"}


def test_a_backfill_is_the_same_workflow_with_input(definition: dict[str, Any]) -> None:
    given = {"streams": ["donations"], "from": "2024-01-01", "to": "2024-02-01", "run_id": "backfill-1"}

    levels = _levels(_run(definition, given, {"status": "complete"}))

    skipped, donations = levels[0]
    assert skipped == {"stream": "campaigns", "status": "skipped"}
    arguments = donations["job"]["Arguments"]
    assert (arguments["--streams"], arguments["--from"], arguments["--to"]) == ("donations", "2024-01-01", "2024-02-01")
    assert (arguments["--run_id"], arguments["--full_refresh"]) == ("backfill-1", "false")


def test_a_misspelt_stream_is_an_error_not_an_empty_success(definition: dict[str, Any]) -> None:
    found = _run(definition, {"streams": ["donatoins"]}, {"status": "complete"})

    assert (found["status"], found["error"]) == ("FAILED", "Headwater.UnknownStream")
    assert found["cause"] == "streams: donorbox has no stream donatoins"


def test_a_failed_stream_lets_its_level_end_and_stops_the_next(definition: dict[str, Any]) -> None:
    found = _run(definition, {}, {"status": "failed"})

    assert (found["status"], found["error"]) == ("FAILED", "Headwater.StreamFailed")
    assert [stream["stream"] for stream in json.loads(found["cause"])] == ["campaigns", "donations"]


def test_an_incomplete_run_that_names_no_time_to_resume_is_a_failure(definition: dict[str, Any]) -> None:
    found = _run(definition, {}, {"status": "incomplete", "resume_at": None})

    assert found["status"] == "FAILED"
    assert json.loads(found["cause"])[0]["error"] == "the run ended incomplete"


def test_an_incomplete_run_waits_and_goes_on_with_the_same_run(definition: dict[str, Any]) -> None:
    states = _stream(definition)

    assert states["Wait for the API"]["TimestampPath"] == "$.outcome.value.resume_at"
    assert states["Wait for the API"]["Next"] == "Sync"
    assert states["Sync"]["Parameters"]["Arguments"]["--run_id.$"] == "$.input.run_id"

"""The state machine as Terraform renders it: its form, and what it does when it runs, the Glue job aside."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

_TERMINAL = {"Succeed", "Fail"}
_OUTCOME = {"Type": "Pass", "ResultPath": "$.outcome", "Next": "Is it complete?"}


def _definition(tested: Any, source: str) -> dict[str, Any]:
    module = 'module.shared_job["own"]' if source == "shared" else f'module.source["{source}"]'
    found: dict[str, Any] = json.loads(tested.resources[f"{module}.aws_sfn_state_machine.this"]["definition"])
    return found


@pytest.fixture(scope="module")
def shared(tested: Any) -> dict[str, Any]:
    """The machine of the job that several sources share."""
    return _definition(tested, "shared")


@pytest.fixture(scope="module")
def definition(tested: Any) -> dict[str, Any]:
    return _definition(tested, "donorbox")


@pytest.fixture(scope="module")
def decoupled(tested: Any) -> dict[str, Any]:
    """The machine of a source whose streams land and load in steps of their own, some by Lambda."""
    return _definition(tested, "crm")


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


_ALL = ["crm", "donorbox", "ledger", "open_data", "shared"]


@pytest.mark.parametrize("source", _ALL)
def test_statelint_finds_nothing(source: str, tested: Any) -> None:
    linter = pytest.importorskip("statelint.linter", reason="SKIPPED LOUDLY: no `statelint`; install the extra `test`")

    told = linter.Linter.validate(_definition(tested, source))

    # JSON knows one kind of number, and Terraform writes 2.0 as 2.
    assert [problem for problem in told if "BackoffRate is 2 but should be a Float" not in problem] == []


@pytest.mark.parametrize("source", _ALL)
def test_no_state_says_anything_twice(source: str, tested: Any) -> None:
    module = 'module.shared_job["own"]' if source == "shared" else f'module.source["{source}"]'
    twice: list[str] = []

    def whole(members: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in members]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(members)

    json.loads(tested.resources[f"{module}.aws_sfn_state_machine.this"]["definition"], object_pairs_hook=whole)

    assert twice == []


@pytest.mark.parametrize("source", _ALL)
def test_no_more_streams_run_side_by_side_than_their_share_allows(source: str, tested: Any) -> None:
    machine = _definition(tested, source)
    side_by_side = machine["States"]["Level by level"]["ItemProcessor"]["States"]["Streams side by side"]

    assert side_by_side["MaxConcurrencyPath"] == "$.level.width" and "MaxConcurrency" not in side_by_side
    taken = [
        state["Result"] for name, state in machine["States"].items() if name.startswith("Take ") and "Result" in state
    ]
    for level in (level for one in taken for level in one["levels"]):
        assert 1 <= level["width"] <= len(level["streams"])
        assert level["share"] == ("1" if level["width"] == 1 else f"1/{level['width']}")


@pytest.mark.parametrize("source", _ALL)
def test_every_state_is_reached_and_leads_somewhere(source: str, tested: Any) -> None:
    definition = _definition(tested, source)

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
    tasks = [state for state in _stream(definition).values() if state["Type"] == "Task"]
    assert len(tasks) == 5
    for task in tasks:
        (catch,) = task["Catch"]
        assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}


def test_a_task_outlasts_the_job_so_that_glue_tells_of_the_timeout(definition: dict[str, Any]) -> None:
    assert _stream(definition)["Sync"]["TimeoutSeconds"] > 120 * 60


def _run(
    definition: dict[str, Any], given: dict[str, Any], outcome: dict[str, Any], *, failing: bool = True
) -> dict[str, Any]:
    """Run the machine; each task only notes what it is given, and what is ingested ends with `outcome`.

    Without `failing` the machine succeeds where it would fail, so that what it noted can be read.
    """
    # moto has a date where AWS has text.
    machine = json.loads(json.dumps(definition).replace("$$.Execution.StartTime", "'2026-11-24T08:30:00.123Z'"))
    states = _stream(machine)
    for name, state in [*states.items(), *machine["States"].items()]:
        if state["Type"] == "Task":
            _note(name, state)
    states["Read the outcome"] = {**_OUTCOME, "Result": {"value": outcome}}
    states["Complete"]["Parameters"]["tasks.$"] = "$.tasks"
    machine["States"]["Take the input"]["Parameters"]["tasks"] = []
    level = machine["States"]["Level by level"]["ItemProcessor"]["States"]
    level["Streams side by side"]["ItemSelector"]["tasks"] = []
    if not failing:
        machine["States"]["Execution failed"] = {"Type": "Succeed"}
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        return _executed(json.dumps(machine), json.dumps(given))


def _note(name: str, state: dict[str, Any]) -> None:
    """Put a state into the place of a task that notes what the task would have been given."""
    after = {"Next": state["Next"]} if "Next" in state else {"End": True}
    noted = {"before.$": "$.tasks", "task": name, "given": state["Parameters"]}
    state.clear()
    state |= {"Type": "Pass", "Parameters": noted, "ResultPath": "$.tasks", **after}


def _noted(tasks: Any) -> list[tuple[str, dict[str, Any]]]:
    """What was done, in order: the name of each task and what it was given."""
    return [*_noted(tasks["before"]), (tasks["task"], tasks["given"])] if tasks else []


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


@pytest.fixture(scope="module")
def usual(definition: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """What an execution without input came to, level by level."""
    return _levels(_run(definition, {}, {"status": "complete"}))


def test_an_execution_without_input_syncs_every_stream_parents_first(usual: list[list[dict[str, Any]]]) -> None:
    names = [[stream["stream"] for stream in level] for level in usual]
    assert names == [["campaigns", "donations"], ["comments"], ["replies"]]
    assert {stream["status"] for level in usual for stream in level} == {"complete"}


def test_every_job_of_an_execution_gets_one_run_id_that_sorts_by_time(usual: list[list[dict[str, Any]]]) -> None:
    (run_id,) = {_arguments(stream)["--run_id"] for level in usual for stream in level}
    assert run_id.startswith("20261124T083000Z-")
    assert len(run_id) == len("20261124T083000Z-") + 8


def test_streams_side_by_side_are_given_their_share_of_the_limits(usual: list[list[dict[str, Any]]]) -> None:
    assert [[_arguments(stream)["--share"] for stream in level] for level in usual] == [["1/2", "1/2"], ["1"], ["1"]]


def test_a_backfill_is_the_same_workflow_with_input(definition: dict[str, Any]) -> None:
    given = {"streams": ["donations"], "from": "2024-01-01", "to": "2024-02-01", "run_id": "backfill-1"}

    levels = _levels(_run(definition, given | {"set": '{"limits.concurrency": 1}'}, {"status": "complete"}))

    skipped, donations = levels[0]
    assert skipped == {"stream": "campaigns", "status": "skipped"}
    assert _arguments(donations) == {
        "--streams": "donations",
        "--from": "2024-01-01",
        "--to": "2024-02-01",
        "--full_refresh": "false",
        "--run_id": "backfill-1",
        "--share": "1/2",
        "--set": '{"limits.concurrency": 1}',
    }


def test_each_stream_takes_the_way_that_its_file_says(decoupled: dict[str, Any]) -> None:
    levels = _levels(_run(decoupled, {"full_refresh": "true"}, {"status": "complete"}))

    ways = {stream["stream"]: _noted(stream["tasks"]) for level in levels for stream in level}
    assert {stream: [name for name, _ in tasks] for stream, tasks in ways.items()} == {
        "people": ["Ingest", "Load"],
        "people_gone": ["Ingest", "Load"],
        "notes": ["Sync"],
        "stages": ["Ingest by Lambda", "Load"],
        "owners": ["Ingest by Lambda", "Load"],
    }
    assert [sorted(stream["stream"] for stream in level) for level in levels] == [
        ["owners", "people", "stages"],
        ["notes", "people_gone"],
    ]
    (_, called), (_, loaded) = ways["stages"]
    assert called["FunctionName"] == "headwater-dev-crm-ingest"
    assert (called["Payload"]["streams"], called["Payload"]["full_refresh"]) == ("stages", "true")
    # A load that follows brings in what was landed; told to refresh, it would load all that ever was.
    assert (loaded["JobName"], loaded["Arguments"]["--full_refresh"]) == ("headwater-dev-crm-load", "false")
    assert loaded["Arguments"]["--run_id"] == called["Payload"]["run_id"]


@pytest.mark.parametrize(
    ("given", "people", "stages"),
    [({"task": "ingest"}, ["Ingest"], ["Ingest by Lambda"]), ({"task": "load"}, ["Load alone"], ["Load alone"])],
)
def test_half_of_the_way_can_be_asked_for(
    given: dict[str, Any], people: list[str], stages: list[str], decoupled: dict[str, Any]
) -> None:
    levels = _levels(_run(decoupled, given, {"status": "complete"}))

    done = {stream["stream"]: [name for name, _ in _noted(stream["tasks"])] for stream in levels[0]}
    assert (done["people"], done["stages"]) == (people, stages)


@pytest.mark.parametrize(("asked", "run_id"), [({}, ""), ({"run_id": "r1"}, "r1")])
def test_a_load_alone_makes_no_run_of_its_own(asked: dict[str, str], run_id: str, decoupled: dict[str, Any]) -> None:
    levels = _levels(_run(decoupled, {"task": "load", "full_refresh": "true"} | asked, {}))

    arguments = _arguments(levels[0][0])
    assert (arguments["--run_id"], arguments["--full_refresh"]) == (run_id, "true")


def test_maintenance_is_a_task_of_the_same_machine(definition: dict[str, Any]) -> None:
    found = _run(definition, {"task": "maintain"}, {})

    assert found["status"] == "SUCCEEDED"
    assert _noted(json.loads(found["output"])["tasks"]) == [
        ("Maintain", {"JobName": "headwater-dev-donorbox-maintain"})
    ]


@pytest.mark.parametrize(
    ("given", "error", "cause"),
    [
        ({"streams": ["donatoins"]}, "Headwater.UnknownStream", "streams: donorbox has no stream donatoins"),
        ({"source": "hubspot"}, "Headwater.UnknownSource", "source: there is no hubspot here"),
        ({"task": "synch"}, "Headwater.UnknownTask", "task: synch is none of those that the comment"),
    ],
)
def test_a_misspelt_input_is_an_error_not_an_empty_success(
    given: dict[str, Any], error: str, cause: str, definition: dict[str, Any]
) -> None:
    found = _run(definition, given, {"status": "complete"})

    assert (found["status"], found["error"]) == ("FAILED", error)
    assert found["cause"].startswith(cause)


def test_one_job_runs_any_source_that_its_input_names(shared: dict[str, Any]) -> None:
    given = {"source": "donorbox", "streams": ["donations"], "workers": 4, "from": "2024-01-01"}

    levels = _levels(_run(shared, given, {"status": "complete"}))

    ((task, started),) = _noted(levels[0][1]["tasks"])
    arguments = started["Arguments"]
    assert (task, started["JobName"]) == ("Sync", "headwater-dev-shared-sync")
    assert (started["WorkerType"], started["NumberOfWorkers"]) == ("G.1X", 4)
    assert arguments["--pipeline"].endswith("/donorbox.yaml")
    assert (arguments["--database"], arguments["--from"]) == ("dev_donorbox", "2024-01-01")


@pytest.mark.parametrize(
    ("given", "error"), [({}, "Headwater.UnknownSource"), ({"source": "crm"}, "Headwater.UnknownSource")]
)
def test_the_shared_job_runs_no_source_that_it_was_not_made_for(
    given: dict[str, str], error: str, shared: dict[str, Any]
) -> None:
    found = _run(shared, given, {"status": "complete"})

    assert (found["status"], found["error"]) == ("FAILED", error)


def test_a_failed_stream_lets_its_level_end_and_stops_the_next(definition: dict[str, Any]) -> None:
    found = _run(definition, {}, {"status": "failed"})

    assert (found["status"], found["error"]) == ("FAILED", "Headwater.StreamFailed")
    assert [stream["stream"] for stream in json.loads(found["cause"])] == ["campaigns", "donations"]


def test_whoever_listens_is_told_which_source_failed_and_why(definition: dict[str, Any]) -> None:
    found = _run(definition, {"run_id": "r1"}, {"status": "failed"}, failing=False)

    ((task, given),) = _noted(json.loads(found["output"])["tasks"])
    assert (task, given["Subject"]) == ("Notify", "donorbox failed")
    message = given["Message"]
    assert (message["source"], message["run_id"], message["error"]) == ("donorbox", "r1", "Headwater.StreamFailed")
    assert [stream["error"] for stream in json.loads(message["cause"])] == ["the run ended failed"] * 2


def test_an_execution_whose_message_cannot_be_sent_has_failed_all_the_same(definition: dict[str, Any]) -> None:
    notify = definition["States"]["Notify"]

    assert notify["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Execution failed"}]
    assert notify["Next"] == "Execution failed" and notify["ResultPath"] is None


def test_an_incomplete_run_that_names_no_time_to_resume_is_a_failure(definition: dict[str, Any]) -> None:
    found = _run(definition, {}, {"status": "incomplete", "resume_at": None})

    assert found["status"] == "FAILED"
    assert json.loads(found["cause"])[0]["error"] == "the run ended incomplete"


@pytest.mark.parametrize("source", ["crm", "donorbox"])
def test_an_incomplete_run_waits_and_goes_on_with_the_same_run(source: str, tested: Any) -> None:
    states = _stream(_definition(tested, source))

    assert states["Wait for the API"]["TimestampPath"] == "$.outcome.value.resume_at"
    assert states["Wait for the API"]["Next"] == "How is it run?"
    for name in {"Sync", "Ingest"} & states.keys():
        assert states[name]["Parameters"]["Arguments"]["--run_id.$"] == "$.input.run_id"
        assert states[name]["Next"] == "Read the outcome"


def _arguments(stream: dict[str, Any]) -> dict[str, str]:
    """The arguments of the one job that a stream was run by."""
    ((_, given),) = _noted(stream["tasks"])
    arguments: dict[str, str] = given["Arguments"]
    return arguments

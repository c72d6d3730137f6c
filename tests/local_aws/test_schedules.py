"""A schedule that is fired starts one execution, with the scheduler's attributes put in at both levels of JSON."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.patches.probe import ROLE
from local_aws.running import LocalAws
from local_aws.schedules import fire

pytestmark = pytest.mark.slow

EMPTY = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sfn:startExecution"


@pytest.fixture(scope="module")
def machine(aws: LocalAws) -> str:
    made: dict[str, Any] = aws.client("stepfunctions").create_state_machine(name="m", definition=EMPTY, roleArn=ROLE)
    return str(made["stateMachineArn"])


def schedule(aws: LocalAws, name: str, target: str, given: str) -> None:
    aws.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression="cron(0 6 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": target, "RoleArn": ROLE, "Input": given},
    )


def test_a_repeated_delivery_starts_nothing_twice(aws: LocalAws, machine: str):
    inner = json.dumps({"task": "sync", "scheduled_at": "<aws.scheduler.scheduled-time>"})
    start = {"StateMachineArn": machine, "Name": "sync-<aws.scheduler.execution-id>", "Input": inner}
    schedule(aws, "universal", UNIVERSAL, json.dumps(start))

    execution = fire(aws.client, "default", "universal", "delivery-1")

    states = aws.client("stepfunctions")
    found = states.describe_execution(executionArn=execution)
    given = json.loads(found["input"])
    assert (found["name"], given["task"]) == ("sync-delivery-1", "sync")
    assert datetime.fromisoformat(given["scheduled_at"]) <= datetime.now(UTC)
    assert len(states.list_executions(stateMachineArn=machine)["executions"]) == 1


def test_a_target_that_is_a_machine_is_started_too(aws: LocalAws, machine: str):
    schedule(aws, "plain", machine, '{"task": "maintain"}')

    execution = fire(aws.client, "default", "plain")

    found = aws.client("stepfunctions").describe_execution(executionArn=execution)
    assert json.loads(found["input"]) == {"task": "maintain"}

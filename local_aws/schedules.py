"""A schedule fired by hand: what EventBridge Scheduler does at its time, which nothing does here by itself."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_START = "arn:aws:scheduler:::aws-sdk:sfn:startExecution"


def fire(client: Callable[[str], Any], group: str, name: str, execution_id: str | None = None) -> str:
    """Start what the schedule starts, and return the execution; `client` makes a client of a service."""
    target = client("scheduler").get_schedule(GroupName=group, Name=name)["Target"]
    text = with_attributes(target["Input"], name, execution_id or str(uuid.uuid4()))
    if target["Arn"] != _START:
        started = client("stepfunctions").start_execution(stateMachineArn=target["Arn"], input=text)
        return str(started["executionArn"])
    asked = json.loads(text)
    named = {member[0].lower() + member[1:]: value for member, value in asked.items()}
    return str(client("stepfunctions").start_execution(**named)["executionArn"])


def with_attributes(text: str, name: str, execution_id: str) -> str:
    """Put values in the place of the attributes that the scheduler knows."""
    moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    values = {"scheduled-time": moment, "execution-id": execution_id, "attempt-number": "1", "schedule-arn": name}
    for attribute, value in values.items():
        text = text.replace(f"<aws.scheduler.{attribute}>", value)
    return text

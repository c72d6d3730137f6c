"""A Lambda function is a process for each call: its answer, its errors, and its time."""

import io
import json
import sys
import zipfile
from typing import Any

import pytest

from local_aws.running import LocalAws

pytestmark = pytest.mark.slow

SOURCE = """
import os, time

def handler(event, context):
    if event.get("fails"):
        raise ValueError("no such thing")
    time.sleep(event.get("sleeps", 0))
    return {"event": event, "mode": os.environ["MODE"], "has_time": context.get_remaining_time_in_millis() > 0}
"""


@pytest.fixture(scope="module")
def function(aws: LocalAws) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("pack/f.py", SOURCE)
    role = aws.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    aws.client("lambda").create_function(
        FunctionName="f", Runtime=runtime, Role=role, Handler="pack.f.handler", Code={"ZipFile": archive.getvalue()},
        Timeout=3, Environment={"Variables": {"MODE": "m"}},
    )  # fmt: skip
    return "f"


def call(aws: LocalAws, function: str, event: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    answer = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return answer.get("FunctionError"), json.load(answer["Payload"])


def test_a_call_is_answered(aws: LocalAws, function: str):
    assert call(aws, function, {"a": 1}) == (None, {"event": {"a": 1}, "mode": "m", "has_time": True})


@pytest.mark.parametrize(
    ("event", "kind", "message"),
    [
        ({"fails": True}, "ValueError", "no such thing"),
        ({"sleeps": 30}, "Sandbox.Timedout", "Task timed out after 3 seconds"),
    ],
)
def test_a_call_that_fails_says_why(aws: LocalAws, function: str, event: dict[str, Any], kind: str, message: str):
    failed, answer = call(aws, function, event)

    assert failed
    assert (answer["errorType"], answer["errorMessage"]) == (kind, message)

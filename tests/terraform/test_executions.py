"""The rendered state machine really executed, its jobs real processes that only pretend to read an API."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.following import follow
from local_aws.patches.glue_jobs import COMMAND
from local_aws.patches.probe import ROLE
from local_aws.running import LocalAws, running

# What a run does stands in the lake: `acts/<stream>.json`, one word for each try.
JOB = """
import json, sys
from datetime import UTC, datetime, timedelta
import boto3

given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
lake, stream, run_id = given["--lake"], given["--streams"], given["--run_id"]
s3 = boto3.client("s3")

acts = json.load(s3.get_object(Bucket=lake, Key=f"acts/{stream}.json")["Body"])
act = acts.pop(0)
s3.put_object(Bucket=lake, Key=f"acts/{stream}.json", Body=json.dumps(acts))
if act == "fails":
    raise SystemExit(f"{stream}: cannot be read")
resume_at = f"{datetime.now(UTC) + timedelta(seconds=2):%Y-%m-%dT%H:%M:%SZ}" if act == "incomplete" else None
outcome = {"status": act, "resume_at": resume_at}
s3.put_object(Bucket=lake, Key=f"_headwater/outcomes/{run_id}/{stream}.json", Body=json.dumps(outcome))
"""
LAKE = "headwater-dev-lake-123456789012"
NAME = "headwater-dev-donorbox-sync"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An AWS with the job that the machine starts, whose retries wait for no minutes."""
    with running(tmp_path_factory.mktemp("aws"), "--pause-factor", "0.01") as found:
        found.client("s3").create_bucket(Bucket=LAKE)
        found.client("s3").put_object(Bucket=LAKE, Key="job.py", Body=JOB.encode())
        found.client("sns").create_topic(Name="mock")
        found.client("glue").create_job(
            Name=NAME,
            Role=ROLE,
            Command={**COMMAND, "ScriptLocation": f"s3://{LAKE}/job.py"},
            DefaultArguments={"--lake": LAKE},
            ExecutionProperty={"MaxConcurrentRuns": 1},  # fewer than the streams side by side: Glue will be full
        )
        yield found


def execute(aws: LocalAws, tested: Any, name: str, **acts: list[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the execution as it ended, and the job runs that it started."""
    definition = tested.resources['module.source["donorbox"].aws_sfn_state_machine.this']["definition"]
    for stream in ("campaigns", "donations", "comments", "replies"):
        words = json.dumps(acts.get(stream, ["complete"]))
        aws.client("s3").put_object(Bucket=LAKE, Key=f"acts/{stream}.json", Body=words.encode())
    states, before = aws.client("stepfunctions"), len(aws.told("runs"))
    made = states.create_state_machine(name=name, definition=definition, roleArn=ROLE)
    started = states.start_execution(stateMachineArn=made["stateMachineArn"], name=name, input="{}")
    return follow(aws, started["executionArn"], seconds=120), aws.told("runs")[before:]


def test_an_execution_outlives_a_full_glue_a_failed_job_and_an_incomplete_run(aws: LocalAws, tested: Any) -> None:
    ended, runs = execute(aws, tested, "hard", donations=["fails", "incomplete", "complete"])

    assert ended["status"] == "SUCCEEDED", ended
    did = [(run["arguments"]["--streams"], run["state"]) for run in runs]
    assert sorted(did[:-2]) == [
        ("campaigns", "SUCCEEDED"),
        ("donations", "FAILED"),
        ("donations", "SUCCEEDED"),
        ("donations", "SUCCEEDED"),
    ]
    assert did[-2:] == [("comments", "SUCCEEDED"), ("replies", "SUCCEEDED")]  # after their parents, each in its turn
    assert len({run["arguments"]["--run_id"] for run in runs}) == 1
    assert aws.told("messages") == []


def test_a_stream_that_fails_for_good_is_told_and_its_children_are_not_begun(aws: LocalAws, tested: Any) -> None:
    ended, runs = execute(aws, tested, "lost", comments=["fails"] * 3)

    assert (ended["status"], ended["error"]) == ("FAILED", "Headwater.StreamFailed")
    assert [run["error"] for run in runs if run["state"] == "FAILED"] == ["comments: cannot be read"] * 3
    assert "replies" not in {run["arguments"]["--streams"] for run in runs}
    (sent,) = aws.told("messages")
    message = json.loads(sent["message"])
    assert (sent["subject"], message["error"]) == ("donorbox failed", "Headwater.StreamFailed")
    assert json.loads(message["cause"])[0] == {"stream": "comments", "status": "failed", "error": "States.TaskFailed"}

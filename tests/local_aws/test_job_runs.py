"""A job run is a process of this machine: its end, its errors, its time and its place in the queue are Glue's."""

import io
import itertools
import json
import os
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.running import LocalAws

SLEEPER = "import time; time.sleep(60)"

Ended = Callable[[str, str], dict[str, Any]]


def start(aws: LocalAws, name: str, **more: Any) -> str:
    return str(aws.client("glue").start_job_run(JobName=name, **more)["JobRunId"])


def state(aws: LocalAws, name: str, run_id: str) -> str:
    return str(aws.client("glue").get_job_run(JobName=name, RunId=run_id)["JobRun"]["JobRunState"])


def test_the_script_gets_its_arguments_as_on_glue_and_finds_this_aws(aws: LocalAws, job: Any, ended: Ended):
    name = job(
        "import boto3, json, os, sys\n"
        "boto3.client('s3').put_object(Bucket='code', Key='said', Body=json.dumps([sys.argv[1:], dict(os.environ)]))",
        DefaultArguments={"--a": "default", "--b": "default", "--conf": "x=y"},
        NonOverridableArguments={"--c": "fixed"},
    )

    run_id = start(aws, name, Arguments={"--b": "", "--c": "other"})
    run = ended(name, run_id)

    argv, environment = json.load(aws.client("s3").get_object(Bucket="code", Key="said")["Body"])
    given = dict(zip(argv[::2], argv[1::2], strict=True))
    assert run["JobRunState"] == "SUCCEEDED"
    assert given == {
        **{"--JOB_NAME": name, "--JOB_ID": f"j_{name}", "--JOB_RUN_ID": run_id},
        **{"--a": "default", "--b": "", "--c": "fixed"},
    }
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint
    assert not [variable for variable in environment if variable.startswith(("HEADWATER_SECRET", "PYTEST_", "SPARK_"))]


def test_an_error_is_told_by_its_last_line_and_stands_in_the_log(aws: LocalAws, job: Any, ended: Ended):
    name = job("print('said'); raise ValueError('no such thing')")

    run = ended(name, start(aws, name))

    (told,) = [one for one in aws.told("runs") if one["job"] == name]
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "ValueError: no such thing")
    assert told["error"] == run["ErrorMessage"]
    assert (aws.folder / "runs" / name / run["Id"] / "output.log").read_text() == "said\n"


def test_a_script_that_is_not_there_fails_the_run(aws: LocalAws, job: Any, ended: Ended):
    name = job("")
    aws.client("s3").delete_object(Bucket="code", Key=f"{name}/job.py")

    run = ended(name, start(aws, name))

    assert run["JobRunState"] == "FAILED"
    assert f"s3://code/{name}/job.py: there is no such object" in run["ErrorMessage"]


def test_a_timeout_ends_the_process_and_all_that_it_started(aws: LocalAws, job: Any, ended: Ended):
    name = job(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()",
        Timeout=2,
    )

    run = ended(name, start(aws, name))

    child = int((aws.folder / "runs" / name / run["Id"] / "output.log").read_text())
    assert run["JobRunState"] == "TIMEOUT"
    assert not is_alive(child)


def is_alive(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        if open(f"/proc/{process}/stat").read().split()[2] == "Z":  # noqa: SIM115, PTH123
            return False
        time.sleep(0.05)
    return True


def test_more_runs_than_allowed_are_refused_until_one_has_ended(aws: LocalAws, job: Any, ended: Ended):
    name = job(SLEEPER, ExecutionProperty={"MaxConcurrentRuns": 2})
    first, _ = start(aws, name), start(aws, name)

    with pytest.raises(aws.client("glue").exceptions.ClientError, match="ConcurrentRunsExceededException"):
        start(aws, name)
    aws.client("glue").batch_stop_job_run(JobName=name, JobRunIds=[first])

    assert ended(name, first)["JobRunState"] == "STOPPED"
    assert state(aws, name, start(aws, name)) == "RUNNING"


def test_a_queued_job_lets_the_surplus_wait_and_starts_it_in_its_turn(aws: LocalAws, job: Any, ended: Ended):
    name = job("import time; time.sleep(3)", JobRunQueuingEnabled=True)

    runs = [start(aws, name) for _ in range(3)]
    states = [state(aws, name, run) for run in runs]
    found = [ended(name, run) for run in runs]

    assert states[1:] == ["WAITING", "WAITING"]
    assert [run["JobRunState"] for run in found] == ["SUCCEEDED"] * 3
    assert all(before["CompletedOn"] <= after["StartedOn"] for before, after in itertools.pairwise(found))


def test_glue_itself_tries_again_where_the_job_says_so(aws: LocalAws, job: Any, ended: Ended):
    name = job("raise SystemExit('no')", MaxRetries=1)

    first = ended(name, start(aws, name))
    again = ended(name, f"{first['Id']}_attempt_1")

    assert (first["Attempt"], again["Attempt"], again["JobRunState"]) == (0, 1, "FAILED")
    assert len(aws.client("glue").get_job_runs(JobName=name)["JobRuns"]) == 2


@pytest.mark.parametrize("wrong", [{"ExecutionClass": "FLEX"}, {"MaxRetries": 1}])
def test_what_glue_refuses_beside_a_queue_is_refused(aws: LocalAws, job: Any, wrong: dict[str, Any]):
    with pytest.raises(aws.client("glue").exceptions.InvalidInputException, match="queuing is not supported"):
        job("", JobRunQueuingEnabled=True, **wrong)


def test_an_update_puts_back_what_it_leaves_out(aws: LocalAws, job: Any):
    name = job("", Timeout=5, DefaultArguments={"--a": "1"}, Description="old")
    glue = aws.client("glue")

    glue.update_job(JobName=name, JobUpdate={"Role": "r", "Command": {"Name": "glueetl"}, "JobRunQueuingEnabled": True})

    found = glue.get_job(JobName=name)["Job"]
    assert (found["Role"], found["JobRunQueuingEnabled"], found["DefaultArguments"]) == ("r", True, {})
    assert "Timeout" not in found and "Description" not in found


def test_the_library_of_a_job_comes_from_its_wheel(aws: LocalAws, job: Any, ended: Ended):
    wheel = "s3://code/lib/thing-1-py3-none-any.whl"
    aws.client("s3").put_object(Bucket="code", Key=wheel.removeprefix("s3://code/"), Body=zipped({"thing.py": "x = 7"}))
    name = job("import thing; print(thing.x)", DefaultArguments={"--additional-python-modules": wheel})

    run = ended(name, start(aws, name))

    assert run["JobRunState"] == "SUCCEEDED"
    assert (aws.folder / "runs" / name / run["Id"] / "output.log").read_text() == "7\n"


def zipped(files: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return held.getvalue()

"""One AWS for the tests of a module; a minute of a job's timeout lasts a second, and retries do not wait."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws.job_run import ENDED
from local_aws.patches.glue_jobs import COMMAND
from local_aws.patches.probe import ROLE
from local_aws.running import LocalAws, running


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    folder = tmp_path_factory.mktemp("aws")
    with running(folder, "--minute-seconds", "1", "--pause-factor", "0.02") as found:
        found.client("s3").create_bucket(Bucket="code")
        yield found


@pytest.fixture
def job(aws: LocalAws, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make a Glue job of this script, named after the test; return its name."""

    def made(script: str, **more: Any) -> str:
        name = request.node.name
        aws.client("s3").put_object(Bucket="code", Key=f"{name}/job.py", Body=script.encode())
        location = {**COMMAND, "ScriptLocation": f"s3://code/{name}/job.py"}
        aws.client("glue").create_job(Name=name, Role=ROLE, Command=location, **more)
        return name

    return made


@pytest.fixture
def ended(aws: LocalAws) -> Callable[[str, str], dict[str, Any]]:
    """Wait for the end of a run, and return it."""

    def waited(name: str, run_id: str) -> dict[str, Any]:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            run: dict[str, Any] = aws.client("glue").get_job_run(JobName=name, RunId=run_id)["JobRun"]
            if run["JobRunState"] in ENDED:
                return run
            time.sleep(0.05)
        raise AssertionError(f"{name} {run_id} does not end: {run}")

    return waited

"""`terraform/` applied to the local AWS, for tests: pipeline files, an address, and what came of them."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_aws.following import follow
from local_aws.running import LocalAws, running
from local_aws.terraform import Terraform, laid_out

ROOT = Path(__file__).parents[1]
_UNREACHABLE = ("could not connect to", "failed to query available provider packages", "failed to retrieve")


@dataclass(frozen=True)
class Stack:
    """What is applied, and the folder of its pipeline files, which a test may change and apply again."""

    aws: LocalAws
    terraform: Terraform
    pipelines: Path

    def apply(self) -> str:
        """Apply, and return what Terraform said."""
        return self._said("apply", "-auto-approve", "-input=false")

    def plan(self) -> list[str]:
        """Return the addresses that an apply would touch."""
        said = self._said("plan", "-input=false", "-json")
        changes = [event for event in map(json.loads, said.splitlines()) if event["type"] == "planned_change"]
        return sorted(event["change"]["resource"]["addr"] for event in changes)

    def destroy(self) -> str:
        return self._said("destroy", "-auto-approve", "-input=false")

    def output(self, name: str) -> Any:
        return json.loads(self._said("output", "-json", name))

    def execute(self, source: str, name: str, given: Mapping[str, Any], seconds: float = 900) -> dict[str, Any]:
        """Start the source's state machine, and return the execution as it ended."""
        machine = self.output("state_machines")[source]
        started = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=name, input=json.dumps(given)
        )
        return follow(self.aws, started["executionArn"], seconds=seconds)

    def runs(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the job runs but for the first so many."""
        return self.aws.told("runs")[since:]

    def _said(self, *words: str) -> str:
        done = self.terraform(*words)
        assert done.returncode == 0, f"terraform {' '.join(words)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
        return done.stdout


@contextmanager
def laid(folder: Path, pipelines: Mapping[str, str], **variables: Any) -> Iterator[Stack]:
    """Yield a stack that is to be applied; `pipelines` are the texts of its files."""
    if not shutil.which("terraform"):
        pytest.skip("SKIPPED LOUDLY: no `terraform` on the PATH, nothing was applied; install 1.9 or newer")
    files = folder / "pipelines"
    files.mkdir()
    for name, text in pipelines.items():
        (files / name).write_text(text)
    with running(folder / "aws", "--minute-seconds", "60", "--pause-factor", "0.02") as aws:
        terraform = laid_out(folder / "stack", aws.environment)
        given = {"pipelines_dir": str(files), "wheel": str(wheel(folder)), "force_destroy": True, **variables}
        (terraform.folder / "test.auto.tfvars.json").write_text(json.dumps(given))
        done = terraform.init()
        if done.returncode and any(sign in done.stderr.lower() for sign in _UNREACHABLE):
            pytest.skip(
                "SKIPPED LOUDLY: the AWS provider was not found; name its folder in TF_PLUGIN_DIR, or go online"
            )
        assert done.returncode == 0, done.stdout + done.stderr
        yield Stack(aws, terraform, files)


def wheel(folder: Path) -> Path:
    """Return a wheel of the library as it lies there; what it needs is installed already."""
    return _packed(folder / "headwater-0.0.1-py3-none-any.whl", lambda path: path)


def function_zip(folder: Path) -> Path:
    """Return the code of the Lambda function, its libraries left out: they are installed here."""
    return _packed(folder / "headwater-lambda.zip", lambda path: path.replace("jobs/", "headwater_jobs/", 1))


def _packed(archive: Path, name: Callable[[str], str]) -> Path:
    with zipfile.ZipFile(archive, "w") as file:
        for package in ("glue_lib", "jobs"):
            for path in sorted((ROOT / package).rglob("*.py")):
                file.write(path, name(path.relative_to(ROOT).as_posix()))
    return archive

"""Terraform on a copy of `terraform/`, offline: no account, no credentials, the provider from a local folder."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_aws import terraform as local_terraform
from local_aws.terraform import IGNORED, ROOT

FIXTURES = ROOT / "terraform" / "tests" / "pipelines"
_UNREACHABLE = ("could not connect to", "failed to query available provider packages", "failed to retrieve")

Derive = Callable[[Path], dict[str, Any] | str]


class Terraform(local_terraform.Terraform):
    """The terraform command in one folder, for tests."""

    def output(self, *arguments: str, stdin: str = "") -> str:
        done = self(*arguments, stdin=stdin)
        assert done.returncode == 0, f"terraform {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    if not shutil.which("terraform"):
        pytest.skip(
            "SKIPPED LOUDLY: no `terraform` on the PATH, nothing under terraform/ was checked; install 1.9 or newer"
        )
    return local_terraform.environment()


@pytest.fixture(scope="session")
def stack(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """The root module beside the scripts and pipeline files that it uploads, its provider there."""
    root = tmp_path_factory.mktemp("stack")
    for folder in ("terraform", "jobs", "pipelines"):
        shutil.copytree(ROOT / folder, root / folder, ignore=IGNORED)
    terraform = Terraform(root / "terraform", environment)
    done = terraform.init()
    if done.returncode and any(sign in done.stderr.lower() for sign in _UNREACHABLE):
        pytest.skip("SKIPPED LOUDLY: the AWS provider was not found; name its folder in TF_PLUGIN_DIR, or go online")
    assert done.returncode == 0, done.stdout + done.stderr
    return terraform


@dataclass(frozen=True)
class Tested:
    """What one `terraform test` said, and the resources that it made of the fixture files, by address."""

    status: str
    told: str
    resources: dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def tested(stack: Terraform) -> Tested:
    """The native tests, run once for all."""
    lines = stack("test", "-json", "-verbose").stdout.splitlines()
    # A state has the provider's whole schema in it, megabytes that are read once.
    state: dict[str, Any] = next(
        (json.loads(line)["test_state"] for line in lines if line.endswith('"type":"test_state"}')), {}
    )
    resources = list(_resources(state.get("root_module", {})))
    events = [json.loads(line) for line in lines if len(line) < 1_000_000]
    status = next(event["test_summary"]["status"] for event in events if event["type"] == "test_summary")
    told = [f"{event['@message']} {_detail(event)}" for event in events if event["@level"] == "error"]
    return Tested(status, "\n".join(told), {resource["address"]: resource["values"] for resource in resources})


@pytest.fixture(scope="session")
def derive(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Derive:
    """Return what Terraform reads out of a folder of pipeline files, or the refusal; no provider is needed for that."""
    module = tmp_path_factory.mktemp("module") / "pipelines"
    shutil.copytree(ROOT / "terraform" / "modules" / "pipelines", module, ignore=IGNORED)
    terraform = Terraform(module, environment)
    terraform.output("init", "-input=false")

    def of(folder: Path) -> dict[str, Any] | str:
        given = (f"-var=folder={folder}", f"-var=schema={ROOT / 'pipelines' / 'pipeline.schema.json'}")
        done = terraform("apply", "-auto-approve", "-input=false", "-json", *given)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode:
            return "\n".join(map(_detail, events))
        (values,) = [event["outputs"]["pipelines"]["value"] for event in events if _is_final(event)]
        return dict(values)

    return of


@pytest.fixture(scope="session")
def terraform_value(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Return the value of an expression of Terraform's language."""
    terraform = Terraform(tmp_path_factory.mktemp("empty"), environment)
    return lambda expression: json.loads(json.loads(terraform.output("console", stdin=f"jsonencode({expression})")))


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _detail(event: dict[str, Any]) -> str:
    return str(event.get("diagnostic", {}).get("detail", ""))


def _is_final(event: dict[str, Any]) -> bool:
    """A plan tells of outputs too, as changes; the values stand in the last event."""
    return event["type"] == "outputs" and all("value" in output for output in event["outputs"].values())

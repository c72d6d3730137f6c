"""The configuration as a whole: its form, its native tests, and files that it must refuse."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import load

Derive = Callable[[Path], dict[str, Any] | str]


def test_every_file_is_formatted(stack: Any) -> None:
    done = stack("fmt", "-check", "-recursive", "-diff")

    assert done.returncode == 0, done.stdout


def test_the_configuration_is_valid(stack: Any) -> None:
    assert "Success" in stack.output("validate")


@pytest.mark.slow
def test_the_example_of_a_private_network_is_valid_and_fits_the_variable(stack: Any) -> None:
    example = replace(stack, folder=stack.folder / "examples" / "private_vpc")
    done = example.init()
    assert done.returncode == 0, done.stdout + done.stderr

    assert "Success" in example.output("validate")
    text = (example.folder / "main.tf").read_text().split('output "network"')[1].split("\n}\n")[0]
    assert re.findall(r"^    (\w+)\s*=", text, re.MULTILINE) == ["subnet_ids", "security_group_ids"]


def test_the_native_tests_pass(tested: Any) -> None:
    assert tested.status == "pass", tested.told


def test_the_projects_own_pipelines_make_a_state_machine_each(derive: Derive) -> None:
    own = Path(__file__).parents[2] / "pipelines"

    derived = derive(own)

    assert isinstance(derived, dict), derived
    assert {pipeline["file"] for pipeline in derived.values()} == {file.name for file in own.glob("*.yaml")}


_FILE = "source: {source}\nbase_url: https://api.example.org\nstreams:\n  {streams}\n"


@pytest.mark.parametrize(
    ("source", "streams", "refusal"),
    [
        ("Donor", "gifts: {path: /gifts}", "lower-case words"),
        ("on", "gifts: {path: /gifts}", "takes it for a boolean"),
        ("donor", "no: {path: /gifts}", "quote it when YAML 1.1"),
        ("donor", "replies: {path: '/gifts/{gifts.id}/replies'}", "parent that does not exist"),
        ("donor", "gifts: {path: '/gifts/{gifts.id}'}", "waits for itself"),
        ("donor", "gifts: {path: /gifts}\nglue: {execution_class: FLEX, worker_type: G.4X}", "G.1X and G.2X only"),
        ("donor", "gifts: {path: /gifts}\nglue: {execution_class: FLEX, queueing: true}", "exclude each other"),
        ("donor", "gifts: {path: /gifts, runs_on: lamda}", "`runs_on` is `glue` or `lambda`"),
        ("donor", "gifts: {path: /gifts, pattern: both}", "`pattern` is `direct` or `decoupled`"),
        ("donor", "gifts: {path: /gifts, deletes: donors}", "parent that does not exist"),
    ],
)
def test_a_file_that_terraform_would_misread_is_refused(
    source: str, streams: str, refusal: str, derive: Derive, tmp_path: Path
) -> None:
    (tmp_path / "one.yaml").write_text(_FILE.format(source=source, streams=streams))

    told = derive(tmp_path)

    assert isinstance(told, str)
    assert refusal in told


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ("shedule: {cron: '0 6 * * ? *'}", "one.yaml: shedule"),
        ("glue: {wokers: 5}", "one.yaml: glue.wokers, which is 5"),
        ("glue: {workers: 1}", "glue.workers, which is 1"),
        ("glue: {workers: many}", 'glue.workers, which is "many"'),
        ("glue: {workers: 2.5}", "glue.workers, which is 2.5"),
        ('glue: {workers: "3"}', 'glue.workers, which is "3"'),
        ('glue: {queueing: "true"}', 'glue.queueing, which is "true"'),
        ("glue: {worker_type: G.3X}", "glue.worker_type"),
        ("glue: {execution_class: flex}", "glue.execution_class"),
        ("glue: {version: '7.0'}", "glue.version"),
        ("glue: {version: 6.0}", "glue.version"),
        ("glue: {parallel_streams: 0}", "glue.parallel_streams"),
        ("glue: {connections: crm-vpc}", "glue.connections"),
        ("schedule: {timezone: UTC}", "schedule.cron, which is missing"),
        ("schedule: {cron: '0 6 * * *'}", "schedule.cron, which has not six fields"),
        ("lambda: {memory_mb: 100}", "lambda.memory_mb"),
        ("alarms: {quarantined_share: 2}", "alarms.quarantined_share"),
        ("alarms: {duration_share: 0}", "alarms.duration_share"),
        ("database: My-db", "one.yaml: database"),
    ],
)
def test_what_python_refuses_of_the_parts_that_terraform_reads_terraform_refuses_too(
    wrong: str, refusal: str, derive: Derive, tmp_path: Path
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(_FILE.format(source="donor", streams="gifts: {path: /gifts}") + wrong + "\n")

    told = derive(tmp_path)

    with pytest.raises(ConfigError):
        load(file)
    assert isinstance(told, str)
    assert refusal in " ".join(told.split())


def test_two_files_of_one_source_are_refused(derive: Derive, tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(_FILE.format(source="donor", streams="gifts: {path: /gifts}"))

    told = derive(tmp_path)

    assert isinstance(told, str)
    assert "same source or database" in told

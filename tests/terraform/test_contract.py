"""Terraform and Python read the same thing out of a pipeline file."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_lib.landing.run_record import RunRecord, described
from glue_lib.runtime.arguments import NAMES, from_argv, from_event
from glue_lib.spec import document
from glue_lib.spec.derived import derived
from glue_lib.spec.loader import load

ROOT = Path(__file__).parents[2]
FOLDERS = {"own": ROOT / "pipelines", "fixtures": ROOT / "terraform" / "tests" / "pipelines"}
Derive = Callable[[Path], dict[str, Any] | str]

_MOST = """
source: everything
database: "on"
base_url: "https://${env:API_HOST}/v1"   # ${secret:in/a#comment}
auth: {type: api_key, key: "${secret:shared/key}", write: header.X-Key}
defaults: {path: /things, records: data, pattern: decoupled}
streams:
  "no": {runs_on: lambda}
  "y": {pattern: null, params: {since: 2024-01-01, code: 0123, country: NO}}
  zebra: {path: /zebra, key: [id], runs_on: glue, pattern: direct}
  stripes: {path: "/zebra/{zebra.id}/stripes", key: [id], params: {"{y.x}": "{page}", n: 1.50, on: on}, body: null}
  herds: {path: "/{zebra.id}{no.id}", params: {q: "a:{y.owner.id} b:{y.x}", f: '{"a.b": 1}'}, headers: null}
  hoofs: {path: /hoofs, headers: {X: "{herds._zebra_id}"}, method: POST, body: {where: [{id: "{stripes.id}"}, 0123]}}
schedule: {cron: "0  6 * *   ? *", flexible_minutes: 10, enabled: false}
glue: {queueing: true, auto_scaling: false, connections: [vpc, "1"], parallel_streams: 2}
lambda: {memory_mb: 1024, timeout_seconds: 60}
alarms: {failed: false, incomplete_runs: null, nothing_loaded_hours: 26, quarantined_share: null, duration_share: 0.5}
"""
_LEAST = """
source: least
base_url: https://api.example.org
streams: {things: {path: /things}}
limits:
schedule:
glue:
lambda:
alarms:
"""


def _both(folder: Path, derive: Derive) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what Terraform and what Python derive; Terraform has more, for itself alone."""
    python = {pipeline.source: derived(pipeline) for pipeline in map(load, sorted(folder.glob("*.yaml")))}
    terraform = derive(folder)
    assert isinstance(terraform, dict), terraform
    return {source: {key: found[key] for key in python[source]} for source, found in terraform.items()}, python


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_both_derive_the_same_from_the_files_that_are_there(folder: Path, derive: Derive) -> None:
    terraform, python = _both(folder, derive)

    assert python
    assert terraform == python


def test_both_derive_the_same_from_the_fullest_and_the_barest_file(derive: Derive, tmp_path: Path) -> None:
    (tmp_path / "most.yaml").write_text(_MOST)
    (tmp_path / "least.yaml").write_text(_LEAST)

    terraform, python = _both(tmp_path, derive)

    assert terraform == python
    assert python["everything"]["streams"] == ["herds", "hoofs", "no", "stripes", "y", "zebra"]
    assert python["everything"]["parents"] == {
        "herds": ["no", "y", "zebra"],
        "hoofs": ["herds", "stripes"],
        "stripes": ["zebra"],
    }
    assert python["everything"]["secrets"] == ["shared/key"]
    patterns = {name: pattern for name, pattern in python["everything"]["patterns"].items() if pattern == "direct"}
    assert patterns == {"y": "direct", "zebra": "direct"}
    assert python["everything"]["alarms"]["incomplete_runs"] is None
    assert python["least"]["alarms"]["incomplete_runs"] == 6


def test_both_know_the_secrets_of_every_auth_and_which_of_them_are_written_to(derive: Derive, tmp_path: Path) -> None:
    file = "source: {}\nbase_url: https://api.example.org\nstreams: {{things: {{path: /things}}}}\nauth: {}\n"
    refresh = (
        '{type: oauth2_refresh_token, token_url: /t, client_id: "${secret:a/app#id}", refresh_token: "${secret:a/b#r}"}'
    )
    session = '{type: session, login: /l, body: {user: {pass: ["${secret:c/d#p}"]}}, read: body.t, write: header.X}'
    (tmp_path / "refresh.yaml").write_text(file.format("refresh", refresh))
    (tmp_path / "session.yaml").write_text(file.format("session", session))

    terraform, python = _both(tmp_path, derive)

    assert terraform == python
    assert python["refresh"]["secrets"] == ["a/app", "a/b"] and python["refresh"]["kept_secrets"] == ["a/b"]
    assert python["session"]["secrets"] == ["c/d"] and python["session"]["kept_secrets"] == []


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_a_stream_stands_in_a_level_behind_all_that_it_waits_for(folder: Path, derive: Derive) -> None:
    derived_there = derive(folder)
    assert isinstance(derived_there, dict), derived_there

    for pipeline in map(load, sorted(folder.glob("*.yaml"))):
        levels = derived_there[pipeline.source]["levels"]
        place = {stream: number for number, level in enumerate(levels) for stream in level}
        assert place.keys() == pipeline.streams.keys()
        for name, stream in pipeline.streams.items():
            awaited = {*stream.parents, *([stream.deletes] if stream.deletes else [])}
            assert place[name] == max((place[one] + 1 for one in awaited), default=0), name


def test_what_the_workflow_tells_a_job_is_what_a_job_can_read(tested: Any) -> None:
    machine = json.loads(tested.resources['module.source["donorbox"].aws_sfn_state_machine.this']["definition"])
    shares = [level["share"] for level in machine["States"]["Take donorbox"]["Result"]["levels"]]
    lines = machine["States"]["State the defaults"]["Parameters"]["defaults"]
    sync = _in(machine, "Sync")["Parameters"]["Arguments"]

    read = [from_argv(_argv(tested, {"--share": share, "--set": lines["set"]})) for share in shares]

    assert [str(one.share) for one in read] == ["1/2", "1", "1"]
    assert {one.database for one in read} == {"dev_donorbox"}
    assert {name.removesuffix(".$") for name in sync} <= {f"--{name}" for name in NAMES}


def test_what_the_workflow_sends_a_function_is_an_event_that_it_can_read(tested: Any) -> None:
    machine = json.loads(tested.resources['module.source["crm"].aws_sfn_state_machine.this']["definition"])
    payload = _in(machine, "Ingest by Lambda")["Parameters"]["Payload"]
    defaults = machine["States"]["State the defaults"]["Parameters"]["defaults"]
    at = machine["States"]["Take crm"]["Result"]
    known = {"$.stream": "stages", "$.share": "1/3", "$.pipeline": at["pipeline"], "$.database": at["database"]}
    known |= {f"$.input.{name}": value for name, value in defaults.items()}
    known |= {"$.input.run_id": "20261124T083000Z-3fa9c1aa"}

    read = from_event({name.removesuffix(".$"): known.get(value, value) for name, value in payload.items()})

    assert (read.streams, read.database, str(read.share), read.overrides) == (("stages",), "dev_crm", "1/3", {})
    assert read.lake == "s3://headwater-dev-lake-123456789012" and read.pipeline.endswith("/crm.yaml")
    assert not any(isinstance(value, str) and value.startswith("$.") for value in vars(read).values())


def test_a_job_may_write_whatever_it_keeps_of_a_source_beside_its_records(tested: Any) -> None:
    code = "".join(path.read_text() for path in sorted((ROOT / "glue_lib").rglob("*.py")))
    kinds = set(re.findall(r'f"_headwater/(\w+)/\{', code)) - {"doctor"}  # who asks the doctor is no job
    assert kinds >= {"positions", "leases", "quota", "calls", "outcomes"}

    for job in ("ingest", "load", "sync", "maintain"):
        policy = json.loads(tested.resources[f'module.source["donorbox"].aws_iam_role_policy.job["{job}"]']["policy"])
        writable = {
            resource.partition("/_headwater/")[2]
            for statement in policy["Statement"]
            if {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"} <= set(statement["Action"])
            for resource in statement["Resource"]
        }
        assert {"outcomes/*" if kind == "outcomes" else f"{kind}/donorbox/*" for kind in kinds} <= writable


def test_the_defaults_of_a_job_are_arguments_that_it_can_read(tested: Any) -> None:
    read = from_argv(_argv(tested))

    assert (read.streams, read.start, read.end, read.full_refresh, read.run_id) == ((), None, None, False, None)
    assert (read.overrides, read.database, read.share) == ({}, "dev_donorbox", 1)
    assert read.metrics_namespace == "Headwater/headwater-dev"
    assert read.pipeline.endswith("/donorbox.yaml")


def test_every_argument_of_a_job_has_a_default(tested: Any) -> None:
    given = tested.resources['module.source["donorbox"].aws_glue_job.this["load"]']["default_arguments"]

    assert {f"--{name}" for name in NAMES} <= given.keys()


def _argv(tested: Any, more: dict[str, str] | None = None) -> list[str]:
    """The words by which Glue starts the script."""
    given = tested.resources['module.source["donorbox"].aws_glue_job.this["load"]']["default_arguments"]
    return [word for pair in {**given, **(more or {})}.items() for word in pair]


def _in(machine: dict[str, Any], state: str) -> dict[str, Any]:
    """A state of a stream's own machine."""
    level = machine["States"]["Level by level"]["ItemProcessor"]["States"]["Streams side by side"]
    found: dict[str, Any] = level["ItemProcessor"]["States"][state]
    return found


@pytest.mark.parametrize(
    ("written", "python", "terraform"),
    [
        ("NO", "NO", False),
        ("on", "on", True),
        ("y", "y", True),
        ("2024-01-01", "2024-01-01", "2024-01-01T00:00:00Z"),
        ("0123", "0123", 123),
        ("0x1F", "0x1F", 31),
        ("~", "~", None),
        ("True", "True", True),
        ("1_000", "1_000", "1_000"),
        ("1:30", "1:30", "1:30"),
        ("true", True, True),
        ("null", None, None),
        ("5.1", 5.1, 5.1),
        ('"NO"', "NO", "NO"),
    ],
)
def test_these_scalars_are_why_terraform_reads_so_little(
    written: str, python: object, terraform: object, terraform_value: Callable[[str], Any]
) -> None:
    root = document.read(f"value: {written}\n").root

    assert root and root.value["value"].value == python
    assert terraform_value(f"yamldecode({_quoted(f'value: {written}')}).value") == terraform


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def test_the_table_of_runs_has_the_columns_of_the_records(tested: Any) -> None:
    table = tested.resources['module.runs["runs"].aws_glue_catalog_table.this']
    (storage,) = table["storage_descriptor"]
    found = {one["name"]: (one["type"], one["comment"]) for one in storage["columns"]}

    assert found == {name: (hive, told) for name, hive, told in described() if name != "source"}, "run `make schema`"
    assert all(len(told.encode()) <= 255 for _, _, told in described())
    assert [one["name"] for one in table["partition_keys"]] == ["source", "month"]


def test_the_table_of_runs_finds_the_objects_where_they_are_written(tested: Any) -> None:
    table = tested.resources['module.runs["runs"].aws_glue_catalog_table.this']
    record = RunRecord("crm", "people", "20261124T083000Z-aaaaaa", "sync", "complete", "2026-11-24 08:30:00.000")
    template = table["parameters"]["storage.location.template"]

    folder = template.replace("${source}", "crm").replace("${month}", "2026-11")

    assert f"s3://headwater-dev-lake-123456789012/{record.key}".startswith(folder) and folder.endswith("/")
    assert table["parameters"]["projection.source.values"] == "crm,donorbox,ledger,open_data"
    assert (table["database_name"], table["name"]) == ("dev_headwater", "runs")

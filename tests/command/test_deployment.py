"""What a pipeline file creates on AWS: names and sizes, and nothing that it does not ask for."""

import json
import re
from pathlib import Path

import pytest

from glue_lib.cli import main
from glue_lib.command.deployment import LONGEST_DATABASE, LONGEST_NAME, Environment, resources
from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads

LEAST = "source: shop\nbase_url: https://x.example\nstreams: {orders: {path: /orders}}\n"
WHOLE = """
source: shop
base_url: https://x.example
database: sales
auth:
  type: oauth2_refresh_token
  token_url: /t
  client_id: "${secret:shop/app#id}"
  refresh_token: "${secret:shop/b#r}"
headers: {X: "${secret:arn:aws:secretsmanager:eu-west-1:1:secret:theirs-a1b2c3#x}"}
streams:
  orders: {path: /orders, key: [id], write: upsert}
  gone: {path: /gone, deletes: orders, key: [id]}
  shops: {path: /shops, runs_on: lambda}
  items: {path: "/orders/{orders.id}/items", pattern: decoupled, key: [id]}
schedule: {cron: "0 6 * * ? *", timezone: Europe/Berlin, flexible_minutes: 15, enabled: false}
glue: {workers: 5, worker_type: G.2X, queueing: true, timeout_minutes: 60}
lambda: {memory_mb: 1024, timeout_seconds: 300}
alarms: {nothing_loaded_hours: 26, quarantined_share: null, incomplete_runs: 3}
"""
PROD = Environment("acme", "prod")


def made(text: str, at: Environment = PROD) -> dict[tuple[str, str], str]:
    found = resources(loads(text, "shop.yaml"), "shop.yaml", text.encode(), at)
    assert len({(one.type, one.name) for one in found}) == len(found)
    return {(one.type, one.name): one.about for one in found}


def of_type(text: str, wanted: str, at: Environment = PROD) -> dict[str, str]:
    return {name: about for (kind, name), about in made(text, at).items() if kind == wanted}


def test_the_least_file_has_its_jobs_and_no_function_no_secret_and_no_start_by_itself():
    kinds = {kind for kind, _ in made(LEAST)}

    assert kinds == {"aws_s3_object", "aws_glue_catalog_database", "aws_glue_job", "aws_iam_role"} | {
        *("aws_sfn_state_machine", "aws_scheduler_schedule", "aws_cloudwatch_metric_alarm"),
        *("aws_cloudwatch_log_group", "aws_athena_named_query"),
    }
    assert list(of_type(LEAST, "aws_scheduler_schedule")) == ["acme-prod-shop-maintain"]
    assert list(of_type(LEAST, "aws_glue_job")) == [
        f"acme-prod-shop-{script}" for script in ("sync", "ingest", "load", "maintain")
    ]
    assert "nothing-loaded" not in str(of_type(LEAST, "aws_cloudwatch_metric_alarm"))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (Environment("a" * 39, "production"), f"shop: `{'a' * 39}-production-shop` has 55 characters; 54 are allowed"),
        (Environment(database_prefix="a" * 56 + "_"), f"shop: `{'a' * 56}_sales` has 62 characters; 60 are allowed"),
    ],
)
def test_a_name_that_is_too_long_for_aws_is_refused_here_as_by_terraform(at: Environment, told: str):
    with pytest.raises(ConfigError, match=re.escape(told)):
        made(WHOLE, at)


def test_the_longest_name_is_not_refused():
    assert made(WHOLE, Environment("a" * 38, "production", "a" * 54 + "_"))


def test_terraform_allows_names_as_long():
    module = Path(__file__).parents[2] / "terraform" / "modules" / "source"

    assert f"length(local.name) <= {LONGEST_NAME}" in (module / "roles.tf").read_text()
    assert f"length(var.platform.database) <= {LONGEST_DATABASE}" in (module / "main.tf").read_text()


def test_names_carry_the_environment():
    assert list(of_type(WHOLE, "aws_glue_catalog_database")) == ["prod_sales"]
    assert list(of_type(WHOLE, "aws_glue_catalog_database", Environment(database_prefix="x_"))) == ["x_sales"]
    assert list(of_type(WHOLE, "aws_glue_catalog_database", Environment(database_prefix=""))) == ["sales"]
    assert list(of_type(WHOLE, "aws_sfn_state_machine", Environment())) == ["headwater-dev-shop"]


def test_a_secret_is_a_container_unless_it_is_somebody_elses():
    assert of_type(WHOLE, "aws_secretsmanager_secret") == {
        "shop/app": "empty: its value is put in by hand",
        "shop/b": "empty: its value is put in by hand; jobs write it too, when the API replaces it",
    }


def test_sizes_are_those_of_the_file():
    sync = of_type(WHOLE, "aws_glue_job")["acme-prod-shop-sync"]
    assert sync == "API to tables; up to 5 G.2X, standard, waits in a queue, at most 60 minutes"
    assert of_type(WHOLE, "aws_lambda_function") == {"acme-prod-shop-ingest": "shops; 1024 MB, at most 300 seconds"}
    fixed = of_type(LEAST + "glue: {auto_scaling: false, execution_class: FLEX}\n", "aws_glue_job")
    assert fixed["acme-prod-shop-load"] == "raw zone to tables; 2 G.1X, flex, at most 480 minutes"


@pytest.mark.parametrize(
    ("at_once", "first"),
    [
        (1, "orders by sync, shops by lambda and load"),
        (2, "orders by sync, shops by lambda and load (2 at a time, each with 1/2 of the limits)"),
        (9, "orders by sync, shops by lambda and load (2 at a time, each with 1/2 of the limits)"),
    ],
)
def test_the_workflow_tells_order_route_and_share(at_once: int, first: str):
    (steps,) = of_type(WHOLE, "aws_sfn_state_machine", Environment(parallel_streams=at_once)).values()

    assert steps.partition(", then ")[0] == first
    assert steps.partition(", then ")[2].startswith("gone by sync, items by ingest and load")


def test_the_file_says_more_of_its_own_parallel_streams_than_the_environment():
    alone = WHOLE.replace("workers: 5", "workers: 5, parallel_streams: 1")

    assert "at a time" not in str(of_type(alone, "aws_sfn_state_machine", Environment(parallel_streams=8)))


def test_a_schedule_and_alarms_are_told_in_words():
    assert of_type(WHOLE, "aws_scheduler_schedule")["acme-prod-shop-sync"] == (
        "0 6 * * ? * Europe/Berlin, up to 15 minutes later, switched off"
    )
    assert of_type(WHOLE, "aws_scheduler_schedule")["acme-prod-shop-maintain"] == "0 3 ? * SUN * Europe/Berlin"
    assert of_type(WHOLE, "aws_cloudwatch_metric_alarm") == {
        "acme-prod-shop-failed": "a stream failed",
        "acme-prod-shop-incomplete": "3 ended incomplete in a day",
        "acme-prod-shop-nothing-loaded": "nothing loaded for 26 hours",
        "acme-prod-shop-duration": "90% of a job's time taken",
        "acme-prod-shop-workflow-failed": "the state machine failed, or was stopped",
    }
    assert "failed" not in str(of_type(LEAST + "alarms: {failed: false}\n", "aws_cloudwatch_metric_alarm"))


def test_only_those_that_need_a_secret_may_read_one():
    roles = of_type(WHOLE, "aws_iam_role")

    assert {name.rpartition("-")[2]: "its secrets" in about for name, about in roles.items()} == {
        **{"sync": True, "ingest": True, "load": False, "maintain": False, "lambda": True},
        **{"workflow": False, "scheduler": False},
    }


def test_the_file_is_named_by_its_content():
    (one,), (other,) = (of_type(text, "aws_s3_object") for text in (LEAST, LEAST + "# a comment\n"))

    assert one != other
    assert one.startswith("pipelines/shop/") and one.endswith("/shop.yaml")


def test_the_command_prints_rows_for_people_and_json_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "shop.yaml"
    file.write_text(LEAST)

    with pytest.raises(SystemExit) as ended:
        main(["deploy", "plan", str(file), "--environment", "prod"])
    rows = capsys.readouterr().out.splitlines()
    with pytest.raises(SystemExit):
        main(["deploy", "plan", str(file), "--environment", "prod", "--json"])
    (told,) = json.loads(capsys.readouterr().out)

    assert ended.value.code == 0
    assert rows[0] == f"{file}: shop in headwater-prod, {len(told['resources'])} resources"
    assert rows[1].split() == ["resource", "name", "about"]
    assert [row.split()[:2] for row in rows[2:-1]] == [[one["type"], one["name"]] for one in told["resources"]]
    assert (told["source"], told["levels"]) == ("shop", [["orders"]])


def test_a_wrong_file_is_told_as_by_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "shop.yaml").write_text(LEAST + "glue: {queueing: true, execution_class: FLEX}\n")

    with pytest.raises(SystemExit) as ended:
        main(["deploy", "plan", str(tmp_path / "shop.yaml")])

    assert ended.value.code == 2
    assert "exclude each other" in capsys.readouterr().err

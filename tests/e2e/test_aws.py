"""The platform end to end on the local AWS: Terraform's state machine starts the real jobs, on Spark, S3A and all."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.small_api import TOKEN, SmallApi, first_edition, serve
from tests.stack_on_local_aws import Stack, function_zip, laid

pytestmark = pytest.mark.slow

PIPELINE = """
source: small
base_url: {base_url}
auth: {{type: bearer, token: "${{secret:small#token}}"}}
limits: {{requests_per_second: 1000, concurrency: 2}}
retry: {{tries: 2, base_seconds: 0.01, longest_wait_seconds: 2}}
defaults:
  records: data
  pagination: {{type: token, read: body.next, write: query.after}}
streams:
  orders:
    path: /orders
    key: [id]
    cursor: {{field: updated_at, from: query.since, until: query.until, start: 2020-01-01}}
    write: upsert
  shops: {{path: /shops, key: [id], write: replace, runs_on: lambda}}
  visits: {{path: /visits, key: [id], write: replace, pattern: decoupled}}
  reviews: {{path: "/shops/{{shops.id}}/reviews", key: [id], write: upsert}}
glue: {{timeout_minutes: 10}}
"""


@pytest.fixture(scope="module")
def api() -> Iterator[SmallApi]:
    small = SmallApi(first_edition() | {"/visits": [{"id": number, "pages": [1, 2]} for number in range(3)]})
    server = serve(small)
    yield small
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, api: SmallApi) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("aws")
    files = {"small.yaml": PIPELINE.format(base_url=api.base_url)}
    with laid(folder, files, parallel_streams=2, lambda_package=str(function_zip(folder))) as made:
        made.apply()
        secret = json.dumps({"token": TOKEN})
        made.aws.client("secretsmanager").put_secret_value(SecretId="small", SecretString=secret)
        yield made


@pytest.fixture(autouse=True)
def calm(api: SmallApi) -> None:
    api.before = lambda target, count: None
    api.asked.clear()


def headwater(stack: Stack, *words: str) -> Any:
    command = [str(Path(sys.executable).with_name("headwater")), *words, "--lake", stack.output("lake"), "--json"]
    done = subprocess.run(command, env={**os.environ, **stack.aws.environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def logs(stack: Stack) -> str:
    """Return the last lines of what each run said, for a test that fails."""
    errors = sorted(stack.aws.folder.glob("runs/*/*/error.log")) + sorted(
        stack.aws.folder.glob("functions/*/*/error.log")
    )
    return "\n".join(f"{path}:\n{path.read_text()[-1500:]}" for path in errors)


def at_once(runs: list[dict[str, Any]]) -> int:
    """Return how many runs stood side by side at most."""
    spans = [(datetime.fromisoformat(run["from"]), datetime.fromisoformat(run["to"])) for run in runs]
    return max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)


def test_every_stream_comes_into_the_lake_two_at_a_time(stack: Stack, api: SmallApi):
    ended = stack.execute("small", "all", {})

    assert ended["status"] == "SUCCEEDED", f"{ended}\n{logs(stack)}"
    levels = json.loads(ended["output"])["levels"]
    assert [{stream["stream"]: stream["status"] for stream in level} for level in levels] == [
        {"orders": "complete", "shops": "complete", "visits": "complete"},
        {"reviews": "complete"},
    ]
    runs = stack.runs()
    scripts = sorted((run["job"].rpartition("-")[2], run["arguments"]["--streams"]) for run in runs)
    assert scripts == [
        ("ingest", "visits"), ("load", "shops"), ("load", "visits"), ("sync", "orders"), ("sync", "reviews"),
    ]  # fmt: skip
    assert {run["state"] for run in runs} == {"SUCCEEDED"}
    assert at_once(runs) <= 2
    tables = {table["table"]: table["rows"] for table in headwater(stack, "tables")}
    assert {name.rpartition(".")[2]: rows for name, rows in tables.items()} == {
        "orders": 7, "orders__items": 12, "orders__items__tags": 8, "shops": 4, "shops__hours": 8,
        "visits": 3, "visits__pages": 6, "reviews": 9,
    }  # fmt: skip
    catalog = stack.aws.client("glue").get_tables(DatabaseName="dev_small")["TableList"]
    assert {table["Name"] for table in catalog} == {name.rpartition(".")[2] for name in tables}


def test_a_job_that_fails_is_tried_again_caught_and_told(stack: Stack, api: SmallApi):
    before = len(stack.runs())
    api.before = lambda target, count: (403, {}, b"{}")

    ended = stack.execute("small", "fails", {"streams": ["orders"]})

    runs = stack.runs(before)
    assert (ended["status"], ended["error"]) == ("FAILED", "Headwater.StreamFailed")
    assert [run["state"] for run in runs] == ["FAILED"] * 3  # once, and twice more
    assert all("small.orders: GET /orders" in run["error"] and "403" in run["error"] for run in runs)
    assert len({run["arguments"]["--run_id"] for run in runs}) == 1
    message = json.loads(stack.aws.told("messages")[-1]["message"])
    assert (message["source"], message["error"]) == ("small", "Headwater.StreamFailed")
    assert json.loads(message["cause"])[-1]["stream"] == "orders" or "orders" in message["cause"]


def test_an_incomplete_run_waits_without_a_worker_and_goes_on(stack: Stack, api: SmallApi):
    before = len(stack.runs())
    waits: list[str] = []

    def once(target: str, count: int) -> tuple[int, dict[str, str], bytes] | None:
        if "after=4" in target and not waits:
            waits.append(target)
            return 429, {"Retry-After": "20"}, b"{}"
        return None

    api.before = once
    ended = stack.execute("small", "waits", {"streams": ["orders"], "full_refresh": "true"})

    first, second = stack.runs(before)
    assert ended["status"] == "SUCCEEDED", f"{ended}\n{logs(stack)}"
    assert (first["state"], second["state"]) == ("SUCCEEDED", "SUCCEEDED")
    assert first["arguments"]["--run_id"] == second["arguments"]["--run_id"]
    pause = datetime.fromisoformat(second["from"]) - datetime.fromisoformat(first["to"])
    assert pause.total_seconds() > 0
    asked = [target.partition("after=")[2].partition("&")[0] for target in api.asked]
    assert asked == ["", "2", "4", "4", "6"]  # what was landed before the wait is not asked for again


def test_a_backfill_is_the_same_workflow_with_an_input_of_its_own(stack: Stack, api: SmallApi):
    before = len(stack.runs())
    given = {"streams": ["orders"], "from": "2024-01-02", "to": "2024-01-04", "run_id": "backfill-1"}

    ended = stack.execute("small", "backfill", given)

    (run,) = stack.runs(before)
    assert ended["status"] == "SUCCEEDED", f"{ended}\n{logs(stack)}"
    assert (run["arguments"]["--from"], run["arguments"]["--run_id"]) == ("2024-01-02", "backfill-1")
    assert all("since=2024-01-02" in target and "until=2024-01-04" in target for target in api.asked)
    outcome = json.loads(
        stack.aws.client("s3")
        .get_object(
            Bucket=stack.output("lake").removeprefix("s3://"), Key="_headwater/outcomes/backfill-1/orders.json"
        )["Body"]
        .read()
    )
    assert outcome["status"] == "complete"

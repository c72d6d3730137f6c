"""The example that every user copies, read from the demo that it describes; no Spark."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from demo.__main__ import DEFAULT_PORT
from demo.platform import TOKEN
from demo.server import DemoServer
from glue_lib import pipeline
from glue_lib.execution import Execution, Outcome
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import open_storage
from glue_lib.spec.loader import load

FILE = Path(__file__).parents[2] / "pipelines" / "donations.yaml"


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(requests_per_ten_seconds=0) as running:
        Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def ingest(server: DemoServer, tmp_path: Path):
    def ingest() -> dict[str, Outcome]:
        spec = load(FILE, {"base_url": server.base_url, "limits.requests_per_second": 1000})
        execution = Execution(spec, open_storage(str(tmp_path)), engine=pytest.fail, secrets=resolved)
        return {outcome.stream: outcome for outcome in pipeline.ingest(execution)}

    def resolved(text: str) -> str:
        return text.replace("${secret:headwater/charity#api_token}", TOKEN)

    return ingest


def landed(root: Path, outcome: Outcome) -> list[dict]:
    assert outcome.run_id
    folder = RunFolder(open_storage(str(root)), outcome.source, outcome.stream, outcome.run_id)
    lines = [line for part in folder.parts() for line in gzip.decompress((root / part.key).read_bytes()).splitlines()]
    return [json.loads(line) for line in lines]


def test_its_address_is_where_the_demo_is_without_a_port_asked_for():
    assert load(FILE).base_url == f"http://127.0.0.1:{DEFAULT_PORT}/v1"


def test_a_first_run_lands_all_records(ingest, first, tmp_path: Path):
    outcomes = ingest()

    assert {name: outcome.records for name, outcome in outcomes.items()} == {
        "donations": len(first.donations),
        "campaigns": len(first.campaigns),
        "comments": sum(map(len, first.comments.values())),
    }
    comments = landed(tmp_path, outcomes["comments"])
    assert len({(record["_campaigns_id"], record["id"]) for record in comments}) == len(comments)


def test_a_second_run_lands_what_version_2_changed(ingest, server, changes, tmp_path: Path):
    ingest()
    server.platform.move_to(2)

    outcomes = ingest()

    found = {record["id"] for record in landed(tmp_path, outcomes["donations"])}
    changed = {*changes["donations"]["updated"], *changes["donations"]["added"]}
    assert changed <= found and len(found) < len(changed) + 10  # and those of the hour before, by `lookback`
    assert set(changes["campaigns"]["added"]) < {record["id"] for record in landed(tmp_path, outcomes["campaigns"])}
    assert set(map(tuple, changes["comments"]["added"])) < {
        (record["_campaigns_id"], record["id"]) for record in landed(tmp_path, outcomes["comments"])
    }

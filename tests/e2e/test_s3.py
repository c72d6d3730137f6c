"""The same pipeline with its lake on S3: landing by boto3, tables by S3A, both against a server on loopback.

One process makes all calls, since each would spend most of its time starting Spark; the way to S3 turns bad between two
of them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.calling import Headwater, one_session
from tests.e2e.small_api import PIPELINE, SmallApi, second_edition
from tests.faulty_s3 import BadRoad, Fault, bad_road

LANDING, TABLES = "/(raw|_headwater)/", "/tables/"
FAULTS = (
    Fault("slow_down", "GET HEAD", TABLES, every=20, most=5),
    Fault("reset", "PUT", TABLES, every=3, most=3),
    Fault("truncated", "GET", rf"{TABLES}.*\.(parquet|json)$", every=5, most=4),
    Fault("slow_down", "GET", "list-type=2", every=7, most=5),
    Fault("reset", "POST DELETE", "", every=2, most=3),
    Fault("lost_answer", "PUT", LANDING, every=3, most=4),
    Fault("truncated", "GET", LANDING, every=4, most=4),
    Fault("slow", "GET PUT", "", every=40, most=4),
)


@pytest.fixture
def road(s3_endpoint: str, s3_bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadRoad]:
    with bad_road(s3_endpoint) as road:
        monkeypatch.setenv("AWS_ENDPOINT_URL", road.url)
        yield road


@pytest.fixture
def headwater(road: BadRoad, tmp_path: Path) -> Iterator[Headwater]:
    """Call the command; its exit code and what it printed come back."""
    with one_session(tmp_path) as call:
        yield call


def changes(done: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    (outcome,) = json.loads(done["stdout"])
    return {table["table"]: (table["inserted"], table["updated"], table["deleted"]) for table in outcome["tables"]}


def test_the_pipeline_runs_with_its_lake_on_s3_also_where_s3_is_busy_slow_and_out_of_reach_for_a_moment(
    headwater: Headwater, road: BadRoad, api: SmallApi, s3_bucket: str, tmp_path: Path
):
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    lake = ("--lake", f"s3://{s3_bucket}/some/lake")
    run = ("run", "small.yaml", "--stream", "orders", *lake, "--json")
    count = ("sql", "select count(*) as n from small.orders__items", *lake, "--json")

    first = headwater(*run)
    api.records = second_edition()
    road.faults = FAULTS
    second = headwater(*run)
    found = headwater(*count)
    road.faults = ()
    maintained = headwater("maintain", *run[1:], "--retention-hours", "0", "--nobody-reads")
    again, known = headwater(*count), headwater("tables", *lake, "--json")

    assert [done["code"] for done in (first, second, found, maintained, again, known)] == [0] * 6, second["stderr"]
    assert changes(second) == {"orders": (1, 4, 0), "orders__items": (0, 0, 7), "orders__items__tags": (0, 1, 7)}
    assert json.loads(found["stdout"]) == [{"n": 5}]
    assert {fault for fault in FAULTS if not road.hits[fault]} == set()

    (orders,) = json.loads(maintained["stdout"])  # and nothing else stands there, whatever Delta prints
    assert orders["raw"] == {"runs": 0, "files": 0, "bytes": 0}
    assert [table["table"] for table in orders["tables"]] == ["orders", "orders__items", "orders__items__tags"]
    assert all(table["files"] == 1 and table["removed_files"] >= 1 for table in orders["tables"])
    assert again["stdout"] == found["stdout"]
    assert [table["table"] for table in json.loads(known["stdout"])] == [
        "small.orders",
        "small.orders__items",
        "small.orders__items__tags",
    ]
    assert list(tmp_path.iterdir()) == [tmp_path / "small.yaml"]

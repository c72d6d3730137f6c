"""From what an execution did to the record of it."""

import json
from datetime import UTC, datetime

import pytest

from glue_lib.execution import Execution, Outcome, Place
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.run_record import RunRecord
from glue_lib.landing.storage import FolderStorage
from glue_lib.meter import Tally
from glue_lib.report.telling import Heard, begun, charged, ended, remedy_of, so_far
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
TEXT = """
source: shop
base_url: https://api.example.org
glue: {workers: 3, worker_type: G.2X}
streams:
  orders: {path: /orders, key: [id]}
  lines: {path: "/orders/{orders.id}/lines", key: [id]}
"""


@pytest.fixture
def record(tmp_path) -> RunRecord:
    return at(tmp_path, Place())


def at(folder, place: Place, stream: str = "orders") -> RunRecord:
    execution = Execution(loads(TEXT, "shop.yaml"), FolderStorage(folder), no_engine, str, place=place)
    return begun(execution, execution.pipeline.stream(stream), step="sync", execution_id="e1", now=NOW)


def plain(text: str) -> str:
    return text


def test_phases_add_up_to_the_time_that_was_worked(record: RunRecord):
    tally = Tally(fetch_seconds=10, wait_seconds=4, load_seconds=6, write_seconds=5)

    told = so_far(record, tally, Heard())

    assert (told.fetch_seconds, told.wait_seconds, told.shape_seconds, told.write_seconds) == (6, 4, 1, 5)
    assert told.duration_seconds == 16


def test_events_tell_the_run_its_slices_pages_and_retries(record: RunRecord):
    heard = Heard()
    for name, fields in (
        ("run planned", {"run": "r1", "slices": 3, "whole": 1}),
        ("page", {"records": 5}),
        ("waiting", {"seconds": "1.0"}),
        ("page", {"records": 2}),
        ("slice landed", {"run": "r1"}),
        ("run landed", {"run": "r1", "mode": "full", "records": 7}),
    ):
        heard.hear(name, fields)

    told = so_far(record, Tally(), heard)

    assert (told.run_id, told.mode, told.slices, told.whole_slices) == ("r1", "full", 3, 2)
    assert (told.pages, told.records, told.retries) == (2, 7, 1)


def test_rows_are_summed_over_tables_and_those_set_aside_counted_apart(record: RunRecord):
    tables = (
        TableReport("orders", 3, 2, 1, ("note", "tip"), committed=True, version=4),
        TableReport("orders__items", 10, committed=True, version=0, added_columns=("sku",)),
        TableReport("orders__quarantine", 7, committed=True, version=1),
    )
    outcome = Outcome("shop", "orders", "complete", "r1", 6, 2, tables=tables, evidence={"slices": 2})

    told = ended(record, outcome, clean=plain, now=NOW)

    assert (told.rows_inserted, told.rows_updated, told.rows_deleted, told.rows_quarantined) == (13, 2, 1, 7)
    assert [(change.name, change.change, change.column_name) for change in told.schema_changes] == [
        ("orders__items", "table created", None),
        ("orders", "column added", "note"),
        ("orders", "column added", "tip"),
    ]
    assert json.loads(str(told.evidence)) == {"slices": 2}
    assert (told.status, told.ended_at, told.error, told.remedy) == ("complete", "2026-11-24 08:30:00.000", None, None)


@pytest.mark.parametrize(
    ("status", "error", "is_mistake", "remedy"),
    [
        ("failed", "shop.orders: answered 403; check the scopes", False, "check the scopes"),
        ("failed", "a; b; write `x: 1`", True, "write `x: 1`"),
        ("failed", "something broke", False, "run again"),
        ("failed", "something is wrong", True, "mend the pipeline file"),
        ("failed", "here; there\nand a second line", False, "run again"),
        ("incomplete", "the day's requests are used up", False, "nothing: started again"),
        ("complete", "", False, None),
    ],
)
def test_a_failure_tells_what_to_do(status: str, error: str, is_mistake: bool, remedy: str | None):
    told = remedy_of(status, error, is_mistake=is_mistake)

    assert told is None if remedy is None else str(told).startswith(remedy)


def test_credentials_are_taken_out_of_errors_and_evidence(record: RunRecord):
    outcome = Outcome(
        "shop", "orders", "failed", error="refused hunter2", evidence={"failed_slices": {"all": "key hunter2"}}
    )

    told = ended(record, outcome, clean=lambda text: text.replace("hunter2", "***"), now=NOW)

    assert b"hunter2" not in told.line()
    assert told.error == "refused ***"


def test_glue_costs_its_workers_for_the_time_lambda_its_memory_and_a_laptop_nothing(tmp_path):
    pipeline = loads(TEXT, "shop.yaml")
    glue = charged(at(tmp_path, Place("glue", "shop-sync", "jr_1")), pipeline, 3600, 0)
    function = charged(at(tmp_path, Place("lambda", "f", "q", 512)), pipeline, 100, 512)

    assert (glue.dpu_seconds, glue.cost_usd, glue.worker_type, glue.workers) == (6 * 3600, 2.64, "G.2X", 3)
    assert (glue.job_run_id, glue.glue_version) == ("jr_1", "5.1")
    assert (function.dpu_seconds, function.cost_usd) == (None, 0.000833)
    assert charged(at(tmp_path, Place()), pipeline, 3600, 0).cost_usd is None


def test_a_fan_out_tells_its_parents(tmp_path):
    assert at(tmp_path, Place(), "lines").parents == ("orders",)

"""What the upkeep of a source deletes of its raw runs, by what its pipeline file says; there are no tables here."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.command.housekeeping import keep_in_order, print_kept
from glue_lib.errors import ConfigError
from glue_lib.execution import Execution, ExecutionFailed, Outcome
from glue_lib.landing.leases import Lease
from glue_lib.landing.outcomes import Outcome as Left
from glue_lib.landing.outcomes import read_outcome, write_outcome
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage
from glue_lib.maintain import stream_of
from glue_lib.spec.loader import loads

FILE = """
source: shop
base_url: http://127.0.0.1:9
streams:
  orders: {{path: /orders, key: [id], write: {write}}}
  items: {{path: "/orders/{{orders.team}}/items"}}
maintenance: {rules}
"""
DELETIONS = FILE.replace("  items:", "  gone: {{path: /gone, key: [id], deletes: orders}}\n  items:")
NO_FILE = {"streams": "", "set": "{}"}


class NoTables:
    """Spark over a lake that has no tables."""

    def lake(self, source: str, database: str) -> "NoTables":
        return self

    def guarded(self, check: Any) -> "NoTables":
        return self

    def names(self) -> list[str]:
        return []


@dataclass
class Shop:
    """Runs of orders, a day apart, all landed and loaded."""

    folder: Path
    text: str = FILE
    days: int = 0

    @property
    def storage(self) -> FolderStorage:
        return FolderStorage(self.folder)

    def land(self, run_id: str, mode: Mode, stream: str = "orders") -> RunFolder:
        self.days += 1
        run, work = RunFolder(self.storage, "shop", stream, run_id), Slice(0, {}, "all")
        run.start(Plan(run_id, "shop", stream, mode, "f", (work,), None, f"2026-01-{self.days:02}T00:00:00Z"))
        with run.slice_writer(work) as writer:
            marks = {"request_fingerprint": "", "page_fingerprint": ""}
            writer.add([b'{"id": 1, "team": 2}'], request={}, next=None, state={}, **marks)
            writer.close({})
        run.finish("complete", {"records": 1})
        positions = Positions(self.storage, "shop", stream)
        positions.move("landed", Position(None, run_id, self.days), positions.landed())
        positions.move("loaded", Position(None, run_id, self.days), positions.loaded())
        return run

    def maintain(self, rules: str, write: str = "upsert") -> list[Outcome]:
        engine: Any = NoTables()
        text = self.text.format(write=write, rules=rules)
        now = datetime(2026, 3, 1, tzinfo=UTC)
        return pipeline.maintain(
            Execution(loads(text, "shop.yaml"), self.storage, lambda: engine, str, now=lambda: now)
        )

    def left(self, stream: str = "orders") -> dict[str, str]:
        """Return what is left of each run: its records, or only what it says of itself."""
        runs = Runs(self.storage, "shop", stream).all()
        return {run.run_id: "end" if run.is_expired else "records" for run in runs}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.mark.parametrize(
    ("rules", "write", "left"),
    [
        ("{}", "replace", {"a": "records", "b": "records", "c": "records"}),
        ("{keep_raw: 90d}", "replace", {"a": "records", "b": "records", "c": "records"}),
        ("{keep_raw: 58d}", "replace", {"b": "records", "c": "records"}),  # only the first is older
        ("{keep_raw: 30d}", "replace", {"b": "end", "c": "records"}),
        ("{keep_raw: 30d}", "upsert", {"a": "records", "b": "records", "c": "records"}),
        ("{keep_raw: 30d}", "append", {"a": "records", "b": "records", "c": "records"}),
        ("{keep_raw: 30d, rebuildable: false}", "upsert", {"b": "end", "c": "end"}),
    ],
)
def test_raw_runs_go_when_they_are_old_and_no_table_is_built_from_them(
    shop: Shop, rules: str, write: str, left: dict[str, str]
):
    for run_id, mode in (("a", "full"), ("b", "full"), ("c", "incremental")):
        shop.land(run_id, mode)  # type: ignore[arg-type]

    shop.maintain(rules, write)
    again = shop.maintain(rules, write)

    assert shop.left() == left
    assert again[0].evidence["raw"]["files"] == 0


def test_what_fan_outs_ask_of_a_run_outlives_its_records(shop: Shop):
    run = shop.land("a", "full")

    (orders, _) = shop.maintain("{keep_raw: 1d, rebuildable: false}")

    assert orders.evidence["raw"]["runs"] == 1 and orders.evidence["raw"]["bytes"] > 0
    assert list(Runs(shop.storage, "shop", "orders").parents(["team"])) == [{"team": "2"}]
    assert run.plan() is not None


def test_all_deletions_stay_that_a_table_is_built_from(shop: Shop):
    shop.text = DELETIONS
    for run_id in ("a", "b"):
        shop.land(run_id, "full", "gone")

    shop.maintain("{keep_raw: 1d}")
    with Lease(shop.storage, "shop", "orders", "load"), pytest.raises(ExecutionFailed) as failed:
        shop.maintain("{keep_raw: 1d, rebuildable: false}")

    statuses = {outcome.stream: outcome.status for outcome in failed.value.outcomes}
    assert statuses == {"orders": "failed", "gone": "failed", "items": "complete"}
    assert shop.left("gone") == {"a": "records", "b": "records"}


def test_a_stream_that_is_being_loaded_is_left_alone_and_the_others_are_not(shop: Shop):
    shop.land("a", "full")
    with (
        Lease(shop.storage, "shop", "orders", "load"),
        pytest.raises(ExecutionFailed, match=r"shop\.orders: load: is held by") as failed,
    ):
        shop.maintain("{keep_raw: 1d, rebuildable: false}")

    assert [outcome.status for outcome in failed.value.outcomes] == ["failed", "complete"]
    assert shop.left() == {"a": "records"}


def test_what_stopped_executions_left_goes_when_it_is_a_day_old(shop: Shop):
    shop.land("a", "full")
    for name, day in (("old", 27), ("young", 28)):
        key = f"_headwater/tmp/shop/orders/{name}"
        shop.storage.write(key, b"1234")
        moment = datetime(2026, 2, day, 12, tzinfo=UTC).timestamp()
        os.utime(shop.folder / key, (moment, moment))

    (orders, _) = shop.maintain("{}")

    assert orders.evidence["leftovers"] == {"runs": 0, "files": 1, "bytes": 4}
    assert shop.storage.list("_headwater/tmp/") == ["_headwater/tmp/shop/orders/young"]
    assert shop.left() == {"a": "records"}


def test_old_outcomes_go(shop: Shop):
    for name, day in (("old", "2026-01-01"), ("new", "2026-02-20")):
        write_outcome(shop.storage, Left(name, "shop", "orders", "complete", ended_at=f"{day}T00:00:00+00:00"))

    shop.maintain("{keep_outcomes: 30d}")

    assert read_outcome(shop.storage, "old", "orders") is None
    assert read_outcome(shop.storage, "new", "orders") is not None


def test_a_child_table_belongs_to_the_stream_in_front_of_two_underscores():
    assert [stream_of(name) for name in ("a_b", "a_b__c", "a_b__c_d__e", "a__quarantine")] == ["a_b", "a_b", "a_b", "a"]


@pytest.mark.parametrize(
    ("given", "hours", "said"),
    [
        (NO_FILE, 167, "--retention-hours: 167 is less than 168, .* `--nobody-reads`"),
        (NO_FILE | {"streams": "orders"}, None, "`--stream` and `--set` need a pipeline file"),
        (NO_FILE | {"set": '{"a": 1}'}, None, "`--stream` and `--set` need a pipeline file"),
        (NO_FILE, 168, "there are no tables yet"),
    ],
)
def test_what_is_asked_wrongly_is_told(tmp_path: Path, given: dict[str, str], hours: int | None, said: str):
    with pytest.raises(ConfigError, match=said):
        keep_in_order("", str(tmp_path), given, retention_hours=hours, is_forced=False)


def test_what_was_saved_is_printed(capsys: pytest.CaptureFixture[str]):
    orders = {"table": "orders", "files_before": 12, "files": 1, "bytes_before": 2_500_000, "bytes": 900}
    items = {"table": "orders__items", "files_before": 1, "files": 1, "bytes_before": 7, "bytes": 7}
    removed = {"removed_files": 3, "removed_bytes": 4_200}
    raw = {"runs": 2, "files": 8, "bytes": 3_000_000_000_000}
    found = {"tables": (orders | removed, items | removed), "raw": raw, "leftovers": {"files": 2, "bytes": 10}}
    kept = [Outcome("shop", "orders", "complete", evidence=found)]

    print_kept(kept, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    print_kept([], as_json=False)
    print_kept(kept, as_json=True)

    assert [line.split() for line in lines] == [
        ["table", "files", "size", "removed", "files", "removed"],
        ["orders", "12", "->", "1", "2.5", "MB", "->", "900", "B", "3", "4.2", "KB"],
        ["orders__items", "1", "7", "B", "3", "4.2", "KB"],
        ["orders:", "2", "raw", "runs", "deleted,", "8", "files,", "3.0", "TB"],
        ["orders:", "2", "leftovers", "of", "stopped", "executions", "deleted,", "10", "B"],
    ]
    nothing, _, document = capsys.readouterr().out.partition("\n")
    assert nothing == "nothing to keep in order"
    assert json.loads(document)[0]["raw"]["bytes"] == 3_000_000_000_000

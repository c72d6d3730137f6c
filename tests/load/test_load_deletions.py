"""Deletions that a load brings into tables: of a flag, of a stream of its own, and of a full run."""

from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from glue_lib.errors import LoadError
from glue_lib.execution import Execution
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.positions import Positions
from glue_lib.landing.replays import Replays
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.stream import load_stream
from glue_lib.spec.loader import loads
from tests.stopping import Stopped, StoppingEngine
from tests.stored import stored

FILE = """
source: shop
base_url: http://127.0.0.1:9
streams:
  orders: {path: /orders, key: [id], order: [at], write: history, deleted: {when: status, is: [deleted]}}
  gone: {path: /gone, key: [order_id], order: [gone_at], deletes: orders}
  people: {path: /people, key: [id], write: snapshot}
  bills: {path: /bills, key: [id], write: upsert}
  void: {path: /void, key: [bill], deletes: bills}
"""


class Shop:
    """A lake in a folder; the runs of a stream are landed by hand, one a day."""

    def __init__(self, folder: Path, spark: Any) -> None:
        self.folder, self.spark, self.day = folder, spark, 0
        self.pipeline = loads(FILE, "shop.yaml")

    def land(self, stream: str, *lines: str, mode: Mode = "incremental") -> str:
        self.day += 1
        run = RunFolder(FolderStorage(self.folder), "shop", stream, f"{stream}-{self.day}")
        work, moment = Slice(0, {}, "all"), f"2026-01-{self.day:02}T00:00:00Z"
        run.start(Plan(run.run_id, "shop", stream, mode, "f", (work,), None, moment))
        with run.slice_writer(work) as writer:
            marks = {"request_fingerprint": "1", "page_fingerprint": "1"}
            writer.add([line.encode() for line in lines], request={"path": "/"}, next=None, state={}, **marks)
            writer.close({})
        run.finish("complete", {})
        return run.run_id

    def load(self, stream: str, run_id: str | None = None, stop_at: int = 0) -> bool:
        """Load what is due, and say whether anything was committed."""
        engine = StoppingEngine(f"file://{self.folder}", after_table=stop_at)
        execution = Execution(self.pipeline, FolderStorage(self.folder), lambda: engine, str, run_id=run_id)
        _, reports = load_stream(execution, self.pipeline.stream(stream), engine)
        return any(report.committed for report in reports)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        rows = stored(self.folder / "tables/shop" / table)
        days = [tuple(getattr(row[name], "day", row[name]) for name in columns) for row in rows]
        return sorted(days, key=str)

    @property
    def tables(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "tables/shop").iterdir())


@pytest.fixture
def shop(tmp_path: Path, spark: Any) -> Shop:
    return Shop(tmp_path / "lake", spark)


def order(key: int, day: int, more: str = "") -> str:
    return f'{{"id": {key}, "at": "2026-01-{day:02}T00:00:00Z", "tags": ["{key}-{day}"]{more}}}'


def test_a_flag_and_a_stream_of_deletions_end_versions_and_a_replay_brings_none_back(shop):
    first = shop.land("orders", order(1, 1), order(2, 1), order(2, 2), order(3, 1), order(4, 9))
    shop.load("orders")
    shop.land("orders", order(3, 3, ', "status": "deleted"'))
    shop.land("gone", '{"order_id": 2, "gone_at": "2026-01-05"}', '{"order_id": 4, "gone_at": "2026-01-05"}')
    shop.load("orders")
    assert shop.load("gone")

    told = [(1, 1, None), (2, 1, 2), (2, 2, 5), (3, 1, 3), (4, 9, None)]
    assert shop.tables == ["orders", "orders__tags"]
    assert shop.rows("orders", "id", "_hw_valid_from", "_hw_valid_to") == told
    assert shop.rows("orders__tags", "_root_id", "_hw_valid_from", "_hw_valid_to") == told
    assert not shop.load("gone")
    assert not shop.load("orders", first)
    assert shop.rows("orders", "id", "_hw_valid_from", "_hw_valid_to") == told


def test_a_full_run_of_a_snapshot_deletes_unless_a_record_was_set_aside_and_an_incremental_one_never(shop):
    people = [f'{{"id": {key}, "pets": [{{"name": "p{key}"}}]}}' for key in range(10)]
    shop.land("people", *people, mode="full")
    shop.land("people", people[1])
    shop.land("people", *people[2:], '{"id": null}', mode="full")
    shop.load("people")
    assert len(shop.rows("people", "id")) == 10

    shop.land("people", *people[2:], mode="full")
    assert shop.load("people")

    assert [key for (key,) in shop.rows("people", "id")] == list(range(2, 10))
    assert len(shop.rows("people__pets", "name")) == 8
    shop.land("people", people[2], mode="full")
    with pytest.raises(LoadError, match="7 of 8 rows did not come"):
        shop.load("people")
    assert len(shop.rows("people", "id")) == len(shop.rows("people__pets", "name")) == 8


def bill(key: int) -> str:
    return f'{{"id": {key}, "lines": [{{"n": {key}}}]}}'


KEPT = [(0,), (3,)]


def voided(shop: Shop) -> str:
    """Load bills, and a run that deletes some; return the run of the bills."""
    first = shop.land("bills", *map(bill, range(4)))
    shop.land("void", '{"bill": 1}', '{"bill": null, "why": "?"}', '{"bill": 2}')
    shop.load("bills")
    assert shop.load("void")
    assert shop.rows("bills", "id") == shop.rows("bills__lines", "n") == KEPT
    return first


def test_a_replay_that_was_stopped_is_ended_by_the_next_load_also_without_any_state(shop):
    first = voided(shop)
    assert shop.rows("void__quarantine", "record", "reason") == [('{"bill": null, "why": "?"}', "no key")]
    with pytest.raises(Stopped):
        shop.load("bills", first, stop_at=2)
    assert len(shop.rows("bills", "id")) == len(shop.rows("bills__lines", "n")) == 4

    rmtree(shop.folder / "_headwater")
    assert shop.load("bills")

    assert shop.rows("bills", "id") == shop.rows("bills__lines", "n") == KEPT
    assert Replays(FolderStorage(shop.folder), "shop", "bills").left() is None
    loaded = {name: Positions(FolderStorage(shop.folder), "shop", name).loaded() for name in ("bills", "void")}
    assert {name: position and position.run_id for name, position in loaded.items()} == {
        "bills": "bills-1",
        "void": "void-2",
    }


@pytest.mark.slow  # by what is written down; above by what the tables alone tell
def test_a_replay_that_was_stopped_is_ended_by_a_load_of_the_stream_that_tells_deletions(shop):
    first = voided(shop)
    with pytest.raises(Stopped):
        shop.load("bills", first, stop_at=2)

    assert shop.load("void")

    assert shop.rows("bills", "id") == shop.rows("bills__lines", "n") == KEPT
    assert Replays(FolderStorage(shop.folder), "shop", "bills").left() is None

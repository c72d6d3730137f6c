"""A load whose commit came second is done again by itself, from what the table says by then."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from glue_lib.execution import Execution
from glue_lib.lake.fence import Fence
from glue_lib.lake.lake import Lake
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.stream import load_stream
from glue_lib.spec.loader import loads
from tests.stored import stored
from tests.tiny_engine import TinyEngine

FILE = """
source: shop
base_url: http://127.0.0.1:9
streams:
  orders: {path: /orders, key: [id], write: upsert}
  gone: {path: /gone, key: [of], deletes: orders}
"""


class MeddledLake(Lake):
    """A lake in which another writer commits right before the first commit."""

    meddle: ClassVar[Callable[[Lake], None]]

    def guarded(self, check: Callable[[], None], *rest: Any) -> Lake:
        def checked() -> None:
            check()
            meddle, MeddledLake.meddle = MeddledLake.meddle, lambda lake: None
            meddle(self)

        return super().guarded(checked, *rest)


def second(lake: Lake) -> None:
    """Let the first commit be made, and another writer come before the second."""
    MeddledLake.meddle = other_writer


class MeddledEngine(TinyEngine):
    def lake(self, source: str, database: str) -> Lake:
        return MeddledLake(**vars(super().lake(source, database)))


def land(folder: Path, run_id: str, *records: dict[str, Any], stream: str = "orders") -> None:
    run, work = RunFolder(FolderStorage(folder), "shop", stream, run_id), Slice(0, {}, "all")
    run.start(Plan(run_id, "shop", stream, "incremental", "f", (work,), None, f"2026-01-0{run_id[1]}T00:00:00Z"))
    with run.slice_writer(work) as writer:
        marks = {"request_fingerprint": "", "page_fingerprint": ""}
        writer.add([json.dumps(one).encode() for one in records], request={}, next=None, state={}, **marks)
        writer.close({})
    run.finish("complete", {})


def load(folder: Path, meddle: Callable[[Lake], None], stream: str = "orders") -> dict[str, int]:
    MeddledLake.meddle = meddle
    engine, pipeline = MeddledEngine(f"file://{folder}", is_on_glue=False), loads(FILE, "shop.yaml")
    execution = Execution(pipeline, FolderStorage(folder), lambda: engine, str)
    _, reports = load_stream(execution, pipeline.streams[stream], engine)
    return {report.table: report.inserted for report in reports}


def other_writer(lake: Lake) -> None:
    """Commit as another load of the stream does, whose lease was lost without its knowing."""
    from pyspark.sql import functions as F

    table, fence = lake.table("orders"), Fence("shop", "orders")
    rows = table.read().where("id = 1").withColumns({"_hw_key": F.lit("of another"), "id": F.lit(77).cast("bigint")})
    numbered = {"txnAppId": fence.app_id, "txnVersion": str(fence.number(table))}
    rows.write.format("delta").mode("append").options(**numbered).save(table.uri)


def test_a_run_whose_commit_came_second_is_loaded_again_without_a_word_of_the_user(
    tmp_path: Path, spark: Any, caplog: Any
):
    land(tmp_path, "r1", {"id": 1})
    load(tmp_path, lambda lake: None)
    land(tmp_path, "r2", {"id": 2})

    load(tmp_path, other_writer)

    assert sorted(row["id"] for row in stored(tmp_path / "tables/shop/orders")) == [1, 2, 77]
    (told,) = [record for record in caplog.records if getattr(record, "event", "") == "commit conflicts"]
    assert told.fields == {"table": "shop.orders", "attempt": 1, "reason": "Outrun"}


def test_what_the_try_that_came_second_had_committed_is_told(tmp_path: Path, spark: Any):
    land(tmp_path, "r1", {"id": 1, "items": [1]})
    load(tmp_path, lambda lake: None)
    land(tmp_path, "r2", {"id": 2, "items": [2, 3]})

    assert load(tmp_path, second) == {"orders": 1, "orders__items": 2}

    land(tmp_path, "r3", {"of": 2}, {"of": None}, stream="gone")

    assert load(tmp_path, second, "gone")["gone__quarantine"] == 1
    assert [row["id"] for row in stored(tmp_path / "tables/shop/orders") if row["id"] < 9] == [1]

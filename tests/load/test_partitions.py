"""A stream whose table is parted: what its rows say stays exact, and they move when their part does."""

from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from glue_lib.errors import LoadError, ShapeError
from glue_lib.execution import Execution
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.stream import load_stream
from glue_lib.shape.partition import Partition, check_partition
from glue_lib.shape.targets import Stored
from glue_lib.spec.loader import loads
from tests.stored import stored
from tests.tiny_engine import TinyEngine

FILE = """
source: shop
base_url: http://127.0.0.1:9
streams:
  orders: {{path: /orders, key: [id], write: {mode}, partition_by: {said}}}
"""
MONTHLY, YEARLY = "{field: at.made, every: month}", "{field: at.made, every: year}"


def load(
    folder: Path, number: int, said: str, *lines: str, mode: str = "upsert", rebuild: bool = False
) -> dict[str, Any]:
    """Land a run of these records and load it; return the reports by table."""
    storage, run_id, work = FolderStorage(folder), f"r{number}", Slice(0, {}, "all")
    run = RunFolder(storage, "shop", "orders", run_id)
    run.start(Plan(run_id, "shop", "orders", "incremental", "f", (work,), None, f"2026-01-0{number}T00:00:00Z"))
    with run.slice_writer(work) as writer:
        marks = {"request_fingerprint": run_id, "page_fingerprint": run_id}
        writer.add([line.encode() for line in lines], request={}, next=None, state={}, **marks)
        writer.close({})
    run.finish("complete", {})
    engine, pipeline = (
        TinyEngine(f"file://{folder}", is_on_glue=False),
        loads(FILE.format(said=said, mode=mode), "shop.yaml"),
    )
    asked = Execution(pipeline, storage, lambda: engine, str, run_id=run_id, rebuild=rebuild)
    return {report.table: report for report in load_stream(asked, pipeline.streams["orders"], engine)[1]}


def order(number: int, made: str, *items: int) -> str:
    return f'{{"id": {number}, "at": {{"made": {made}}}, "items": {list(items)}}}'


def test_rows_are_parted_by_month_and_move_with_it(spark: Any, tmp_path: Path):
    late, early = order(1, '"2024-05-31T23:30:00-02:00"', 7), order(2, '"2024-05-01"', 8)
    load(tmp_path, 1, MONTHLY, late, early, order(3, '"soon"'), order(4, '""'))
    moved = load(tmp_path, 2, MONTHLY, order(2, '"2025-01-01T00:00:00Z"', 8), order(3, '"soon"'))
    with pytest.raises(LoadError, match=r"shop\.orders: .* parted by the month of \$\.at\.made, and .* the year of"):
        load(tmp_path, 3, YEARLY, order(5, '"2024-05-01"'))

    table = DeltaTable(tmp_path / "tables/shop/orders")
    rows = {row["id"]: (row["at_made"], row["_hw_partition"]) for row in stored(tmp_path / "tables/shop/orders")}
    assert rows == {
        1: ("2024-05-31T23:30:00-02:00", "2024-06"),  # by UTC
        2: ("2025-01-01T00:00:00Z", "2025-01"),
        3: ("soon", None),
        4: ("", None),
    }
    assert (moved["orders"].updated, moved["orders"].inserted, moved["orders__items"].committed) == (1, 0, False)
    assert table.metadata().partition_columns == ["_hw_partition"]
    assert (table.protocol().min_reader_version, table.protocol().min_writer_version) == (1, 2)

    load(tmp_path, 4, YEARLY, order(4, '"2026-01-01"'), rebuild=True)

    rows = stored(tmp_path / "tables/shop/orders")
    assert {(row["id"], row["_hw_partition"]) for row in rows} == {
        (1, "2024"),
        (2, "2025"),
        (3, None),
        (4, "2026"),
        (5, "2024"),
    }


@pytest.mark.parametrize(
    ("found", "said", "told"),
    [
        ("", None, None),
        ("value of $.country", Partition(field="country"), None),
        ("", Partition(field="country"), "parted by nothing, and `partition_by` says the value of"),
        ("value of $.country", None, "parted by the value of .*, and `partition_by` says nothing"),
        ("day of $.at", Partition(field="at", every="month"), "the day of .* says the month of"),
        ("day of $.at", Partition(field="made", every="day"), r"the day of \$\.at, .* the day of \$\.made"),
    ],
)
def test_a_table_stays_as_it_was_made(found: str, said: Partition | None, told: str | None):
    stored = Stored({"$.id": ("id", "bigint")} | ({found: ("_hw_partition", "string")} if found else {}))

    check_partition("shop.orders", None, said)
    if told is None:
        check_partition("shop.orders", stored, said)
    else:
        with pytest.raises(LoadError, match=told):
            check_partition("shop.orders", stored, said)


def test_a_time_is_wanted_where_a_span_of_time_is(spark: Any, tmp_path: Path):
    with pytest.raises(ShapeError, match=r"partition_by: `id` is `bigint` and tells no year"):
        load(tmp_path, 1, "{field: id, every: year}", order(1, "null"))

    assert not (tmp_path / "tables/shop").exists()

"""What a load does with records that are bad: runs are landed by hand, and nobody is asked."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from glue_lib.errors import ConfigError, ShapeError
from glue_lib.execution import Execution
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.stream import load_stream
from glue_lib.spec.loader import loads
from tests.stopping import Stopped, StoppingEngine
from tests.stored import columns, stored

FILE = """
source: shop
base_url: http://127.0.0.1:9
streams: {{orders: {{path: /orders, {said}}}}}
"""


@dataclass
class Shop:
    """A lake in a folder, and a stream of orders as a pipeline file says it is."""

    folder: Path
    spark: Any
    reports: dict[str, Any] = field(default_factory=dict)
    runs: int = 0

    def land(self, *pages: list[str], mode: Mode = "incremental") -> str:
        """Land a run of these pages, each a part of its own."""
        self.runs += 1
        run = RunFolder(FolderStorage(self.folder), "shop", "orders", f"r{self.runs}")
        work, moment = Slice(0, {}, "all"), f"2026-01-{self.runs:02}T00:00:00Z"
        run.start(Plan(run.run_id, "shop", "orders", mode, "f", (work,), None, moment))
        with run.slice_writer(work, part_bytes=1) as writer:
            for number, page in enumerate(pages):
                request = {"path": "/orders", "query": {"page": str(number)}, "carried": {"records": 7}}
                marks = {"request_fingerprint": f"{number}", "page_fingerprint": f"{number}"}
                writer.add([line.encode() for line in page], request=request, next=None, state={}, **marks)
            writer.close({})
        run.finish("complete", {})
        return run.run_id

    def load(self, said: str, run_id: str | None = None, stop_at: int = 0, **given: Any) -> dict[str, Any]:
        engine = StoppingEngine(f"file://{self.folder}", after_table=stop_at)
        pipeline = loads(FILE.format(said=said), "shop.yaml")
        execution = Execution(pipeline, FolderStorage(self.folder), lambda: engine, str, run_id=run_id, **given)
        _, reports = load_stream(execution, pipeline.streams["orders"], engine)
        return {report.table: report for report in reports}

    def columns(self, table: str) -> list[str]:
        return list(columns(self.folder / "tables/shop" / table))

    def rows(self, table: str, *names: str) -> list[tuple[Any, ...]]:
        path = self.folder / "tables" / "shop" / table
        if not path.exists():
            return []
        found = [tuple(row[name] for name in names) for row in stored(path)]
        return sorted(found, key=lambda row: [(value is None, value) for value in row])


@pytest.fixture
def shop(tmp_path: Path, spark: Any) -> Shop:
    return Shop(tmp_path / "lake", spark)


UPSERT = "key: [id], write: upsert"


def test_records_without_a_key_are_set_aside_and_come_back_once_the_file_is_mended(shop, caplog):
    first = ['{"id": 1, "no": "a"}', '{"id": null, "no": "b"}', '{"id": [1], "no": "c"}']
    shop.land(first, ['{"id": 4, "no": "d"}'], ['{"id": 5, "id": 6, "no": "e"}', '{"no": "f"}', '["g", 7]'])

    reports = shop.load(UPSERT)

    assert shop.rows("orders", "id", "no") == [(1, "a"), (4, "d"), (6, "e")]
    told = ("line", "reason", "path", "record", "slice", "part", "_hw_run_id")
    aside = shop.rows("orders__quarantine", *told)
    assert aside == [
        (2, "no key", "$.id", first[1], 0, 0, "r1"),
        (2, "no key", "$.id", '{"no": "f"}', 0, 2, "r1"),
        (3, "no JSON object", "$", '["g", 7]', 0, 2, "r1"),
        (3, "no key", "$.id", first[2], 0, 0, "r1"),
    ]
    requests = [json.loads(request) for (request,) in shop.rows("orders__quarantine", "request")]
    assert requests == [{"path": "/orders", "query": {"page": page}} for page in "0022"]
    assert reports["orders__quarantine"].inserted == 4
    event, odd = [record for record in caplog.records if getattr(record, "event", "") == "records set aside"]
    assert {name: event.fields[name] for name in ("source", "stream", "records", "of")} == {
        "source": "shop", "stream": "orders", "records": 3, "of": 7,
    }  # fmt: skip
    assert odd.fields["why"] == "no JSON object at `$` (the first: slice 0, part 2, line 3)"

    again = shop.load(UPSERT, "r1")

    assert not any(report.committed for report in again.values())

    with pytest.raises(ConfigError) as error:
        shop.load("key: [no], write: upsert")

    assert str(error.value) == (
        "shop.orders: its tables were made with `key: [id]`, and the file says `key: [no]`; rows that are stored would "
        "not be found by what the file says now. Write what it said before, or build the tables anew from the raw "
        "zone: `headwater load FILE --stream orders --rebuild`"
    )

    with pytest.raises(Stopped):
        shop.load("key: [no], write: upsert", rebuild=True, stop_at=1)
    mended = shop.load("key: [no], write: upsert")

    assert [no for (no,) in shop.rows("orders", "no")] == ["a", "b", "c", "d", "e", "f"]
    assert shop.rows("orders__id", "_root_no", "value") == [("c", 1)]
    assert shop.rows("orders__quarantine", "line", "reason") == [(3, "no JSON object")]
    assert (mended["orders"].inserted, mended["orders"].deleted) == (6, 3)
    assert not [path for path in (shop.folder / "_headwater/tmp").rglob("*") if path.is_file()]  # checksums neither
    assert not any(report.committed for report in shop.load("key: [no], write: upsert").values())


def test_too_many_bad_records_change_no_table(shop):
    shop.land(['{"id": 1}', '{"id": 2}'])
    shop.load(UPSERT)
    shop.land(['{"id": 3}', '{"x": 1}', '{"x": 2}'])

    with pytest.raises(ShapeError) as error:
        shop.load(f"{UPSERT}, max_bad_records: 1")

    assert str(error.value) == (
        "shop.orders: 2 of 3 records of run r2 are bad, more than `max_bad_records: 1`: 2 with no key at `$.id` (the "
        "first: slice 0, part 0, line 2). No table was changed; mend the pipeline file (`key`, `types`, `schema`), or "
        "allow more by `max_bad_records` or `max_bad_share`, and load again"
    )
    assert shop.rows("orders", "id") == [(1,), (2,)]
    assert shop.rows("orders__quarantine", "line") == []
    shop.load(UPSERT)
    assert shop.rows("orders", "id") == [(1,), (2,), (3,)]


def test_nothing_but_bad_records_leave_a_replaced_table_as_it_is(shop):
    shop.land(['{"id": 1}'])
    shop.load("key: [id], write: replace")
    shop.land(['{"no": 1}'])

    with pytest.raises(ShapeError, match="1 of 1 records of run r2 are bad, all there are"):
        shop.load("key: [id], write: replace")

    assert shop.rows("orders", "id") == [(1,)]


def test_a_snapshot_deletes_nothing_while_records_are_set_aside(shop, caplog):
    shop.land(['{"id": 1}', '{"id": 2}', '{"id": 3}', '{"id": 4}', '{"id": 5}'], mode="full")
    shop.land(['{"id": 1}', '{"id": null}', '{"id": 3}', '{"id": 4}', '{"id": 5}'], mode="full")

    shop.load("key: [id], write: snapshot")

    assert shop.rows("orders", "id") == [(1,), (2,), (3,), (4,), (5,)]
    assert [event.fields["run"] for event in caplog.records if getattr(event, "event", "") == "rows kept"] == ["r2"]


def test_appended_records_come_back_beside_those_of_their_run(shop):
    shop.land(['{"no": "a", "tags": ["x"]}'])
    shop.load("write: append")
    shop.land(['{"no": "b", "tags": ["y"], "more": 1}', '{"no": "c", "tags": ["z"]}'])

    shop.load("write: append, schema: discard_row")

    assert shop.rows("orders", "no") == [("a",), ("c",)]
    assert shop.rows("orders__quarantine", "line", "path") == [(1, "$.more")]

    reports = shop.load("write: append", "r2")

    assert shop.rows("orders", "no", "more") == [("a", None), ("b", 1), ("c", None)]
    assert shop.rows("orders__tags", "value") == [("x",), ("y",), ("z",)]
    assert {table: (report.inserted, report.deleted) for table, report in reports.items()} == {
        "orders": (1, 0),
        "orders__tags": (1, 0),
        "orders__quarantine": (0, 1),
    }


SCHEMAS = "key: [id], write: upsert, schema: "


def test_what_is_new_does_as_the_schema_contract_says_and_a_replay_after_a_change_brings_it_in(shop, caplog):
    shop.land(['{"id": 1, "n": 1, "items": [{"a": 1}]}'])
    shop.load(SCHEMAS + "freeze")
    shop.land(
        ['{"id": 2, "n": 2, "x": "new"}', '{"id": 3, "n": 2.5}', '{"id": 4, "n": 4, "items": [{"a": 1}, {"b": 2}]}'],
        ['{"id": 5, "n": 5, "tags": ["t"], "items": [{"a": 7}]}', '{"id": 6, "n": 6.0}'],
        ['{"id": 7, "n": 7}'],
    )

    with pytest.raises(ShapeError) as error:
        shop.load(SCHEMAS + "freeze")
    with pytest.raises(ShapeError) as unproven:
        shop.load(SCHEMAS + "{types: freeze}")

    assert str(error.value) == (
        "shop.orders: the schema is frozen, and the records call for new column `x` of `orders`; new column `b` of "
        "`orders__items`; new table `orders__tags`. No table was changed; let it in by `schema: evolve`, or leave it "
        "out by `discard_value` or `discard_row`, and load again"
    )
    assert (
        "the records call for new column `n__double` of `orders` for values of another type at `$.n` (1 record, the "
        "first: slice 0, part 0, line 2). No table was changed" in (str(unproven.value))
    )
    assert shop.rows("orders", "id") == [(1,)]

    shop.load(SCHEMAS + "discard_row")

    assert shop.rows("orders", "id", "n") == [(1, 1), (6, 6), (7, 7)]
    assert shop.rows("orders__quarantine", "part", "line", "reason", "path") == [
        (0, 1, "new column `x` of `orders`", "$.x"),
        (0, 2, "new column `n__double` of `orders` for values of another type", "$.n"),
        (0, 3, "new column `b` of `orders__items`", "$.items[].b"),
        (1, 1, "new table `orders__tags`", "$.tags[]"),
    ]

    assert not (shop.folder / "tables/shop/orders__tags").exists()

    reports = shop.load(SCHEMAS + "discard_value", "r2")

    assert shop.rows("orders", "id", "n") == [(1, 1), (2, 2), (3, None), (4, 4), (5, 5), (6, 6), (7, 7)]
    assert set(shop.columns("orders")) == {"id", "n", "_hw_key", "_hw_run_id", "_hw_loaded_at"}
    assert shop.rows("orders__items", "_root_id", "a") == [(1, 1), (4, 1), (4, None), (5, 7)]
    assert {table: report.left_out for table, report in reports.items()} == {
        "orders": 3,
        "orders__items": 1,
        "orders__quarantine": 0,
    }
    assert shop.rows("orders__quarantine", "line") == []
    assert len([record for record in caplog.records if getattr(record, "event", "") == "values left out"]) == 4

    shop.load(SCHEMAS + "evolve", "r2")

    assert shop.rows("orders", "id", "n__double", "x")[1:3] == [(2, None, "new"), (3, 2.5, None)]
    assert shop.rows("orders__tags", "value", "_root_id") == [("t", 5)]


@pytest.mark.parametrize("much_bytes", [-1, 2**30])
def test_append_stores_a_key_once_the_newest_of_a_run_and_never_again(shop, much_bytes):
    said = "key: [id], order: [at], write: append"
    shop.land(['{"id": 1, "at": 2, "n": [1]}', '{"id": 1, "at": 1, "n": [2]}'], ['{"id": 2, "n": [3]}'])
    shop.land(['{"id": 2, "at": 9, "n": [4]}', '{"id": 3, "n": [5]}', '{"id": 3, "n": [6]}'])

    shop.load(said, much_bytes=much_bytes)

    assert shop.rows("orders", "id", "at") == [(1, 2), (2, None), (3, None)]
    assert shop.rows("orders__n", "_root_id", "value") == [(1, 1), (2, 3), (3, 6)]


def test_what_becomes_a_map_or_is_one_no_more_is_refused_where_rows_are_otherwise(shop):
    shop.land(['{"id": 1, "prices": {"eur": 1}}'])
    shop.load(UPSERT)
    shop.land(['{"id": 2, "prices": {"eur": 2}, "stock": {"ghent": 5}}'])
    with pytest.raises(
        ConfigError, match=r"shop\.orders: `orders` holds `prices` as columns, .* `prices: map`.* --reb"
    ):
        shop.load(f"{UPSERT}, types: {{prices: map}}")

    shop.load(f"{UPSERT}, types: {{stock: map}}")  # of which there are no rows yet

    assert shop.rows("orders__stock", "key", "value") == [("ghent", 5)]
    shop.land(['{"id": 3}'])
    with pytest.raises(
        ConfigError, match=r"`orders__stock` holds `stock` as the entries of a map, .* nothing of a map"
    ):
        shop.load(UPSERT)

    shop.load(UPSERT, rebuild=True)
    shop.land(['{"id": 4}'])
    shop.load(UPSERT)  # the table of the map is there, and empty

    assert shop.rows("orders", "id", "stock_ghent") == [(1, None), (2, 5), (3, None), (4, None)]

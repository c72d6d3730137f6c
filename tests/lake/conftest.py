"""A lake in a temporary folder, and a stream of donations that is shaped by hand: keys are readable paths."""

from dataclasses import dataclass, field

import pytest

from glue_lib.lake.frame import Frame
from glue_lib.lake.lake import Lake
from glue_lib.lake.write.base import TableReport, WriteMode

ROOT = "_hw_key string, id string, amount bigint, updated_at string"
CHILD = "_hw_key string, _hw_parent_key string, _hw_root_key string, _hw_index bigint"
RANKS = {"_hw_rank_0": "cast(updated_at as timestamp)"}


@pytest.fixture
def lake(spark, tmp_path):
    return Lake(spark, f"file://{tmp_path}/lake", "shop", "shop")


@pytest.fixture
def frame(spark):
    """Make a frame of rows and their schema; each row gets the run's id and time."""

    def make(rows, schema, *, run_id="r1", table="donations", comments=None, **more):
        frame = with_arrival(spark.createDataFrame(rows, schema), run_id, comments or {})
        return Frame(table, frame, root="donations", is_child=table != "donations", **more)

    return make


def with_arrival(rows, run_id, comments):
    from pyspark.sql import functions as F

    columns = [F.col(f"`{name}`").alias(name, metadata=_comment(comments, name)) for name in rows.columns]
    return rows.select(*columns, F.lit(run_id).alias("_hw_run_id"), F.current_timestamp().alias("_hw_loaded_at"))


def _comment(comments, name):
    return {"comment": comments[name]} if name in comments else {}


@dataclass
class Stream:
    """Donations with line items with tags, written as `glue_lib/load` writes them: winners, frames, tables."""

    lake: Lake
    mode: WriteMode
    runs: int = 0
    reports: dict[str, TableReport] = field(default_factory=dict)

    def load(self, *records, run_id=None, later=()):
        self.runs += 1
        run_id = run_id or f"r{self.runs}"
        arrived = self.lake.spark.createDataFrame([_root(record) for record in records], ROOT).selectExpr(
            "*", f"{RANKS['_hw_rank_0']} as _hw_rank_0"
        )
        winners = self.mode.winners(arrived, self.lake.table("donations"), RANKS, later)
        won = {row["_hw_key"] for row in winners.collect()}
        frames = self._frames(winners, [record for record in records if record["id"] in won], run_id)
        self.reports = {
            frame.table: self.mode.write(frame, self.lake, run_id, winners)
            for frame in reversed([*frames, *self.lake.vanished(frames)])
        }
        return self.reports

    def _frames(self, winners, records, run_id):
        items = [row for record in records for row in _items(record)]
        tags = [row for record in records for row in _tags(record)]
        yield_child = [
            ("donations__items", items, f"{CHILD}, name string"),
            ("donations__items__tags", tags, f"{CHILD}, value string"),
        ]
        roots = Frame("donations", with_arrival(winners.drop(*RANKS), run_id, {}), "donations", is_child=False)
        children = [
            Frame(table, with_arrival(self.lake.spark.createDataFrame(rows, schema), run_id, {}), "donations", True)
            for table, rows, schema in yield_child
            if rows  # a table whose array is empty in every record has no frame
        ]
        return [roots, *children]

    def rows(self, table):
        if not self.lake.table(table).exists():
            return []
        stored = self.lake.table(table).read().drop("_hw_run_id", "_hw_loaded_at", "_hw_parent_key", "_hw_root_key")
        return sorted(tuple(row) for row in stored.collect())

    def versions(self):
        return {name: self.lake.table(name).delta().history(1).first()["version"] for name in self.lake.names()}


@pytest.fixture
def stream(lake):
    return lambda mode: Stream(lake, mode)


def _root(record):
    return (record["id"], record["id"], record.get("amount"), record.get("updated_at"))


def _items(record):
    key = record["id"]
    return [(f"{key}/{i}", key, key, i, item["name"]) for i, item in enumerate(record.get("items") or ())]


def _tags(record):
    key = record["id"]
    return [
        (f"{key}/{i}/{j}", f"{key}/{i}", key, j, tag)
        for i, item in enumerate(record.get("items") or ())
        for j, tag in enumerate(item.get("tags") or ())
    ]

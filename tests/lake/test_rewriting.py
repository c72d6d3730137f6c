"""Large files are copied without the rows that change: as right as a merge, and nothing else is touched."""

from dataclasses import replace

import pytest

from glue_lib.errors import LoadError
from glue_lib.lake import rewriting
from glue_lib.lake.commit import Commit
from glue_lib.lake.fence import Fence
from glue_lib.lake.merging import merge_frame
from glue_lib.lake.rewriting import Rewriting

SCHEMA = "_hw_key string, id string, amount bigint, updated_at string"
STORED = [(key, key, 1, "2026-01-01") for key in "abcdef"]


@pytest.fixture(autouse=True)
def all_files_are_large(monkeypatch):
    monkeypatch.setattr(rewriting, "LEAST_BYTES", 0)


@pytest.fixture
def fenced(lake):
    return lake.guarded(lambda: None, Fence("shop", "donations"))


@pytest.fixture
def donations(lake, frame):
    """Make the table of two files: a to c, and d to f."""
    for rows in (STORED[:3], STORED[3:]):
        of_run = frame(rows, SCHEMA)
        one_file = replace(of_run, rows=of_run.rows.coalesce(1))
        commit = Commit(lake, one_file, "r1")
        commit.append(one_file.rows) if lake.table("donations").exists() else commit.create(one_file.rows)
    return lake.table("donations")


def newest(table):
    return table.delta().history(1).first()


def amounts(table):
    return {row["_hw_key"]: row["amount"] for row in table.read().collect()}


def files(table):
    return set(table.read().inputFiles())


def test_rows_are_updated_and_inserted_and_the_other_files_stay(lake, donations, frame):
    before = files(donations)

    report = merge_frame(frame([("b", "b", 2, "x"), ("n", "n", 3, "x")], SCHEMA, run_id="r2"), lake, "r2", None)

    assert amounts(donations) == {**dict.fromkeys("acdef", 1), "b": 2, "n": 3}
    assert len(before - files(donations)) == 1
    assert (report.inserted, report.updated, report.deleted, report.version) == (1, 1, 0, 2)
    assert newest(donations)["operation"] == "Manual Update"
    assert donations.loaded_run() == "r2"


def test_rows_of_a_child_table_that_did_not_come_go(spark, lake, frame):
    schema = "_hw_key string, _hw_parent_key string, _hw_root_key string, _hw_index bigint, value bigint"
    stored = [(f"{root}{place}", root, root, place, 1) for root in "abc" for place in (0, 1)]
    merge_frame(frame(stored, schema, table="donations__items"), lake, "r1", None)
    winners = spark.createDataFrame([("a",), ("b",)], "_hw_key string")

    came = frame([("a0", "a", "a", 0, 2)], schema, run_id="r2", table="donations__items")
    report = merge_frame(came, lake, "r2", winners)

    left = sorted((row["_hw_key"], row["value"]) for row in lake.table("donations__items").read().collect())
    assert left == [("a0", 2), ("c0", 1), ("c1", 1)]
    assert (report.inserted, report.updated, report.deleted) == (0, 1, 3)


def test_a_number_that_another_load_took_is_refused(lake, fenced, donations, frame):
    came = frame([("b", "b", 2, "x")], SCHEMA, run_id="r2")
    fenced.look("donations")
    merge_frame(came, lake.guarded(lambda: None, Fence("shop", "donations")), "r2", None)
    before = newest(donations)["version"]

    with pytest.raises(LoadError, match="another load has changed `donations`"):
        merge_frame(frame([("c", "c", 9, "x")], SCHEMA, run_id="r3"), fenced, "r3", None)

    assert newest(donations)["version"] == before
    assert amounts(donations)["c"] == 1


def test_nothing_is_committed_once_the_lease_is_lost(lake, donations, frame):
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 2:  # while it was written
            raise LoadError("shop.donations: the lease is lost")

    with pytest.raises(LoadError, match="lease is lost"):
        merge_frame(frame([("b", "b", 2, "x")], SCHEMA, run_id="r2"), lake.guarded(check), "r2", None)

    assert amounts(donations)["b"] == 1


def test_files_that_somebody_has_compacted_meanwhile_are_left_to_a_merge(lake, donations, frame):
    name = next(iter(files(donations))).rpartition("/")[2]
    donations.delta().optimize().executeCompaction()

    assert Rewriting.begun(donations, {name}) is None


@pytest.mark.parametrize("of", ["parts", "a_change_feed", "another_column"])
def test_what_is_more_than_plain_files_is_left_to_a_merge(spark, lake, donations, frame, of):
    schema, row = SCHEMA, ("b", "b", 2, "x")
    if of == "parts":
        rows = donations.read().selectExpr("*", "'p' as _hw_partition")
        Commit(lake, frame(STORED, SCHEMA), "r1").rebuild(rows)
        schema, row = f"{SCHEMA}, _hw_partition string", (*row, "p")
    elif of == "a_change_feed":
        spark.sql(f"alter table delta.`{donations.uri}` set tblproperties ('delta.enableChangeDataFeed' = 'true')")
    else:
        schema, row = f"{SCHEMA}, note string", (*row, "new")

    merge_frame(frame([row], schema, run_id="r2"), lake, "r2", None)

    assert newest(donations)["operation"] == "MERGE"
    assert amounts(donations) == {**dict.fromkeys("acdef", 1), "b": 2}


def test_small_files_are_left_to_a_merge_which_makes_fewer_of_them(monkeypatch, lake, donations, frame):
    monkeypatch.setattr(rewriting, "LEAST_BYTES", 8 * 2**20)

    merge_frame(frame([("b", "b", 2, "x")], SCHEMA, run_id="r2"), lake, "r2", None)

    assert newest(donations)["operation"] == "MERGE"


def test_no_setting_is_left_behind(spark, lake, donations, frame):
    names = ("spark.databricks.delta.commitInfo.userMetadata", "spark.sql.files.maxPartitionBytes")
    before = [spark.conf.get(name, None) for name in names]

    merge_frame(frame([("b", "b", 2, "x")], SCHEMA, run_id="r2"), lake, "r2", None)

    assert [spark.conf.get(name, None) for name in names] == before

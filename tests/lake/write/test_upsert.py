"""Promise 3, upserts obey: an older record never overwrites a newer one, a second run of the same input changes
nothing, and a parent's vanished children vanish at every depth."""

import pytest

from glue_lib.lake.frame import Frame
from glue_lib.lake.reach import EVERYWHERE
from glue_lib.lake.write.base import TableReport
from glue_lib.lake.write.upsert import Upsert

APPLE = {"name": "apple", "tags": ["red", "sweet"]}
PEAR = {"name": "pear", "tags": ["green"]}


@pytest.fixture
def donations(stream):
    return stream(Upsert())


def donation(key, amount=1, updated_at="2024-01-01T00:00:00Z", items=()):
    return {"id": key, "amount": amount, "updated_at": updated_at, "items": items}


def test_a_second_load_of_the_same_input_makes_no_commit(donations):
    records = [donation("a", items=[APPLE]), donation("b", items=[PEAR])]
    donations.load(*records)

    reports = donations.load(*records)

    assert donations.versions() == {"donations": 0, "donations__items": 0, "donations__items__tags": 0}
    assert reports["donations"] == TableReport("donations")
    assert {report.committed for report in reports.values()} == {False}


def test_inserts_updates_and_deletes_are_one_commit_a_table_and_older_records_change_nothing(donations, lake):
    old, new = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"
    donations.load(
        donation("a", 1, old, [APPLE, PEAR]),
        donation("b", 1, old),
        donation("c", 1, new, [PEAR]),
        donation("d", 1, old),
    )

    reports = donations.load(
        donation("a", 2, new, [PEAR]),
        donation("b", 1, old),
        donation("c", 0, old, [APPLE, APPLE]),
        donation("e", 1, old),
    )

    assert donations.versions() == {"donations": 1, "donations__items": 1, "donations__items__tags": 1}
    assert reports["donations"] == TableReport("donations", inserted=1, updated=1, committed=True, version=1)
    items = TableReport("donations__items", updated=1, deleted=1, committed=True, version=1)
    assert reports["donations__items"] == items
    runs = {row["id"]: (row["amount"], row["_hw_run_id"]) for row in lake.table("donations").read().collect()}
    assert runs == {"a": (2, "r2"), "b": (1, "r1"), "c": (1, "r1"), "d": (1, "r1"), "e": (1, "r2")}
    assert donations.rows("donations__items") == [("a/0", 0, "pear"), ("c/0", 0, "pear")]
    assert donations.rows("donations__items__tags") == [("a/0/0", 0, "green"), ("c/0/0", 0, "green")]


def test_children_vanish_at_every_depth_with_their_array(donations):
    both = [APPLE, PEAR]
    donations.load(
        donation("empty", items=both),
        donation("inner", items=both),
        donation("not in the run", items=[PEAR]),
        donation("null", items=both),
    )

    reports = donations.load(
        donation("empty", items=[]),
        donation("inner", items=[APPLE, PEAR | {"tags": []}]),
        donation("null", items=None),
    )

    assert [row[0] for row in donations.rows("donations__items")] == ["inner/0", "inner/1", "not in the run/0"]
    assert [row[0] for row in donations.rows("donations__items__tags")] == [
        "inner/0/0",
        "inner/0/1",
        "not in the run/0/0",
    ]
    assert reports["donations"].committed is False
    assert (reports["donations__items"].deleted, reports["donations__items__tags"].deleted) == (4, 7)


def test_children_vanish_when_no_record_of_the_run_has_any(donations):
    donations.load(donation("a", items=[APPLE]), donation("b", items=[PEAR]))

    donations.load(donation("a"))

    assert donations.rows("donations__items") == [("b/0", 0, "pear")]
    assert donations.rows("donations__items__tags") == [("b/0/0", 0, "green")]


@pytest.mark.parametrize("stored, later, arrives, wins", [
    ("2024-01-01T10:00:00+02:00", (), "2024-01-01T07:59:59Z", False),
    ("2024-01-01T10:00:00+02:00", (), "2024-01-01T08:00:00Z", True),
    ("2024-01-01T10:00:00+02:00", (), "2024-01-01T08:00:01Z", True),
    ("2024-01-01T10:00:00+02:00", ["r1"], "2024-01-01T08:00:00Z", False),
    ("2024-01-01T10:00:00+02:00", ["r1"], "2024-01-01T08:00:01Z", True),
    ("2024-01-01T10:00:00+02:00", (), None, False),
    (None, (), None, True),
    (None, ["r1"], None, False),
    (None, ["r1"], "2024-01-01T08:00:00Z", True),
], ids=[
    "not an older one",
    "of equally old ones the later landed",
    "a newer one",
    "of equally old ones not that of an earlier run",
    "a newer one of an earlier run",
    "not one whose age is unknown",
    "unknown age, later run",
    "unknown age, earlier run",
    "a known age over an unknown one",
])  # fmt: skip
def test_of_an_arriving_and_a_stored_record_wins(spark, stored, later, arrives, wins):
    ranks = {"_hw_rank_0": "cast(`updated at` as timestamp)"}
    table = StoredRows(
        spark.createDataFrame([("a", stored, "r1")], "_hw_key string, `updated at` string, _hw_run_id string")
    )
    records = spark.createDataFrame(
        [("a", arrives, {"x": 1}), ("new", None, None)], "_hw_key string, at string, `o.o` map<string, int>"
    )
    records = records.selectExpr("`o.o`", "_hw_key", "cast(at as timestamp) _hw_rank_0")

    winners = Upsert().winners(records, table, ranks, later)

    assert winners.columns == records.columns
    assert sorted(row["_hw_key"] for row in winners.collect()) == (["a", "new"] if wins else ["new"])


def test_without_an_order_a_later_run_wins(spark):
    table = StoredRows(spark.createDataFrame([("a", "r1"), ("b", "r3")], "_hw_key string, _hw_run_id string"))
    records = spark.createDataFrame([("a",), ("b",)], "_hw_key string")

    assert [row["_hw_key"] for row in Upsert().winners(records, table, {}, ["r3"]).collect()] == ["a"]


def test_of_equally_old_records_the_later_run_wins_whatever_its_id(donations):
    donations.load(donation("a", 1), run_id="zzz", later=["20260101T000000Z"])
    donations.load(donation("a", 2), run_id="20260101T000000Z")
    replayed = donations.load(donation("a", 1), run_id="zzz", later=["20260101T000000Z"])

    assert [row[2] for row in donations.rows("donations")] == [2]
    assert replayed["donations"].committed is False


def test_stopped_between_two_tables_the_same_load_ends_what_is_left(donations, lake):
    donations.load(donation("a", items=[APPLE]))
    records = [donation("a", 2, items=[PEAR, APPLE])]
    donations.lake = lake.guarded(_stops_at_commit(2))
    with pytest.raises(RuntimeError):
        donations.load(*records, run_id="r2")

    donations.lake = lake
    donations.load(*records, run_id="r2")

    assert donations.rows("donations")[0][2] == 2
    assert donations.rows("donations__items") == [("a/0", 0, "pear"), ("a/1", 1, "apple")]
    assert [row[2] for row in donations.rows("donations__items__tags")] == ["green", "red", "sweet"]
    assert donations.versions() == {"donations": 1, "donations__items": 1, "donations__items__tags": 1}


def test_a_merge_adds_new_columns_with_their_comments_and_empties_those_that_did_not_come(frame, lake):
    Upsert().write(frame([("a", "x"), ("b", "y")], "_hw_key string, old string"), lake, "r1")

    arrived = frame([("a", 1)], "_hw_key string, `a b.c` bigint", run_id="r2", comments={"a b.c": "$['a b.c']"})
    renamed = arrived.rows.withColumnRenamed("a b.c", "a_b_c")
    report = Upsert().write(Frame("donations", renamed, "donations", is_child=False), lake, "r2")

    assert report == TableReport("donations", updated=1, added_columns=("a_b_c",), committed=True, version=1)
    assert lake.table("donations").schema()["a_b_c"].metadata == {"comment": "$['a b.c']"}
    rows = lake.table("donations").read().select("_hw_key", "old", "a_b_c").collect()
    assert sorted(map(tuple, rows)) == [("a", None, 1), ("b", "y", None)]


def test_rows_that_are_all_new_are_added_without_rewriting_a_file(frame, lake):
    Upsert().write(frame([("a", 1)], "_hw_key string, n bigint"), lake, "r1")

    report = Upsert().write(frame([("b", "x")], "_hw_key string, m string", comments={"m": "$.m"}), lake, "r2")

    newest = lake.table("donations").delta().history(1).first()
    assert (newest["operation"], newest["operationParameters"]["mode"]) == ("WRITE", "Append")
    assert report == TableReport("donations", inserted=1, added_columns=("m",), committed=True, version=1)
    assert lake.table("donations").schema()["m"].metadata == {"comment": "$.m"}


def test_records_of_two_dozen_columns_do_not_exhaust_the_optimiser(spark, lake):
    columns = [f"concat('{place}', id, if(id % 9 = 0, run, '')) as c{place}" for place in range(24)]
    for run_id, first in (("r1", 0), ("r2", 5)):
        rows = spark.range(first, 20).selectExpr("id", f"'{run_id}' as run")
        rows = rows.selectExpr("cast(id as string) as _hw_key", *columns, "run as _hw_run_id")
        winners = Upsert().winners(rows, lake.table("donations"), {}).persist()
        report = Upsert().write(Frame("donations", winners, "donations", is_child=False), lake, run_id, winners)

    assert report == TableReport("donations", updated=2, committed=True, version=1)


def test_a_child_table_is_not_upserted_without_the_records_it_belongs_to(frame, lake):
    schema = "_hw_key string, _hw_root_key string"
    Upsert().write(frame([("a/0", "a")], schema, table="donations__items"), lake, "r1")

    with pytest.raises(AssertionError, match="with the records that it belongs to"):
        Upsert().write(frame([("a/0", "a")], schema, table="donations__items"), lake, "r2")


class StoredRows:
    """A root table that needs no lake."""

    reach = EVERYWHERE

    def __init__(self, rows):
        self._rows = rows

    def exists(self):
        return True

    def read(self):
        return self._rows

    near = read


def _stops_at_commit(number):
    commits = iter(range(1, 100))

    def check():
        if next(commits) == number:
            raise RuntimeError("the lease is lost")

    return check

"""Promise 3, upserts obey: an older record never overwrites a newer one, a second run of the same input changes
nothing, and a parent's vanished children vanish at every depth."""

import pytest

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


def test_inserts_updates_and_deletes_are_one_commit_a_table(donations):
    donations.load(donation("a", items=[APPLE, PEAR]), donation("b"), donation("c", items=[PEAR]))

    reports = donations.load(donation("a", 2, items=[PEAR]), donation("b"), donation("d", items=[APPLE]))

    assert donations.versions() == {"donations": 1, "donations__items": 1, "donations__items__tags": 1}
    assert reports["donations"] == TableReport("donations", inserted=1, updated=1, committed=True, version=1)
    items = TableReport("donations__items", inserted=1, updated=1, deleted=1, committed=True, version=1)
    assert reports["donations__items"] == items
    assert donations.rows("donations__items") == [("a/0", 0, "pear"), ("c/0", 0, "pear"), ("d/0", 0, "apple")]
    assert donations.rows("donations__items__tags") == [
        ("a/0/0", 0, "green"),
        ("c/0/0", 0, "green"),
        ("d/0/0", 0, "red"),
        ("d/0/1", 1, "sweet"),
    ]


@pytest.mark.parametrize("gone", [[], None], ids=["empty", "null"])
def test_children_vanish_at_every_depth_when_an_array_becomes(donations, gone):
    donations.load(donation("a", items=[APPLE, PEAR]), donation("b", items=[PEAR]))

    reports = donations.load(donation("a", items=gone))

    assert donations.rows("donations__items") == [("b/0", 0, "pear")]
    assert donations.rows("donations__items__tags") == [("b/0/0", 0, "green")]
    assert reports["donations"].committed is False
    assert reports["donations__items__tags"].deleted == 3


def test_an_inner_array_that_becomes_empty_leaves_its_parents(donations):
    donations.load(donation("a", items=[APPLE, PEAR]))

    donations.load(donation("a", items=[APPLE, PEAR | {"tags": []}]))

    assert donations.rows("donations__items") == [("a/0", 0, "apple"), ("a/1", 1, "pear")]
    assert donations.rows("donations__items__tags") == [("a/0/0", 0, "red"), ("a/0/1", 1, "sweet")]


def test_an_older_record_overwrites_neither_its_row_nor_its_children(donations):
    donations.load(donation("a", 10, "2024-01-01T10:00:00+02:00", [APPLE]))
    before = donations.versions()

    donations.load(donation("a", 9, "2024-01-01T07:59:59Z", [PEAR, PEAR]))

    assert donations.rows("donations") == [("a", "a", 10, "2024-01-01T10:00:00+02:00")]
    assert donations.rows("donations__items") == [("a/0", 0, "apple")]
    assert donations.versions() == before


def test_of_equally_old_records_the_later_landed_wins(donations):
    donations.load(donation("a", 10, "2024-01-01T10:00:00+02:00"))

    donations.load(donation("a", 11, "2024-01-01T08:00:00Z"))

    assert donations.rows("donations") == [("a", "a", 11, "2024-01-01T08:00:00Z")]


def test_replaying_an_earlier_run_undoes_no_later_one(donations):
    donations.load(donation("a", 1), run_id="r1")
    donations.load(donation("a", 2), run_id="r2")

    donations.load(donation("a", 1), run_id="r1")

    assert [row[2] for row in donations.rows("donations")] == [2]


def test_a_record_without_order_is_older_than_one_with_it(donations):
    donations.load(donation("a", 1, updated_at=None))
    donations.load(donation("a", 2))

    donations.load(donation("a", 3, updated_at=None))

    assert [row[2] for row in donations.rows("donations")] == [2]


def test_rows_of_other_records_and_unchanged_rows_keep_the_run_that_brought_them(donations, lake):
    donations.load(donation("a"), donation("b"), donation("c"))

    donations.load(donation("a"), donation("b", 5))

    runs = {row["id"]: row["_hw_run_id"] for row in lake.table("donations").read().collect()}
    assert runs == {"a": "r1", "b": "r2", "c": "r1"}


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
    with_name = arrived.rows.withColumnRenamed("a b.c", "a_b_c")
    report = Upsert().write(type(arrived)("donations", with_name, "donations", False), lake, "r2")

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


def test_a_child_table_is_not_upserted_without_the_records_it_belongs_to(frame, lake):
    schema = "_hw_key string, _hw_root_key string"
    Upsert().write(frame([("a/0", "a")], schema, table="donations__items"), lake, "r1")

    with pytest.raises(ValueError, match="donations__items"):
        Upsert().write(frame([("a/0", "a")], schema, table="donations__items"), lake, "r2")


def _stops_at_commit(number):
    commits = iter(range(1, 100))

    def check():
        if next(commits) == number:
            raise RuntimeError("the lease is lost")

    return check

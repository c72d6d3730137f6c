import pytest

from glue_lib.lake.write.append import Append
from glue_lib.lake.write.base import TableReport

SCHEMA = "_hw_key string, name string"


def test_every_run_adds_its_rows_also_those_that_were_there(frame, lake):
    Append().write(frame([("a", "apple")], SCHEMA, run_id="r1"), lake, "r1")

    report = Append().write(frame([("a", "apple"), ("b", "pear")], SCHEMA, run_id="r2"), lake, "r2")

    assert report == TableReport("donations", inserted=2, committed=True, version=1)
    assert lake.table("donations").read().count() == 3


def test_loading_a_run_again_adds_nothing(frame, lake):
    Append().write(frame([("a", "apple")], SCHEMA, run_id="r1"), lake, "r1")
    Append().write(frame([("b", "pear")], SCHEMA, run_id="r2"), lake, "r2")

    report = Append().write(frame([("a", "apple")], SCHEMA, run_id="r1"), lake, "r1")

    assert report == TableReport("donations")
    assert lake.table("donations").read().count() == 2


def test_a_run_without_rows_makes_no_commit(frame, lake):
    Append().write(frame([("a", "apple")], SCHEMA, run_id="r1"), lake, "r1")

    report = Append().write(frame([], SCHEMA, run_id="r2"), lake, "r2")

    assert report.committed is False
    assert lake.table("donations").loaded_run() == "r1"


def test_new_columns_are_added_with_their_comments(frame, lake):
    Append().write(frame([("a",)], "_hw_key string", run_id="r1"), lake, "r1")

    report = Append().write(frame([("b", "x")], SCHEMA, run_id="r2", comments={"name": "$.name"}), lake, "r2")

    assert report.added_columns == ("name",)
    assert lake.table("donations").schema()["name"].metadata == {"comment": "$.name"}


APPLE, PEAR = {"name": "apple", "tags": ["red"]}, {"name": "pear", "tags": ["green"]}


def test_a_record_whose_key_is_stored_is_not_added_again_nor_are_its_children(stream):
    events = stream(Append())
    events.load({"id": "a", "items": [APPLE]}, {"id": "b", "items": [APPLE]})

    reports = events.load({"id": "b", "items": [PEAR]}, {"id": "c", "items": [PEAR]})

    assert {name: report.inserted for name, report in reports.items()} == {
        "donations": 1,
        "donations__items": 1,
        "donations__items__tags": 1,
    }
    assert [row[0] for row in events.rows("donations")] == ["a", "b", "c"]
    assert events.rows("donations__items") == [("a/0", 0, "apple"), ("b/0", 0, "apple"), ("c/0", 0, "pear")]


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_stopped_between_two_tables_the_same_load_ends_what_is_left(stream, lake, stop):
    events = stream(Append())
    events.load({"id": "a", "items": [APPLE]})
    records = [{"id": "a", "items": [APPLE]}, {"id": "b", "items": [PEAR]}]
    commits = iter(range(1, 100))

    def check():
        if next(commits) == stop:
            raise RuntimeError("the lease is lost")

    events.lake = lake.guarded(check)
    with pytest.raises(RuntimeError):
        events.load(*records, run_id="r2")

    events.lake = lake
    events.load(*records, run_id="r2")

    assert [row[0] for row in events.rows("donations")] == ["a", "b"]
    assert events.rows("donations__items") == [("a/0", 0, "apple"), ("b/0", 0, "pear")]
    assert [row[0] for row in events.rows("donations__items__tags")] == ["a/0/0", "b/0/0"]

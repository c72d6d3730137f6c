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

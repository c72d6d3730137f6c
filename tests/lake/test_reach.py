import pytest

from glue_lib.lake.lake import Lake
from glue_lib.lake.reach import EVERYWHERE, FEW, Reach, reach
from glue_lib.lake.write.upsert import Upsert


@pytest.fixture(scope="module")
def told(spark):
    rows = [(1, "b", None, "x"), (9, "a", 2, "y")]
    records = spark.createDataFrame(rows, "_root_id bigint, _root_shop string, _root_part bigint, other string")
    return reach(records, ["_root_id", "_root_shop", "_root_part"])


def test_only_columns_in_which_every_record_has_a_value_bound_a_run(told):
    assert told == Reach({"id": (1, 9), "shop": ("a", "b")}, 2)


def test_rows_of_the_root_and_of_children_are_within_by_their_own_columns(told, spark):
    roots = spark.createDataFrame([(0, "a"), (1, "a"), (9, "b"), (9, "c"), (None, "a")], "id bigint, shop string")
    children = spark.createDataFrame([(5, 99), (99, 5)], "_root_id bigint, id bigint")
    others = spark.createDataFrame([(1,), (2,)], "_hw_key bigint")

    assert sorted(map(tuple, told.within(roots).collect())) == [(1, "a"), (9, "b")]
    assert list(map(tuple, told.within(children).collect())) == [(5, 99)]
    assert told.within(others).count() == 2  # nothing is known of them


def test_no_records_reach_nowhere_in_particular(spark):
    none = reach(spark.createDataFrame([], "_root_id bigint"), ["_root_id"])

    assert none == Reach({}, 0)
    assert none.of(["id"]) is None


def test_few_keys_are_sent(told):
    assert told.is_narrow
    assert not Reach({}, FEW + 1).is_narrow
    assert not EVERYWHERE.is_narrow


def test_files_beyond_the_reach_of_a_run_are_neither_searched_nor_written_anew(lake, frame):
    schema = "_hw_key string, id bigint, n bigint"
    for run, rows in {"r1": [("a", 1, 1), ("b", 2, 1)], "r2": [("c", 8, 1), ("d", 9, 1)]}.items():
        Upsert().write(frame(rows, schema, run_id=run), lake, run)
    near: Lake = lake.reaching(Reach({"id": (8, 10)}, 3))
    table = lake.table("donations")
    before, read = set(table.read().inputFiles()), set(near.table("donations").near().inputFiles())

    report = Upsert().write(frame([("c", 8, 2), ("e", 10, 1)], schema, run_id="r3"), near, "r3")

    assert (report.inserted, report.updated) == (1, 1)
    written_anew = before - set(table.read().inputFiles())
    assert written_anew and written_anew <= read < before
    rows = table.read().select("_hw_key", "id", "n", "_hw_run_id").collect()
    assert sorted(map(tuple, rows)) == [
        ("a", 1, 1, "r1"), ("b", 2, 1, "r1"), ("c", 8, 2, "r3"), ("d", 9, 1, "r2"), ("e", 10, 1, "r3"),
    ]  # fmt: skip

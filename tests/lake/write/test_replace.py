from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from glue_lib.lake.write.base import TableReport
from glue_lib.lake.write.replace import Replace

SCHEMA = "_hw_key string, name string"


@pytest.fixture
def replace(lake, frame):
    def write(rows, run_id, schema=SCHEMA, **more):
        return Replace().write(frame(rows, schema, run_id=run_id, **more), lake, run_id)

    return write


def names(lake):
    return sorted(row["name"] for row in lake.table("donations").read().select("name").collect())


def test_the_table_says_what_the_newest_run_says(replace, lake):
    replace([("a", "apple"), ("b", "pear"), ("c", "plum")], "r1")

    report = replace([("a", "apple"), ("b", "quince"), ("d", "fig")], "r2")

    assert names(lake) == ["apple", "fig", "quince"]
    assert report == TableReport("donations", inserted=1, updated=1, deleted=1, committed=True, version=1)


def test_whoever_reads_meanwhile_sees_all_of_the_old_rows_or_all_of_the_new_ones(replace, lake):
    def rows(name):
        return [(f"{name}-{number}", name) for number in range(50)]

    def seen():
        found = lake.table("donations").read().groupBy("name").count().collect()
        return {row["name"]: row["count"] for row in found}

    def watched():
        looks = [seen()]
        while not is_done.is_set():
            looks.append(seen())
        return looks

    replace(rows("apple"), "r1")
    is_done = Event()
    with ThreadPoolExecutor(1) as pool:
        looks = pool.submit(watched)
        try:
            for run_id, name in (("r2", "pear"), ("r3", "plum")):
                replace(rows(name), run_id)
        finally:
            is_done.set()

    assert seen() == {"plum": 50}
    assert all(look in ({"apple": 50}, {"pear": 50}, {"plum": 50}) for look in looks.result())


def test_the_same_rows_in_another_order_make_no_commit(replace, lake):
    replace([("a", None), ("b", "pear")], "r1")

    report = replace([("b", "pear"), ("a", None)], "r2")

    assert report == TableReport("donations")
    assert lake.table("donations").loaded_run() == "r1"


def test_without_lasting_keys_rows_are_compared_by_what_they_say_and_how_often(replace, lake):
    replace([("r1.1", "apple"), ("r1.2", "apple"), ("r1.3", "pear")], "r1", has_lasting_keys=False)

    same = replace([("r2.1", "pear"), ("r2.2", "apple"), ("r2.3", "apple")], "r2", has_lasting_keys=False)
    fewer = replace([("r3.1", "pear"), ("r3.2", "apple")], "r3", has_lasting_keys=False)

    assert same.committed is False
    assert fewer == TableReport("donations", deleted=1, committed=True, version=1)
    assert names(lake) == ["apple", "pear"]


def test_columns_that_no_longer_come_stay_as_nulls_and_new_ones_keep_their_comment(replace, lake):
    replace([("a", "apple")], "r1", comments={"name": "$.name"})

    report = replace([("a", 7)], "r2", "_hw_key string, weight bigint", comments={"weight": "$.weight"})

    table = lake.table("donations")
    assert [tuple(row) for row in table.read().select("_hw_key", "name", "weight").collect()] == [("a", None, 7)]
    assert table.schema()["name"].metadata == {"comment": "$.name"}
    assert table.schema()["weight"].metadata == {"comment": "$.weight"}
    assert report.added_columns == ("weight",)


def test_a_child_table_that_nothing_came_for_is_emptied(lake, frame):
    root = frame([("a", "apple")], SCHEMA)
    child = frame([("a/0", "a")], "_hw_key string, _hw_root_key string", table="donations__items")
    Replace().write(child, lake, "r1")

    (vanished,) = lake.vanished([root])
    report = Replace().write(vanished, lake, "r2")

    assert report == TableReport("donations__items", deleted=1, committed=True, version=1)
    assert lake.table("donations__items").read().isEmpty()

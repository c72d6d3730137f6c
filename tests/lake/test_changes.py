from collections import Counter
from decimal import Decimal

import pytest

from glue_lib.lake.changes import changed_rows, count_changes, count_differences

NAN = float("nan")
SAME_AND_OTHER = {
    "string": ("string", "a", "A"),
    "an empty string against null": ("string", "", None),
    "not a number": ("double", NAN, 0.0),
    "decimal": ("decimal(38,18)", Decimal("0.1"), Decimal("0.100000000000000001")),
    "a big integer": ("decimal(38,0)", Decimal(10**37), Decimal(10**37 + 1)),
    "binary": ("binary", bytearray(b"\x00\xff"), bytearray(b"\x00\xfe")),
    "array": ("array<double>", [NAN, None], [None, NAN]),
    "an empty array against null": ("array<string>", [], None),
    "struct": ("struct<a: string, b: array<bigint>>", ("x", [1, None]), (None, [1, None])),
    "map": ("map<string, struct<m: map<string, bigint>>>", {"x": ({"y": 1},)}, {"x": ({"y": None},)}),
    "timestamp as text": ("string", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00"),
}


def rows(spark, kind, value):
    return spark.createDataFrame([("k", value, "r")], f"_hw_key string, `a.b` {kind}, _hw_run_id string")


def changes(incoming, stored, **more):
    return changed_rows(incoming, stored, list(incoming.schema), **{"delete_missing": False} | more)


@pytest.mark.parametrize("kind, same, other", SAME_AND_OTHER.values(), ids=SAME_AND_OTHER)
def test_values_are_compared_exactly_and_safe_for_nulls(spark, kind, same, other):
    stored = rows(spark, kind, same)

    assert count_changes(changes(rows(spark, kind, same), stored)) == {}
    assert count_changes(changes(rows(spark, kind, other), stored)) == {"update": 1}
    assert count_differences(rows(spark, kind, same), stored, list(stored.schema), ignored=()) == {}
    assert count_differences(rows(spark, kind, other), stored, list(stored.schema), ignored=()) == {"update": 1}


def test_the_entries_of_a_map_have_no_order(spark):
    kind = "array<map<string, bigint>>"
    stored = rows(spark, kind, [{"a": 1, "b": 2}])

    assert count_changes(changes(rows(spark, kind, [{"b": 2, "a": 1}]), stored)) == {}


def test_a_row_that_only_arrived_at_another_time_is_unchanged(spark):
    schema = "_hw_key string, _hw_run_id string, _hw_loaded_at timestamp"
    stored = spark.sql("select 'k' _hw_key, 'r1' _hw_run_id, timestamp'2024-01-01' _hw_loaded_at")
    incoming = spark.createDataFrame([("k", "r2", None)], schema)

    assert changes(incoming, stored).collect() == []


def test_only_what_differs_comes_out_marked_with_what_to_do(spark):
    stored = spark.createDataFrame([("same", 1), ("other", 1), ("gone", 1)], "_hw_key string, n bigint")
    incoming = spark.createDataFrame([("same", 1), ("other", 2), ("new", 1)], "_hw_key string, n bigint")

    found = changes(incoming, stored, delete_missing=True)

    assert sorted(tuple(row) for row in found.select("_hw_change", "_hw_key", "n").collect()) == [
        ("delete", "gone", None),
        ("insert", "new", 1),
        ("update", "other", 2),
    ]
    assert count_changes(found) == Counter(delete=1, insert=1, update=1)
    assert changes(incoming, stored).where("_hw_change = 'delete'").isEmpty()


def test_a_new_column_that_is_null_changes_no_row(spark):
    stored = spark.createDataFrame([("a",), ("b",)], "_hw_key string")
    incoming = spark.createDataFrame([("a", None), ("b", 1)], "_hw_key string, n bigint")

    assert [row["_hw_key"] for row in changes(incoming, stored).collect()] == ["b"]

from collections import Counter
from decimal import Decimal

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


def changes(incoming, stored, **more):
    return changed_rows(incoming, stored, list(incoming.schema), **{"delete_missing": False} | more)


def test_values_are_compared_exactly_and_safe_for_nulls(spark):
    """One column a kind; in the row that is named after a kind, only this kind's value differs."""
    kinds = list(SAME_AND_OTHER)
    schema = ", ".join(["_hw_key string", *(f"`{kind}.` {SAME_AND_OTHER[kind][0]}" for kind in kinds)])
    same = [SAME_AND_OTHER[kind][1] for kind in kinds]
    others = [[SAME_AND_OTHER[kind][1 + (kind == other)] for kind in kinds] for other in kinds]
    stored = spark.createDataFrame([(key, *same) for key in ("all", *kinds)], schema)
    incoming = spark.createDataFrame(
        [("all", *same), *((kind, *row) for kind, row in zip(kinds, others, strict=True))], schema
    )

    found = changes(incoming, stored).select("_hw_change", "_hw_key").collect()

    assert sorted(map(tuple, found)) == sorted(("update", kind) for kind in kinds)
    fields = list(stored.schema)
    assert count_differences(incoming, stored, fields, ignored=()) == {"update": len(kinds)}
    assert count_differences(stored, stored, fields, ignored=()) == {}


def test_the_entries_of_a_map_have_no_order(spark):
    stored, incoming = (
        spark.createDataFrame([("k", [entries])], "_hw_key string, m array<map<string, bigint>>")
        for entries in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    )

    assert changes(incoming, stored).isEmpty()


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

import hashlib

import pytest
from awsglue.dynamicframe import DynamicFrame

from glue_lib.errors import ShapeError
from glue_lib.shape.relationalize import Relationalize

ROWS = (
    "k string, id bigint, s struct<a: bigint, tags: array<string>>, "
    "items: array<struct<id: bigint, parts: array<struct<n: bigint>>>>, grid: array<array<bigint>>"
)


def key(parent, array, index):
    return hashlib.sha256(f"{parent}/{array}/{index}".encode()).hexdigest()[:32]


@pytest.fixture
def relationalize(spark, glue_context):
    def make(rows, schema, **options):
        frame = DynamicFrame.fromDF(spark.createDataFrame(rows, schema), glue_context, "given")
        return Relationalize.apply(frame, **{"name": "root", "key": "k", **options})

    return make


def rows(collection, table):
    return [row.asDict() for row in collection[table].toDF().orderBy("k").collect()]


def test_tables_and_columns_are_named_as_glue_names_them(relationalize):
    found = relationalize([("x", 7, (1, ["t"]), [(5, [(6,)])], [[8]])], ROWS)

    assert {table: found[table].toDF().columns for table in found.keys()} == {  # noqa: SIM118 - no mapping
        "root": ["k", "id", "s.a", "s.tags", "items", "grid"],
        "root_s.tags": ["k", "id", "index", "s.tags.val"],
        "root_items": ["k", "id", "index", "items.val.id", "items.val.parts"],
        "root_items.val.parts": ["k", "id", "index", "items.val.parts.val.n"],
        "root_grid": ["k", "id", "index", "grid.val"],
        "root_grid.val": ["k", "id", "index", "grid.val.val"],
    }


def test_children_repeat_their_parents_key(relationalize):
    found = relationalize([("x", 7, None, [(5, [(6,)]), (9, None)], None)], ROWS)

    first, second = key("x", "items", 0), key("x", "items", 1)
    assert sorted(rows(found, "root_items"), key=lambda row: row["index"]) == [
        {"k": first, "id": "x", "index": 0, "items.val.id": 5, "items.val.parts": first},
        {"k": second, "id": "x", "index": 1, "items.val.id": 9, "items.val.parts": None},
    ]
    assert rows(found, "root_items.val.parts") == [
        {"k": key(first, "items.val.parts", 0), "id": first, "index": 0, "items.val.parts.val.n": 6}
    ]


def test_null_and_empty_arrays_make_no_rows_and_null_elements_do(relationalize):
    schema = "k string, tags array<string>"
    found = relationalize([("a", None), ("b", []), ("c", [None, "", "x"])], schema)

    assert rows(found, "root") == [{"k": "a", "tags": None}, {"k": "b", "tags": "b"}, {"k": "c", "tags": "c"}]
    children = sorted(rows(found, "root_tags"), key=lambda row: row["index"])
    assert [(row["id"], row["index"], row["tags.val"]) for row in children] == [
        ("c", 0, None),
        ("c", 1, ""),
        ("c", 2, "x"),
    ]


def test_a_label_takes_the_place_of_the_columns_name_in_keys(relationalize):
    found = relationalize([("x", ["a"])], "k string, tags array<string>", labels={"tags": "$.tags[]"})

    assert rows(found, "root_tags")[0]["k"] == key("x", "$.tags[]", 0)


def test_carried_columns_reach_every_depth(relationalize):
    schema = "k string, `_root_o'id` bigint, items array<struct<tags: array<string>>>"
    found = relationalize([("x", 7, [(["a"],)])], schema, carry=("_root_o'id",))

    assert rows(found, "root_items.val.tags")[0]["_root_o'id"] == 7


@pytest.mark.parametrize("name", ["it's", "back\\slash", "a b", "größe", "select", "-- x"])
def test_names_may_hold_anything_but_points_and_backticks(relationalize, name):
    from pyspark.sql.types import ArrayType, LongType, StringType, StructField, StructType

    inner = StructType([StructField(name, LongType())])
    schema = StructType([StructField("k", StringType()), StructField(name, ArrayType(inner))])

    found = relationalize([("x", [(1,)])], schema)

    assert rows(found, f"root_{name}")[0][f"{name}.val.{name}"] == 1


@pytest.mark.parametrize("name", ["id", "index", "val", "k2"])
def test_elements_may_have_fields_of_any_name(relationalize, name):
    found = relationalize([("x", [(1,)])], f"k string, {name} array<struct<{name}: bigint>>")

    assert rows(found, f"root_{name}")[0][f"{name}.val.{name}"] == 1


def test_a_key_that_child_tables_have_a_column_of_is_refused(relationalize):
    with pytest.raises(ShapeError, match="root: `id` is a column that child tables get"):
        relationalize([(1, [2])], "id bigint, tags array<bigint>", key="id")


def test_nothing_is_joined_and_no_python_runs(relationalize):
    found = relationalize([("x", 7, (1, ["t"]), [(5, [(6,)])], [[8]])], ROWS)

    for table in found.keys():  # noqa: SIM118 - no mapping
        plan = found[table].toDF()._jdf.queryExecution().executedPlan().toString()
        assert "Join" not in plan
        assert "Exchange" not in plan
        assert "Python" not in plan

import random

import pytest
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import Relationalize


def tables(frame, name="root"):
    found = Relationalize.apply(frame=frame, staging_path="unused", name=name)
    return {key: rows_of(found[key]) for key in found.keys()}  # noqa: SIM118, it is no dict


def rows_of(frame):
    made = frame.toDF()
    return made.columns, [tuple(row) for row in made.collect()]


CASES = {
    "without arrays there is only the root, and structs are flattened": (
        [(1, ("Rome", ("00100",)))],
        "id int, place struct<city:string,post:struct<code:string>>",
        {"root": (["id", "place.city", "place.post.code"], [(1, "Rome", "00100")])},
    ),
    "an array of texts": (
        [("ann", ["x", "y"]), ("bob", ["z"])],
        "name string, tags array<string>",
        {
            "root": (["name", "tags"], [("ann", 1), ("bob", 2)]),
            "root_tags": (["id", "index", "tags.val"], [(1, 0, "x"), (1, 1, "y"), (2, 0, "z")]),
        },
    ),
    "an array in a struct, and an id of the elements own": (
        [(7, ([(5, "a"), (6, "b")],))],
        "id int, shop struct<items:array<struct<id:int,name:string>>>",
        {
            "root": (["id", "shop.items"], [(7, 1)]),
            "root_shop.items": (
                ["id", "index", "shop.items.val.id", "shop.items.val.name"],
                [(1, 0, 5, "a"), (1, 1, 6, "b")],
            ),
        },
    ),
    "arrays in elements have one id for each of their own": (
        [([("m", [1, 2]), ("n", [3])],), ([("o", [4])],)],
        "works array<struct<title:string,years:array<int>>>",
        {
            "root": (["works"], [(1,), (2,)]),
            "root_works": (
                ["id", "index", "works.val.title", "works.val.years"],
                [(1, 0, "m", 1), (1, 1, "n", 2), (2, 0, "o", 3)],
            ),
            "root_works.val.years": (
                ["id", "index", "works.val.years.val"],
                [(1, 0, 1), (1, 1, 2), (2, 0, 3), (3, 0, 4)],
            ),
        },
    ),
    "an array of arrays": (
        [([[("k", 1)], [("l", 2), ("m", 3)]],)],
        "pairs array<array<struct<key:string,number:int>>>",
        {
            "root": (["pairs"], [(1,)]),
            "root_pairs": (["id", "index", "pairs.val"], [(1, 0, 1), (1, 1, 2)]),
            "root_pairs.val": (
                ["id", "index", "pairs.val.val.key", "pairs.val.val.number"],
                [(1, 0, "k", 1), (2, 0, "l", 2), (2, 1, "m", 3)],
            ),
        },
    ),
    "a missing text of an element is empty, a missing number null; in the root both are null": (
        [(None, None, [(None, None)])],
        "name string, age int, pets array<struct<name:string,age:int>>",
        {
            "root": (["name", "age", "pets"], [(None, None, 1)]),
            "root_pets": (["id", "index", "pets.val.name", "pets.val.age"], [(1, 0, "", None)]),
        },
    ),
    "an empty array gives a row with its id only, a missing one gives no row and no key": (
        [(["x"],), ([],), (None,)],
        "tags array<string>",
        {
            "root": (["tags"], [(1,), (2,), (None,)]),
            "root_tags": (["id", "index", "tags.val"], [(1, 0, "x"), (2, None, "")]),
        },
    ),
    "names with dots, blanks and backticks": (
        [(["x"], "v")],
        "`a.b` array<string>, `odd ``name` string",
        {
            "root": (["a.b", "odd `name"], [(1, "v")]),
            "root_a.b": (["id", "index", "a.b.val"], [(1, 0, "x")]),
        },
    ),
    "names that meet are told apart, and so are their tables": (
        [((["x"],), ["y"])],
        "a struct<b:array<string>>, `a.b` array<string>",
        {
            "root": (["a.b", ".a.b"], [(1, 1)]),
            "root_a.b": (["id", "index", "a.b.val"], [(1, 0, "x")]),
            "root_.a.b": (["id", "index", ".a.b.val"], [(1, 0, "y")]),
        },
    ),
    "a column which has the name of the key inside": (
        [(["x"], "mine")],
        "tags array<string>, array_key string",
        {
            "root": (["tags", "array_key"], [(1, "mine")]),
            "root_tags": (["id", "index", "tags.val"], [(1, 0, "x")]),
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_relationalize(frame_of, case):
    rows, schema, expected = CASES[case]

    assert tables(frame_of(rows, schema)) == expected


def test_ids_are_longs_and_positions_ints(frame_of):
    found = frame_of([(["x"],)], "tags array<string>").relationalize("people", "unused")

    assert found["people"].toDF().dtypes == [("tags", "bigint")]
    assert found["people_tags"].toDF().dtypes == [("id", "bigint"), ("index", "int"), ("tags.val", "string")]
    assert found["people_tags"].name == "people_tags"


def test_the_root_is_called_roottable_when_nothing_is_said(frame_of):
    assert list(Relationalize.apply(frame_of([(1,)], "id int"), staging_path="unused").keys()) == ["roottable"]


def test_children_find_their_parents_although_the_source_answers_differently_each_time(spark, glue):
    def fresh(_):
        number = random.random()
        return number, [number, number]

    rows = spark.createDataFrame(
        spark.sparkContext.parallelize(range(50), 3).map(fresh), "id double, own array<double>"
    )

    found = DynamicFrame.fromDF(rows, glue, "fresh").relationalize("root", "unused")
    parents = {row.own: row.id for row in found["root"].toDF().collect()}
    children = found["root_own"].toDF().collect()

    assert len(parents) == 50 and len(children) == 100
    assert all(parents[row.id] == row["own.val"] for row in children)


def test_relationalize_runs_no_job(spark, glue):
    def fail(_):
        raise AssertionError("a job ran")

    rows = spark.createDataFrame(spark.sparkContext.parallelize([1]).map(fail), "tags array<string>")

    found = DynamicFrame.fromDF(rows, glue, "lazy").relationalize("root", "unused")

    assert found["root_tags"].toDF().columns == ["id", "index", "tags.val"]


def test_a_field_whose_name_is_the_path_to_another_has_a_table_of_its_own(frame_of):
    found = tables(frame_of([([([1],)], [2, 3])], "a array<struct<b:array<int>>>, `a.val.b` array<int>"))

    assert list(found) == ["root", "root_a", "root_a.val.b", "root_.a.val.b"]
    assert [[row[-1] for row in found[name][1]] for name in ("root_a.val.b", "root_.a.val.b")] == [[1], [2, 3]]

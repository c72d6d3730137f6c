"""Two frames to one, and one to two."""

import pytest
from awsglue.dynamicframe import DynamicFrameCollection
from awsglue.transforms import (
    Coalesce,
    FlatMap,
    Join,
    MapToCollection,
    RenameField,
    Repartition,
    SelectFromCollection,
    Spigot,
    SplitFields,
    SplitRows,
)


def rows(frame):
    return sorted((row.asDict(recursive=True) for row in frame.toDF().collect()), key=str)


def test_join_keeps_both_keys_and_puts_a_dot_before_the_second_of_a_name(frame_of):
    left = frame_of([(1, "a", ("k",)), (2, "b", None), (None, "c", None)], "id int, name string, s struct<x:string>")
    right = frame_of([(1, "A"), (1, "B"), (None, "C")], "id int, name string")

    made = Join.apply(left, right, "id", "id")

    assert made.toDF().columns == ["id", "name", "s", ".id", ".name"]
    assert [(row["name"], row[".id"], row[".name"]) for row in rows(made)] == [("a", 1, "A"), ("a", 1, "B")]
    assert made.name == "givengiven"
    nested = frame_of([("k", 5)], "`a.b` string, n int").join(["`a.b`"], ["s.x"], left)
    assert [row["n"] for row in rows(nested)] == [5]


@pytest.mark.parametrize(
    ("keys", "others", "says"), [(["id"], ["nope"], "no field `nope`"), (["id", "name"], ["id"], "in pairs")]
)
def test_a_join_on_what_is_no_key_is_refused(frame_of, keys, others, says):
    frame = frame_of([(1, "a")], "id int, name string")

    with pytest.raises(ValueError, match=says):
        frame.join(keys, others, frame)


def test_union_fills_what_is_missing_and_makes_choices_of_what_differs(frame_of):
    left = frame_of([(1, "x", (1, 2), ["p"])], "id int, v string, s struct<a:int,b:int>, l array<string>")
    right = frame_of([(2, 5, ("q",), [7], 9)], "id int, v int, s struct<a:string>, l array<int>, more int")

    made = left.union(right)

    assert rows(made) == [
        {
            "id": 1, "v": {"int": None, "string": "x"}, "s": {"a": {"int": 1, "string": None}, "b": 2},
            "l": [{"int": None, "string": "p"}], "more": None,
        },
        {
            "id": 2, "v": {"int": 5, "string": None}, "s": {"a": {"int": None, "string": "q"}, "b": None},
            "l": [{"int": 7, "string": None}], "more": 9,
        },
    ]  # fmt: skip
    again = made.union(left).resolveChoice(choice="make_struct")
    assert again.count() == 3 and again.toDF().columns == ["id", "v", "s", "l", "more"]


def test_staged_records_take_the_place_of_all_with_their_key(frame_of):
    source = frame_of([(1, "a"), (1, "b"), (2, "c"), (2, "d"), (None, "n")], "id int, v string")
    stage = frame_of([(2, "X", 1), (3, "Y", 1), (3, "Z", 1)], "id int, v string, extra int")

    made = source.mergeDynamicFrame(stage, ["id"])

    assert sorted((row["id"] or 0, row["v"], row["extra"]) for row in rows(made)) == [
        (0, "n", None), (1, "a", None), (1, "b", None), (2, "X", 1), (3, "Y", 1), (3, "Z", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("comparison", "ids"),
    [
        ({"id": {">": 1}}, [2, 3]),
        ({"id": {">": 1, "<=": 2}}, [2]),
        ({"name": {"=": "b"}}, [2]),
        ({"name": {"!=": "b"}, "s.n": {">=": 1.5}}, [1]),
        ({"s.n": {"<": 0}}, []),
    ],
)
def test_rows_are_split_by_their_values_and_what_has_none_is_rest(frame_of, comparison, ids):
    frame = frame_of([(1, "a", (2.0,)), (2, "b", None), (3, None, None)], "id bigint, name string, s struct<n:double>")

    halves = SplitRows.apply(frame, comparison, "off", "rest")

    assert [row["id"] for row in rows(halves["off"])] == ids
    assert len(rows(halves["rest"])) == 3 - len(ids)


def test_an_open_choice_is_compared_by_the_values_of_the_same_kind(glue, tmp_path):
    (tmp_path / "1.json").write_text('{"v": 5}\n{"v": "5"}\n{"v": 5000000000}')
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")

    assert frame.split_rows({"v": {">": 4}}, "off", "rest")["off"].count() == 2
    assert frame.split_rows({"v": {"=": "5"}}, "off", "rest")["off"].count() == 1
    with pytest.raises(ValueError, match="several types; resolve"):
        frame.join(["v"], ["v"], frame)


@pytest.mark.parametrize(
    ("comparison", "says"), [({"id": {"~": 1}}, "`~` is not an operator"), ({"x": {"=": 1}}, "no field `x`")]
)
def test_a_comparison_that_cannot_be_is_refused(frame_of, comparison, says):
    with pytest.raises(ValueError, match=says):
        frame_of([(1,)], "id int").split_rows(comparison, "a", "b")


def test_fields_are_split_off_and_taken_from_the_rest(frame_of, caplog):
    frame = frame_of([(1, (2, 3), 4)], "id int, s struct<a:int,b:int>, `x.y` int")

    halves = SplitFields.apply(frame, ["id", "s.a", "nope"], "left", "right")

    assert rows(halves["left"]) == [{"id": 1, "s": {"a": 2}}]
    assert rows(halves["right"]) == [{"s": {"b": 3}, "x.y": 4}]
    assert "no field `nope`" in caplog.text


def test_a_spigot_writes_some_records_compactly_and_passes_all_on(frame_of, tmp_path):
    frame = frame_of([(number, f"n{number}") for number in range(5)], "id int, name string")

    made = Spigot.apply(frame, str(tmp_path / "out"), {"topk": 2})

    assert made.count() == 5
    (written,) = (tmp_path / "out").glob("part-*")
    assert written.read_text() == '{"id":0,"name":"n0"}\n{"id":1,"name":"n1"}\n'
    frame.spigot(str(tmp_path / "none"), {"prob": 0})
    assert [path.read_text() for path in (tmp_path / "none").glob("part-*")] == [""]


def test_partitions_are_counted_and_changed(frame_of):
    frame = frame_of([(1,), (2,)], "id int")

    assert frame.getNumPartitions() == 1
    assert Repartition.apply(frame, 3).getNumPartitions() == 3
    assert Coalesce.apply(Repartition.apply(frame, 3), 2).getNumPartitions() == 2
    assert frame.coalesce(2, shuffle=True).getNumPartitions() == 2


def test_collections_are_mapped_and_taken_from(frame_of, glue):
    tables = frame_of([(1, ["x"])], "id int, tags array<string>").relationalize("root", "unused")

    each = MapToCollection.apply(tables, lambda frame, ctx: frame.rename_field("id", "key"))
    assert each["root"].toDF().columns == ["key", "tags"]
    flat = FlatMap.apply(tables, RenameField, "frame", old_name="id", new_name="key")
    assert isinstance(flat, DynamicFrameCollection)
    assert sorted(flat.keys()) == ["root", "root_tags"] and flat["root_tags"].toDF().columns[0] == "key"
    assert SelectFromCollection.apply(tables, "root_tags").count() == 1
    assert tables.select("nope").toDF().columns == []


def test_a_known_schema_is_taken_without_a_pass(frame_of, spark, glue):
    from awsglue import gluetypes as types

    known = types.StructType([types.Field("id", types.LongType()), types.Field("more", types.StringType())])

    made = frame_of([(1,)], "id int").with_frame_schema(known)

    assert made.schema() == known
    assert rows(made) == [{"id": 1, "more": None}]

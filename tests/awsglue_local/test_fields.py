import logging

import pytest
from awsglue.transforms import DropFields, DropNullFields, RenameField, SelectFields, UnnestFrame

SHOP = "id int, place struct<city:string,post:struct<code:string>>, tags array<struct<name:string,rank:int>>"
ROWS = [(1, ("Rome", ("00100",)), [("a", 1)]), (2, None, None)]


def result(frame):
    rows = frame.toDF()
    return rows.columns, [row.asDict(recursive=True) for row in rows.collect()]


def test_select_fields_keeps_top_level_fields_in_the_order_that_was_asked_for(frame_of):
    frame = SelectFields.apply(frame_of(ROWS, SHOP), ["tags", "id"])

    assert result(frame) == (["tags", "id"], [{"tags": [{"name": "a", "rank": 1}], "id": 1}, {"tags": None, "id": 2}])


def test_select_fields_takes_no_nested_field(frame_of):
    with pytest.raises(NotImplementedError, match=r"place\.city.*apply_mapping"):
        frame_of(ROWS, SHOP).select_fields(["place.city"])


def test_a_field_that_is_not_there_is_told(frame_of, caplog):
    caplog.set_level(logging.WARNING)

    assert frame_of(ROWS, SHOP).select_fields(["id", "nope"]).toDF().columns == ["id"]
    assert "no field `nope`" in caplog.text


@pytest.mark.parametrize(
    ("paths", "first", "second"),
    [
        ("id", {"place": {"city": "Rome", "post": {"code": "00100"}}, "tags": [{"name": "a", "rank": 1}]}, None),
        (["place.city", "tags"], {"id": 1, "place": {"post": {"code": "00100"}}}, {"id": 2, "place": None}),
        (["place", "tags.rank"], {"id": 1, "tags": [{"name": "a"}]}, {"id": 2, "tags": None}),
        (["place.post.code", "tags"], {"id": 1, "place": {"city": "Rome"}}, {"id": 2, "place": None}),
        (["place", "tags.rank", "tags.name"], {"id": 1}, {"id": 2}),
        (["nope", "id.nope", "place", "tags"], {"id": 1}, {"id": 2}),
    ],
)
def test_drop_fields(frame_of, paths, first, second):
    _, rows = result(DropFields.apply(frame_of(ROWS, SHOP), paths))

    assert rows[0] == first
    assert second is None or rows[1] == second


def test_a_name_with_dots_is_dropped_in_backticks_only(frame_of):
    frame = frame_of([(1, 2)], "`a.b` int, c int")

    assert frame.drop_fields(["a.b"]).toDF().columns == ["a.b", "c"]
    assert frame.drop_fields(["`a.b`"]).toDF().columns == ["c"]


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        ("id", "key", {"key": 1, "place": {"city": "Rome"}, "a.b": 5}),
        ("place.city", "place.town", {"id": 1, "place": {"town": "Rome"}, "a.b": 5}),
        ("place.city", "city", {"id": 1, "a.b": 5, "city": "Rome"}),
        ("id", "place.id", {"place": {"city": "Rome", "id": 1}, "a.b": 5}),
        ("`a.b`", "b", {"id": 1, "place": {"city": "Rome"}, "b": 5}),
        ("id", "`c.d`", {"c.d": 1, "place": {"city": "Rome"}, "a.b": 5}),
        ("id", "id", {"id": 1, "place": {"city": "Rome"}, "a.b": 5}),
        ("nope", "id", {"id": 1, "place": {"city": "Rome"}, "a.b": 5}),
    ],
)
def test_rename_field(frame_of, old, new, first):
    frame = frame_of([(1, ("Rome",), 5)], "id int, place struct<city:string>, `a.b` int")

    assert result(RenameField.apply(frame, old, new))[1] == [first]


def test_drop_null_fields_drops_what_is_null_everywhere(frame_of):
    frame = frame_of([(1, None, (None, 2))], "id int, gone void, s struct<`also.gone`:void,kept:int>")

    assert result(DropNullFields.apply(frame))[1] == [{"id": 1, "s": {"kept": 2}}]


def test_a_field_is_not_renamed_over_another(frame_of):
    with pytest.raises(ValueError, match="`tags` already"):
        frame_of(ROWS, SHOP).rename_field("id", "tags")


def test_a_field_of_elements_can_be_renamed(frame_of):
    assert result(frame_of(ROWS, SHOP).rename_field("tags.rank", "tags.place"))[1][0]["tags"] == [
        {"name": "a", "place": 1}
    ]


def test_unnest_puts_members_in_the_place_of_structs_and_leaves_arrays(frame_of):
    assert result(UnnestFrame.apply(frame_of(ROWS, SHOP)))[1] == [
        {"id": 1, "place.city": "Rome", "place.post.code": "00100", "tags": [{"name": "a", "rank": 1}]},
        {"id": 2, "place.city": None, "place.post.code": None, "tags": None},
    ]


def test_names_that_meet_in_unnest_are_told_apart(frame_of):
    frame = frame_of([((1,), 2)], "a struct<b:int>, `a.b` int")

    assert result(frame.unnest())[1] == [{"a.b": 1, ".a.b": 2}]


def test_a_member_with_a_dot_in_its_name_is_appended_by_unnest(frame_of):
    assert frame_of([((7,),)], "place struct<`zip.code`:int>").unnest().toDF().columns == ["place.zip.code"]

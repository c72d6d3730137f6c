import logging
from decimal import Decimal

import pytest
from awsglue.transforms import ApplyMapping

SCHEMA = "id int, Name string, price string, place struct<city:string>, tags array<string>, `a.b` bigint"
ROWS = [(1, "ann", "12.50", ("Rome",), ["x"], 5), (2, None, "free", None, None, None)]


@pytest.mark.parametrize(
    ("mappings", "first", "second"),
    [
        ([("id", "int", "key", "long"), ("Name", "string", "Name", "string")], {"key": 1, "Name": "ann"}, None),
        ([("name", "string", "who", "STRING")], {"who": "ann"}, {"who": None}),
        ([("price", "string", "price", "double")], {"price": 12.5}, {"price": None}),
        ([("price", "string", "price", "decimal(6,2)")], {"price": Decimal("12.50")}, {"price": None}),
        ([("price", "string", "price", "int")], {"price": None}, {"price": None}),
        ([("place.city", "string", "city", "string")], {"city": "Rome"}, {"city": None}),
        (
            [
                ("id", "int", "who.key", "int"),
                ("tags", "array", "tags", "array"),
                ("Name", "string", "who.name", "string"),
            ],
            {"who": {"key": 1, "name": "ann"}, "tags": ["x"]},
            {"who": {"key": 2, "name": None}, "tags": None},
        ),
        ([("`a.b`", "long", "`c.d`", "string")], {"c.d": "5"}, {"c.d": None}),
        ([("place", "struct", "where", "struct")], {"where": {"city": "Rome"}}, {"where": None}),
        ([("place", "struct", "where", "string")], {"where": '{"city":"Rome"}'}, {"where": None}),
        (("id", "int", "one", "int"), {"one": 1}, {"one": 2}),
        ([("place.city", "who.city"), ("tags", "tags")], {"who": {"city": "Rome"}, "tags": ["x"]}, None),
        ([("id", "int", "key"), ("id", "text", "string")], {"key": 1, "text": "1"}, {"key": 2, "text": "2"}),
    ],
)
def test_apply_mapping(frame_of, mappings, first, second):
    rows = [row.asDict(recursive=True) for row in ApplyMapping.apply(frame_of(ROWS, SCHEMA), mappings).toDF().collect()]

    assert rows[0] == first
    assert second is None or rows[1] == second


def test_case_matters_when_it_is_said_to(frame_of, caplog):
    caplog.set_level(logging.WARNING)
    frame = frame_of(ROWS, SCHEMA)
    mappings = [("id", "int", "id", "int"), ("name", "string", "name", "string")]

    assert frame.apply_mapping(mappings, case_sensitive=True).toDF().columns == ["id"]
    assert "no field `name`" in caplog.text


@pytest.mark.parametrize(
    ("mapping", "error", "says"),
    [
        (("id", "int", "id", "number"), ValueError, "`number` is not a type; allowed are .*long"),
        (("tags", "array", "tags", "string"), ValueError, "`tags` is an array"),
        (("id", "a", "b"), NotImplementedError, "it is not clear which one is the type"),
        (("id", "int", "string"), NotImplementedError, "it is not clear which one is the type"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(frame_of, mapping, error, says):
    with pytest.raises(error, match=says):
        frame_of(ROWS, SCHEMA).apply_mapping([mapping])


def test_a_target_inside_what_is_no_struct_is_refused(frame_of):
    with pytest.raises(ValueError, match=r"`a` is a int: there can be no `a\.b`"):
        frame_of(ROWS, SCHEMA).apply_mapping([("id", "int", "a", "int"), ("Name", "string", "a.b", "string")])

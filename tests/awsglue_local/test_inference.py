"""What Glue's parser makes of texts, without Spark."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from awsglue import gluetypes as glue

from awsglue_local.inference import ODD, parsed, shape, shapes, unwrap, wrap
from awsglue_local.kinds import ddl, kept, kind_of, plan

GOOD = [
    (['{"a": 1}', "", ' {"a": 2} '], [{"a": 1}, {"a": 2}]),
    (['{"a": 1} {"a": 2}'], [{"a": 1}, {"a": 2}]),
    (['[{"a": 1}, {"a": 2}]'], [{"a": 1}, {"a": 2}]),
    (['{"a":', ' {"b":', "1}}"], [{"a": {"b": 1}}]),
    (["[", '{"a": 1},', '{"a": 2}', "]"], [{"a": 1}, {"a": 2}]),
    (
        ['{a: 1, b_2$: "c: d, e: f"}', '{"x": {y-z :[{é: null}]}}'],
        [{"a": 1, "b_2$": "c: d, e: f"}, {"x": {"y-z": [{"é": None}]}}],
    ),
    (["{a: 1,", 'b: "{c: 1}"', "}"], [{"a": 1, "b": "{c: 1}"}]),
]


@pytest.mark.parametrize(("lines", "records"), GOOD)
def test_records_are_cut_out_of_lines_as_a_parser_of_the_whole_text_would(lines, records):
    found = list(parsed((line, "f") for line in lines))

    assert [record for record, error, _ in found if not error] == records
    assert len(found) == len(records)


@pytest.mark.parametrize(
    ("lines", "records", "so_far"),
    [
        (['{"id": 1}', '{"id": 2, "n": "b",', '{"id": 3}', '{"id": 4}'], [{"id": 1}, {"id": 4}], [{"id": 2, "n": "b"}]),
        (['{"id": 1, "n": "cut', '{"id": 2}'], [{"id": 2}], [{"id": 1}]),
        (['{"id": 1, "n": nope}', '{"id": 2}'], [{"id": 2}], [{"id": 1}]),
        (['{"id": 1}', '{"id": 2, "x": [1,'], [{"id": 1}], [{"id": 2}]),
        (["5", '["x", {"id": 1}]'], [{"id": 1}], [{}, {}]),
        (["not json"], [], [{}]),
        (["{a: 1, b: nope}", "{'c': 1}", "{d: 2}"], [{"d": 2}], [{"a": 1}, {}]),
    ],
)
def test_a_broken_record_is_one_error_with_the_fields_before_the_break(lines, records, so_far):
    found = list(parsed((line, "f") for line in lines))

    assert [record for record, error, _ in found if not error] == records
    assert [record for record, error, _ in found if error] == so_far


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [('{"a": 1}', False), ('[{"a": 1}, {"a": 2}]', False), ('{"a": 1}{"a": 2}', True), ('[{"a": 1}] {"a": 2}', True)],
)
def test_what_sparks_reader_would_cut_otherwise_is_told(text, is_odd):
    assert (ODD in list(shapes(parsed([(text, "f")])))) is is_odd


def test_a_record_does_not_run_on_into_another_file():
    found = list(parsed([('{"a": 1,', "one"), ('"b": 2}', "two"), ('{"c": 3}', "two")]))

    assert [(record, bool(error)) for record, error, _ in found] == [({"a": 1}, True), ({}, True), ({"c": 3}, False)]


def test_folders_give_their_fields_to_each_record():
    assert [found[0] for found in parsed([('{"a": 1}', "f", "2024")], ["year"])] == [{"a": 1, "year": "2024"}]


def test_a_record_without_end_names_the_remedy():
    with pytest.raises(ValueError, match=r"f: a record has more than 500 lines.*multiline"):
        list(parsed(("[" if number == 0 else '{"a": 1},', "f") for number in range(600)))


def test_python_values_have_glues_types():
    record = {
        "i": 1, "l": 2**40, "d": 1.5, "b": True, "t": "x", "n": None, "raw": b"1", "other": bytearray(b"1"),
        "when": datetime(2024, 1, 1), "day": date(2024, 1, 1), "price": Decimal("1.5"), "big": 2**70, "a": [1, "x"],
    }  # fmt: skip

    kinds = {field.name: field.dataType.typeName() for field in kind_of([shape(record)]).fields}

    assert kinds == {
        "i": "int", "l": "long", "d": "double", "b": "boolean", "t": "string", "n": "null", "raw": "binary",
        "other": "binary", "when": "timestamp", "day": "date", "price": "decimal", "big": "decimal", "a": "array",
    }  # fmt: skip
    with pytest.raises(TypeError, match="cannot hold a set"):
        shape({"a": {1}})


def struct(**kinds):
    return glue.StructType([glue.Field(name, kind) for name, kind in kinds.items()])


INT, LONG, TEXT, NULL = glue.IntegerType(), glue.LongType(), glue.StringType(), glue.NullType()


@pytest.mark.parametrize(
    ("before", "found", "result"),
    [
        (LONG, INT, LONG),
        (INT, LONG, LONG),
        (LONG, glue.ChoiceType([INT, LONG]), LONG),
        (LONG, glue.ChoiceType([INT, LONG, TEXT]), glue.ChoiceType([LONG, TEXT])),
        (glue.ChoiceType([LONG, TEXT]), INT, LONG),
        (glue.FloatType(), glue.DoubleType(), glue.FloatType()),
        (glue.DecimalType(9, 2), glue.DecimalType(3, 1), glue.DecimalType(9, 2)),
        (glue.DecimalType(9, 2), glue.DecimalType(5, 3), glue.DecimalType(10, 3)),
        (glue.TimestampNTZType(), glue.TimestampType(), glue.TimestampNTZType()),
        (TEXT, NULL, TEXT),
        (TEXT, INT, INT),
        (glue.MapType(LONG), struct(a=INT), glue.MapType(LONG)),
        (glue.ArrayType(struct(a=LONG)), glue.ArrayType(struct(a=INT, b=INT)), glue.ArrayType(struct(a=LONG, b=INT))),
    ],
)
def test_a_type_from_before_is_kept_where_values_still_have_it(before, found, result):
    made = kept(before, found)

    assert ddl(made) == ddl(result) and made.typeName() == result.typeName()


def test_a_value_of_a_choice_goes_into_spark_and_comes_back():
    from pyspark.sql import Row

    kind = struct(v=glue.ChoiceType([LONG, TEXT]), a=glue.ArrayType(glue.ChoiceType([INT, struct(b=TEXT)])))
    record = {"v": 1, "a": [1, {"b": "x"}, None]}

    wrapped = wrap(record, plan(kind))

    assert wrapped == {"v": {"long": 1}, "a": [{"int": 1}, {"struct": {"b": "x"}}, None]}
    row = Row(v=Row(long=1, string=None), a=[Row(int=1, struct=None), Row(int=None, struct=Row(b="x")), None])
    assert unwrap(row, plan(kind)) == record

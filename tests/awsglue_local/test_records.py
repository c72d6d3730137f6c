"""map, filter and unbox: what works on Python records, and the error records that it leaves."""

import json
from decimal import Decimal

import pytest
from awsglue.transforms import ErrorsAsDynamicFrame, Filter, Map, Unbox

SCHEMA = "id bigint, name string, price decimal(9,2), tags array<string>, place struct<city:string>"
ROWS = [(1, "ann", None, ["x"], ("Rome",)), (2, None, None, [], None), (3, "cy", None, None, ("Oslo",))]


def rows(frame):
    return [row.asDict(recursive=True) for row in frame.toDF().collect()]


def errors(frame):
    return [row.asDict(recursive=True)["error"] for row in frame.errorsAsDynamicFrame().toDF().collect()]


def test_filter_keeps_records_and_their_types(frame_of):
    made = Filter.apply(frame_of(ROWS, SCHEMA), lambda record: record["place"]["city"] == "Oslo" or record["id"] == 1)

    assert [row["id"] for row in rows(made)] == [1, 3]
    assert made.toDF().dtypes == frame_of([], SCHEMA).toDF().dtypes
    assert made.errorsCount() == 0


def test_filter_drops_what_its_predicate_stumbles_over_and_keeps_other_failures_as_errors(frame_of):
    def predicate(record):
        if record["id"] == 2:
            return record["nope"]
        return {1: lambda: True, 3: lambda: 1 // 0}[record["id"]]()

    made = frame_of(ROWS, SCHEMA).filter(predicate)

    assert [row["id"] for row in rows(made)] == [1]
    assert (made.errorsCount(), made.stageErrorsCount()) == (1, 1)
    assert [(error["msg"], error["dynamicRecord"]["id"]) for error in errors(made)] == [
        ("integer division or modulo by zero", 3)
    ]


def test_map_makes_structs_arrays_choices_and_errors(frame_of):
    def change(record):
        if record["id"] == 3:
            return None
        record["made"] = {"Zip.Code": record["id"], "parts": [record["name"], 7]}
        record["mixed"] = record["id"] if record["id"] == 1 else "two"
        del record["tags"], record["place"], record["price"]
        return record

    made = Map.apply(frame=frame_of(ROWS, SCHEMA), f=change)

    assert made._jdf.schema().treeString().splitlines()[1:] == [
        "|-- id: long",
        "|-- name: string",
        "|-- made: struct",
        "|    |-- Zip.Code: int",
        "|    |-- parts: array",
        "|    |    |-- element: choice",
        "|    |    |    |-- int",
        "|    |    |    |-- string",
        "|-- mixed: choice",
        "|    |-- int",
        "|    |-- string",
    ]
    assert [row["mixed"] for row in rows(made)] == [{"int": 1, "string": None}, {"int": None, "string": "two"}]
    assert [error["msg"] for error in errors(made)] == [
        "User-specified function returned None instead of DynamicRecord"
    ]
    renamed = made.rename_field("id", "key")
    assert (renamed.errorsCount(), renamed.stageErrorsCount()) == (1, 0)
    assert ErrorsAsDynamicFrame.apply(renamed).count() == 1


def test_a_choice_is_the_value_that_it_holds_in_python(glue, tmp_path):
    (tmp_path / "1.json").write_text('{"v": 1, "a": [1, "x"]}\n{"v": "x", "a": null}')
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")

    assert [item["record"] for item in frame._rdd.collect()] == [{"v": 1, "a": [1, "x"]}, {"v": "x", "a": None}]
    made = frame.filter(lambda record: isinstance(record["v"], str))
    assert made._jdf.schema().treeString().splitlines()[1] == "|-- v: string"


def test_a_frame_from_which_everything_is_filtered_has_no_fields_as_in_glue(frame_of):
    assert frame_of(ROWS, SCHEMA).filter(lambda record: False).toDF().columns == []


@pytest.mark.parametrize("threshold", [{"stageThreshold": 1}, {"totalThreshold": 1}, {"stageThreshold": 2}])
def test_a_threshold_is_how_many_errors_are_too_many(frame_of, threshold):
    made = frame_of(ROWS, SCHEMA).map(lambda record: 1 / (record["id"] - 1) and record, **threshold)

    if threshold == {"stageThreshold": 2}:
        made.assertErrorThreshold()
        assert made.count() == 2
        return
    for use in (made.assertErrorThreshold, made.count, made.toDF):
        with pytest.raises(RuntimeError, match="Threshold of 1 error"):
            use()


def test_a_function_runs_once_whatever_is_asked(frame_of, spark):
    calls = spark.sparkContext.accumulator(0)

    def count(record):
        calls.add(1)
        return record

    made = frame_of(ROWS, SCHEMA).map(count)
    rows(made), made.count(), made.errorsCount()

    assert calls.value == 3


UNBOXED = [
    ("json", '{"a": 1, "b": [true]}', {}, {"a": 1, "b": [True]}),
    ("csv", "7|x", {"separator": "|"}, {"col0": "7", "col1": "x"}),
    ("csv", "n,t\n7,x", {"withHeader": True}, {"n": "7", "t": "x"}),
]


@pytest.mark.parametrize(("format", "text", "options", "value"), UNBOXED)
def test_unbox_puts_the_value_in_the_place_of_its_text(frame_of, format, text, options, value):
    frame = frame_of([(1, (text,)), (2, None)], "id int, place struct<text:string>")

    made = Unbox.apply(frame, "place.text", format, **options)

    assert rows(made) == [{"id": 1, "place": {"text": value}}, {"id": 2, "place": None}]


def test_a_text_that_cannot_be_unboxed_is_an_error_record(frame_of):
    made = frame_of([(1, "{"), (2, '{"a": "220"}'), (3, None)], "id int, text string").unbox("text", "json")

    assert rows(made) == [{"id": 2, "text": {"a": "220"}}, {"id": 3, "text": None}]
    assert "unbox of `text`" in errors(made)[0]["msg"]


def test_the_json_reader_loses_a_record_and_the_next_and_says_so_once(glue, tmp_path):
    (tmp_path / "1.json").write_text(
        '{"id": 1, "n": "george"}\n{"id": 2, "n": "benjamin",\n{"id": 3, "n": "alexander"}\n{"id": 4, "n": "john"}\n'
    )
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")

    assert rows(frame) == [{"id": 1, "n": "george"}, {"id": 4, "n": "john"}]
    assert (frame.count(), frame.errorsCount()) == (2, 1)
    (error,) = errors(frame)
    assert list(error) == ["callsite", "msg", "stackTrace", "input", "bytesread", "source", "dynamicRecord"]
    assert (error["msg"], error["dynamicRecord"]) == ("error in jackson reader", {"id": 2, "n": "benjamin"})


def test_errors_of_two_frames_come_together(frame_of, glue, tmp_path):
    (tmp_path / "1.json").write_text(json.dumps({"id": 1}) + "\nbroken")
    read = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")
    mapped = frame_of([(1,)], "id int").map(lambda record: None)

    assert read.union(mapped).errorsCount() == 2
    assert frame_of([(1,)], "id int").errorsAsDynamicFrame().count() == 0


def test_decimals_keep_their_digits_through_map_and_union(frame_of):
    frame = frame_of([(Decimal("1.25"),)], "price decimal(5,2)")
    values = {"price": Decimal("123456.789"), "new": Decimal("5"), "long": [Decimal("1e25")]}

    made = Map.apply(frame, lambda record: values)

    assert rows(made) == [{"price": Decimal("123456.789"), "new": Decimal("5"), "long": [Decimal("1e25")]}]
    assert dict(made.toDF().dtypes) == {
        "price": "decimal(9,3)", "new": "decimal(38,18)", "long": "array<decimal(26,0)>"
    }  # fmt: skip
    both = frame.union(frame_of([(Decimal("12345.678"),)], "price decimal(8,3)"))
    assert rows(both) == [{"price": Decimal("1.250")}, {"price": Decimal("12345.678")}]


def test_what_no_record_holds_is_said_in_a_line(frame_of):
    made = frame_of([(1,)], "id int").map(lambda record: {"tags": {1, 2}})

    with pytest.raises(TypeError, match=r"^a transform made what no frame has: a record cannot hold a set$"):
        made.toDF()


def test_unbox_of_a_path_through_a_list_is_an_error_record(frame_of):
    assert frame_of([(["x"],)], "tags array<string>").unbox("tags.name", "json").errorsCount() == 1

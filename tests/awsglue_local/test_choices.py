import logging
from datetime import date

import pytest
from awsglue.dynamicframe import DynamicFrame, ResolveOption
from awsglue.gluetypes import LongType
from awsglue.transforms import ResolveChoice


@pytest.fixture(scope="module")
def frame(glue, tmp_path_factory) -> DynamicFrame:
    """One for all: a frame does not change, and its types are found once."""
    folder = tmp_path_factory.mktemp("choices")
    (folder / "records.json").write_text(
        '{"v": 5000000000, "s": {"p": "7"}, "a": [1, "2"]}\n{"v": "12", "s": {"p": 8}, "a": []}\n'
        '{"v": "x", "s": null, "a": null}\n'
    )
    return glue.create_dynamic_frame.from_options("s3", {"paths": [str(folder)]}, "json")


def column(frame, name):
    return [row.asDict(recursive=True)[name] for row in frame.toDF().collect()]


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("cast:long", [5000000000, 12, None]),
        ("cast:int", [None, 12, None]),
        ("cast:STRING", ["5000000000", "12", "x"]),
        ("project:long", [5000000000, None, None]),
        ("project:string", [None, "12", "x"]),
        ("project:double", [None, None, None]),
        (
            "make_struct",
            [{"long": 5000000000, "string": None}, {"long": None, "string": "12"}, {"long": None, "string": "x"}],
        ),
    ],
)
def test_one_column_takes_the_place_of_the_choice(frame, action, values):
    assert column(ResolveChoice.apply(frame, specs=[("v", action)]), "v") == values


def test_make_cols_makes_a_column_per_type(frame):
    made = frame.resolveChoice(specs=[("v", "make_cols")])

    assert made.toDF().columns == ["v_long", "v_string", "s", "a"]
    assert column(made, "v_long") == [5000000000, None, None]
    assert column(made, "v_string") == [None, "12", "x"]


def test_a_member_of_a_struct_and_the_elements_of_an_array_are_resolved_by_their_paths(frame):
    made = frame.resolveChoice(specs=[("s.p", "cast:int"), ("a[]", "project:string")])

    assert column(made, "s") == [{"p": 7}, {"p": 8}, None]
    assert column(made, "a") == [[None, "2"], [], None]


def test_a_choice_given_alone_is_made_of_every_open_choice(frame):
    made = frame.resolveChoice(choice="cast:string")

    assert made.toDF().dtypes == [("v", "string"), ("s", "struct<p:string>"), ("a", "array<string>")]


def test_specs_leave_other_choices_open(frame):
    made = frame.resolveChoice(specs=[("v", "cast:long")])

    assert [line for line in made._jdf.schema().treeString().splitlines() if "choice" in line] == [
        "|    |-- p: choice",
        "|    |-- element: choice",
    ]


def test_a_cast_also_turns_a_field_that_is_no_choice(frame_of):
    frame = frame_of([("7", [("8",)])], "id string, lines array<struct<n:string>>")

    made = frame.resolveChoice(specs=[("id", "cast:long"), ("lines[].n", "cast:int")])

    assert made.toDF().dtypes == [("id", "bigint"), ("lines", "array<struct<n:int>>")]
    assert column(made, "lines") == [[{"n": 8}]]


def test_make_cols_and_make_struct_leave_what_is_no_choice(frame_of):
    frame = frame_of([(1,)], "id int")

    assert frame.resolveChoice(specs=[("id", "make_cols")]).toDF().columns == ["id"]
    assert frame.resolveChoice(choice="make_struct").toDF().columns == ["id"]


def test_an_open_choice_becomes_a_struct_when_the_frame_becomes_rows(frame, glue):
    rows = frame.toDF()

    assert rows.dtypes[0] == ("v", "struct<long:bigint,string:string>")
    again = DynamicFrame.fromDF(rows, glue, "again")
    assert "choice" not in again._jdf.schema().treeString()


def test_to_df_may_project(frame):
    rows = frame.toDF([ResolveOption("v", "Project", LongType()), ResolveOption("s.p", "KeepAsStruct")])

    assert [row.v for row in rows.collect()] == [5000000000, None, None]


def test_apply_mapping_turns_whatever_the_choice_holds(frame):
    assert column(frame.apply_mapping([("v", "choice", "v", "string")]), "v") == ["5000000000", "12", "x"]


def test_relationalize_and_unnest_leave_a_choice_open(frame):
    for made in (frame.unnest(), frame.relationalize("root", "unused")["root"]):
        assert "|-- s.p: choice" in made._jdf.schema().treeString().splitlines()


def test_a_path_that_is_not_there_is_told(frame, caplog):
    caplog.set_level(logging.WARNING)

    frame.resolveChoice(specs=[("nope.x", "cast:int")])

    assert "no field `nope.x`" in caplog.text


@pytest.mark.parametrize(
    ("specs", "error", "says"),
    [
        ([("v", "castt:int")], ValueError, "`castt:int` is not an action; allowed are cast:<type>"),
        ([("v", "cast")], ValueError, "`cast` is not an action"),
        ([("v", "cast:number")], ValueError, "`number` is not a type"),
        ([("a[]", "make_cols")], ValueError, "cannot become columns"),
        ([("v", "match_catalog")], ValueError, "which table"),
    ],
)
def test_an_action_that_cannot_be_is_refused(frame, specs, error, says):
    with pytest.raises(error, match=says):
        frame.resolveChoice(specs=specs)


@pytest.fixture(scope="module")
def nested(glue, tmp_path_factory) -> DynamicFrame:
    """A choice inside a choice."""
    folder = tmp_path_factory.mktemp("nested")
    (folder / "records.json").write_text(
        """{"c": {"x": 1, "it's": [true, null, "z"]}}\n{"c": {"x": "t"}}\n{"c": "s"}\n{"c": null}"""
    )
    return glue.create_dynamic_frame.from_options("s3", {"paths": [str(folder)]}, "json")


def test_a_choice_inside_a_choice_is_resolved_too(nested):
    structs = nested.resolveChoice(choice="make_struct")
    columns = nested.resolveChoice(specs=[("c", "make_cols"), ("c.x", "make_cols")])

    assert "choice" not in structs._jdf.schema().treeString()
    assert [row["struct"] and row["struct"]["x"] for row in column(structs, "c")[:3]] == [
        {"int": 1, "string": None}, {"int": None, "string": "t"}, None
    ]  # fmt: skip
    assert column(structs, "c")[3] is None
    assert columns.toDF().columns == ["c_string", "c_struct"]
    assert columns.toDF().select("c_struct.x_int", "c_struct.x_string").collect()[:2] == [(1, None), (None, "t")]


def test_the_text_of_a_struct_has_the_values_of_the_choices_inside_it(nested):
    made = nested.resolveChoice(choice="cast:string")

    assert column(made, "c") == ["""{"x":1,"it's":[true,null,"z"]}""", '{"x":"t"}', "s", None]


@pytest.mark.parametrize("kind", ["date", "timestamp", "binary", "boolean", "decimal(5,2)"])
def test_a_cast_that_spark_has_not_gives_null(frame_of, kind):
    row = (1, True, b"x", 1.5, date(2024, 1, 2))
    frame = frame_of([row], "i int, t boolean, b binary, d double, y date")

    made = frame.resolveChoice(specs=[(name, f"cast:{kind}") for name in "itbdy"]).toDF()

    assert {name for _, name in made.dtypes} == {kind}
    assert None in tuple(made.collect()[0])

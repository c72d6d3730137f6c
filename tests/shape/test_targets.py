import pytest

from glue_lib.landing.notes import Notes
from glue_lib.shape.paths import text
from glue_lib.shape.targets import Columns, Stored


def seen(*values):
    notes = Notes()
    for value in values:
        notes.take(b'{"x": %s}' % value.encode())
    return notes.fields["x"]


def chains(*values, stored=None, hint="", path=("x",)):
    """Return name and type of each target, by kind, for these values at `x`."""
    notes = seen(*values)
    kinds = [
        kind for kind in ("string", "number", "boolean") if {kind, kind.replace("number", "integer")} & set(notes.kinds)
    ]
    found = Columns(Stored(stored or {})).targets(path, kinds, notes, hint)
    return {kind: [(target.name, target.type) for target in targets] for kind, targets in found.items()}


def test_one_kind_of_value_has_one_column():
    assert chains("1", "2") == {"number": [("x", "bigint")]}


def test_text_and_numbers_are_kept_apart():
    assert chains('"12"', "12") == {"string": [("x", "string")], "number": [("x__bigint", "bigint")]}


def test_text_numbers_and_booleans_have_a_column_each():
    assert chains('"a"', "1.5", "true") == {
        "string": [("x", "string")],
        "number": [("x__double", "double")],
        "boolean": [("x__boolean", "boolean")],
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["5"], {"number": [("x", "bigint")]}),
        (["1.5"], {"number": [("x", "bigint"), ("x__double", "double")]}),
        (["9223372036854775808"], {"number": [("x", "bigint"), ("x__decimal", "decimal(38,0)")]}),
        (["1" * 41], {"number": [("x", "bigint"), ("x__number", "string")]}),
        (['"a"'], {"string": [("x__string", "string")]}),
        (["true"], {"boolean": [("x__boolean", "boolean")]}),
    ],
)
def test_a_stored_integer_column_keeps_its_type(values, expected):
    assert chains(*values, stored={"$.x": ("x", "bigint")}) == expected


def test_a_stored_text_column_gets_no_numbers():
    assert chains("12", stored={"$.x": ("x", "string")}) == {"number": [("x__bigint", "bigint")]}


def test_numbers_without_a_type_go_to_a_stored_text_column_only_after_the_number_columns():
    stored = {"$.x": ("x", "string"), "$.x as bigint": ("x__bigint", "bigint")}

    assert chains("12", "1" * 41, stored=stored) == {"number": [("x__bigint", "bigint"), ("x", "string")]}


def test_stored_variants_come_before_new_ones():
    stored = {"$.x": ("x", "bigint"), "$.x as double": ("x__double", "double")}

    assert chains("1.5", stored=stored) == {"number": [("x", "bigint"), ("x__double", "double")]}
    assert chains("0.12345678901234567", stored=stored) == {
        "number": [("x", "bigint"), ("x__double", "double"), ("x__decimal", "decimal(38,17)")]
    }


def test_what_a_stored_variant_may_not_hold_ends_as_text():
    stored = {"$.x": ("x", "bigint"), "$.x as decimal": ("x__decimal", "decimal(38,0)")}

    assert chains("0.12345678901234567", stored=stored)["number"] == [
        ("x", "bigint"),
        ("x__decimal", "decimal(38,0)"),
        ("x__number", "string"),
    ]


def test_text_and_the_text_of_numbers_have_a_column_each():
    fresh = chains('"a"', "1" * 41)
    known = chains('"a"', "1" * 41, stored={"$.x": ("x", "bigint")})

    assert fresh == {"string": [("x", "string")], "number": [("x__number", "string")]}
    assert known == {"string": [("x__string", "string")], "number": [("x", "bigint"), ("x__number", "string")]}


def test_the_text_of_numbers_stays_where_it_is():
    assert chains("1" * 41) == {"number": [("x", "string")]}
    assert chains("1" * 41, stored={"$.x": ("x", "string")}) == {"number": [("x", "string")]}
    assert chains("1" * 41, stored={"$.x": ("x", "string"), "$.x as number": ("x__number", "string")}) == {
        "number": [("x__number", "string")]
    }


def test_a_demanded_type_is_tried_first_for_every_kind():
    assert chains('"1.10"', "1.5", "true", hint="decimal(18,2)") == {
        "string": [("x", "decimal(18,2)"), ("x__string", "string")],
        "number": [("x", "decimal(18,2)")],
        "boolean": [("x", "decimal(18,2)"), ("x__boolean", "boolean")],
    }


def test_demanded_text_takes_everything():
    assert chains('"a"', "1.10", "true", hint="string") == {
        key: [("x", "string")] for key in ("string", "number", "boolean")
    }


def test_a_demand_that_comes_too_late_changes_no_stored_type():
    assert chains("1.5", hint="decimal(18,2)", stored={"$.x": ("x", "bigint")})["number"][0] == ("x", "bigint")


def test_columns_keep_the_names_that_they_were_stored_under():
    stored = {"$.X": ("x", "bigint"), "$.x": ("x_1a2b", "bigint")}

    assert chains("1", stored=stored) == {"number": [("x_1a2b", "bigint")]}
    assert chains("1", stored=stored, path=("X",)) == {"number": [("x", "bigint")]}


def test_a_new_column_is_told_apart_from_a_stored_one():
    ((name, _),) = chains("1", stored={"$.X": ("x", "bigint")})["number"]

    assert name.startswith("x_") and name != "x"


def test_a_variant_is_told_apart_from_a_field_of_its_name():
    columns = Columns(Stored())
    columns.targets(("x", "_bigint"), ["string"], seen('"a"'))

    found = columns.targets(("x",), ["string", "number"], seen('"a"', "1"))

    assert found["number"][0].name.startswith("x__bigint_")


def test_stored_columns_of_a_path_are_found_with_their_variants():
    stored = Stored({"$.x": ("x", "bigint"), "$.x as double": ("x__double", "double"), "$.xy": ("xy", "string")})

    assert list(stored.of(("x",))) == [("x", "bigint"), ("x__double", "double")]


def test_comments_tell_the_path():
    found = Columns(Stored()).targets(("a b",), ["string", "number"], seen('"a"', "1"))

    assert found["string"][0].comment == text(("a b",))
    assert found["number"][0].comment == '$["a b"] as bigint'

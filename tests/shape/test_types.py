import pytest

from glue_lib.landing.notes import Notes
from glue_lib.shape.types import family, holds, is_number, natural


def numbers(*texts):
    notes = Notes()
    for text in texts:
        notes.take(b'{"x": %s}' % text.encode())
    return notes.fields["x"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "-7"], "bigint"),
        (["9223372036854775807", "-9223372036854775808"], "bigint"),
        (["9223372036854775808"], "decimal(38,0)"),
        (["1" + "0" * 37], "decimal(38,0)"),
        (["1" + "0" * 38], "string"),
        (["1" * 41], "string"),
        (["1.10", "2"], "double"),
        (["123456789012.345"], "double"),
        (["1234567890123.456"], "decimal(38,3)"),
        (["1.5", "1234567890123456"], "decimal(38,1)"),
        (["0." + "1" * 37], "decimal(38,37)"),
        (["0." + "1" * 38], "string"),
        (["1e3"], "double"),
        (["1E-7"], "double"),
        (["1e400"], "string"),
        (["1.2345678901234567e3"], "string"),
        (["0", "-0.0"], "double"),
    ],
)
def test_numbers_get_the_narrowest_type_that_holds_all_of_them(texts, expected):
    assert natural(numbers(*texts)) == expected


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        ("decimal(18,2)", ["1", "12.34"], True),
        ("decimal(18,2)", ["1.234"], False),
        ("decimal(4,2)", ["123.4"], False),
        ("decimal(18,2)", ["1e1"], False),
        ("double", ["12"], True),
        ("double", ["1234567890123456"], False),
        ("bigint", ["5.0"], False),
        ("string", ["1"], False),
        ("timestamp", ["1"], False),
    ],
)
def test_a_type_holds_numbers_only_when_the_notes_prove_it(kind, texts, expected):
    assert holds(kind, numbers(*texts)) is expected


def test_numbers_are_told_from_other_types():
    assert [kind for kind in ("bigint", "double", "decimal(3,1)", "string", "boolean", "date") if is_number(kind)] == [
        "bigint",
        "double",
        "decimal(3,1)",
    ]


def test_a_variant_is_named_without_digits():
    assert family("decimal(38,4)") == "decimal"

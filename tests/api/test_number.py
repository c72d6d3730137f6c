import pytest

from glue_lib.api.number import NumberText, exact_json, plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (NumberText("1.10"), "1.10"),
        (7, "7"),
        (True, "true"),
        (None, "null"),
        ([NumberText("1e3"), "a"], '[1e3,"a"]'),
        ({"a": [NumberText("98765432109876543210")]}, '{"a":[98765432109876543210]}'),
    ],
)
def test_writes_numbers_as_they_were(value, text):
    assert exact_json(value) == text


def test_a_body_takes_numbers_where_they_stay_exact():
    value = {"a": [NumberText("7"), NumberText("0.1234567890123456789"), NumberText("1e999")], "b": "7", "c": None}

    assert plain(value) == {"a": [7, "0.1234567890123456789", "1e999"], "b": "7", "c": None}

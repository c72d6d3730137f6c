"""Exact values keep what Python's own JSON reading loses."""

import pytest

from glue_lib.landing.exact import exact_value, is_broken, kind_of


def test_numbers_and_repeated_keys_stay_as_written():
    assert exact_value('{"a": 1.10, "a": -0, "b": [1E400, ' + "9" * 5000 + "]}") == (
        ("a", "1.10"),
        ("a", "-0"),
        ("b", ["1E400", "9" * 5000]),
    )


def test_a_number_is_told_from_a_string_of_the_same_text():
    kinds = [kind_of(value) for _, value in exact_value('{"a": 1, "b": "1", "c": 1.0, "d": {}, "e": [], "f": null}')]

    assert kinds == ["number", "string", "number", "object", "array", "null"]


def test_bytes_that_are_not_unicode_become_broken_text():
    ((_, value),) = exact_value(b'{"a": "caf\xe9"}')

    assert is_broken(value)


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "[" * 5000 + "]" * 5000, ""])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(ValueError):
        exact_value(text)

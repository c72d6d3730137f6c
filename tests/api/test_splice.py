"""One value in the place of another, and every other byte as it was."""

import json

import pytest

from glue_lib.api.splice import extended, spliced


@pytest.mark.parametrize(
    ("record", "path", "made"),
    [
        (b'{"a": [1], "b": 1.10}', ["a"], b'{"a": NEW, "b": 1.10}'),
        (b' { "x" : {"a":[ ] ,"b":"\\n"} , "n" : 1 } ', ["x", "a"], b' { "x" : {"a":NEW ,"b":"\\n"} , "n" : 1 } '),
        (b'{"a": [1], "a": [2]}', ["a"], b'{"a": [1], "a": NEW}'),
        (b'{"a\\u0062": [{"ab": 1}]}', ["ab"], b'{"a\\u0062": NEW}'),
        (b'{"t": "\\ud800 \xff", "a": {}}', ["a"], b'{"t": "\\ud800 \xff", "a": NEW}'),
        ('{"ö": "ü", "a": null}'.encode(), ["a"], '{"ö": "ü", "a": NEW}'.encode()),
        (b'{"d": {"e": {}, "a": {"z": {"a": 5}}}}', ["d", "a", "z", "a"], b'{"d": {"e": {}, "a": {"z": {"a": NEW}}}}'),
    ],
)  # fmt: skip
def test_a_value_is_replaced_and_nothing_else(record, path, made):
    assert spliced(record, path, b"NEW") == made


def test_a_key_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="the object has no `b`"):
        spliced(b'{"a": {"c": 1}}', ["a", "b"], b"[]")


@pytest.mark.parametrize(
    ("array", "more", "made"),
    [
        (b"[1, 2]", [b"3", b'{"x": 1.0}'], b'[1, 2, 3, {"x": 1.0}]'),
        (b" [ ] ", [b"3"], b" [ 3]".strip()),
        (b'[\n  "]"\n]\n', [b"3"], b'[\n  "]", 3]'),
        (b"[1]", [], b"[1]"),
    ],
)
def test_an_array_is_made_longer(array, more, made):
    assert json.loads(extended(array, more)) == json.loads(made)
    assert extended(array, more).replace(b"[ 3", b"[3") == made.replace(b"[ 3", b"[3")

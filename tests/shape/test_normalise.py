import json

import pytest

from glue_lib.shape.layout import layout
from glue_lib.shape.normalise import normalised


@pytest.fixture
def written(notes_of):
    """Write a line again, as the normaliser does when the run also has the others."""

    def write(line, *others, hints=()):
        reading = layout(notes_of(line, *others), "orders", hints=dict(hints), stored={}).reading
        return normalised(line if isinstance(line, bytes) else line.encode(), reading)

    return write


@pytest.mark.parametrize(
    "line",
    [
        '{"a":1.10,"b":-0.0,"c":1E3,"d":12345678901234567890}',
        '{"a":"1.10","b":"","c":true,"d":false}',
        '{"a":{"b":{"c":[1,2,[3]]}}}'.replace("[3]", "4"),
        '{"a":[{"b":1},null,{"b":2}]}',
        '{"a":[],"b":[1]}',
        '{"text":"tab\\t quote\\" slash\\\\ é 😀 \\u0000"}',
    ],
)
def test_what_needs_no_change_stays(written, line):
    again = written(line, '{"a": [1]}' if '"a":[]' in line else line)

    assert again == line


def test_numbers_keep_every_digit_as_their_text(written):
    assert written('{"x": %s.50}' % ("1" * 41)) == '{"x":"%s.50"}' % ("1" * 41)


def test_kinds_get_names_of_their_own(written):
    others = ['{"x": "a"}', '{"x": {"y": 1}}', '{"x": [1]}', '{"x": true}']

    assert written('{"x": 12}', *others) == '{"x__number":12}'
    assert written('{"x": "a"}', '{"x": 12}') == '{"x":"a"}'
    assert written('{"x": {"y": 1}}', *others) == '{"x__object":{"y":1}}'
    assert written('{"x": [1]}', *others) == '{"x__array":[1]}'


def test_mixed_elements_are_wrapped_and_keep_their_places(written):
    line = '{"x": [1, "a", null, {"y": 2}, [3], {}]}'

    assert json.loads(written(line))["x"] == [
        {"value__number": 1},
        {"value": "a"},
        None,
        {"value__object": {"y": 2}},
        {"value__array": [3]},
        {"value__object": {}},
    ]


def test_of_equal_keys_the_last_counts(written):
    assert written('{"x": 1, "y": 2, "x": 3}') == '{"x":3,"y":2}'
    assert written('{"x": 1, "x": null}') == "{}"


def test_keys_that_differ_by_case_are_told_apart(written):
    again = json.loads(written('{"id": 1, "ID": 2}'))

    assert again.pop("id") == 1
    ((name, value),) = again.items()
    assert name.startswith("ID_") and value == 2


def test_half_a_pair_becomes_its_escape(written):
    assert json.loads(written('{"x": "a\\ud83d"}')) == {"x": "a\\ud83d"}
    assert json.loads(written('{"x": "\\ud83d\\ude00"}')) == {"x": "😀"}


def test_bytes_that_are_no_text_become_escapes(written):
    assert json.loads(written(b'{"x": "a\xff"}')) == {"x": "a\\udcff"}


def test_nulls_and_values_without_a_column_are_left_out(written):
    assert written('{"x": null, "y": {}, "z": [], "w": 1}') == '{"w":1}'

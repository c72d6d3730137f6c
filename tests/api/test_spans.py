"""How far the inside of a cut array or object is whole; the slicing itself is tried in `test_selection.py`."""

import json
import random

import pytest

from glue_lib.api.spans import border, pairs


@pytest.mark.parametrize(
    ("inside", "whole", "end"),
    [
        (b"", -1, -1),
        (b"]", -1, 0),
        (b"1", -1, -1),
        (b"1,2", 1, -1),
        (b'{"a": [1,2]}, {"b', 12, -1),
        (b'"a,]", "b', 5, -1),
        (b'"\\",]", 5', 6, -1),
        (b'"\\\\", 5 ] , 6', 4, 8),
        (b'{"a": 1}, 2], "next": [1, 2]', 8, 11),
        (b'[1, "never closed, 2], 3', -1, -1),
        (b'1, "cut \\', 1, -1),
    ],
)
def test_the_last_comma_and_the_end_are_found(inside, whole, end):
    assert border(inside) == (whole, end)


@pytest.mark.parametrize("seed", range(50))
def test_wherever_a_text_is_cut_what_is_in_front_of_the_comma_is_whole(seed):
    dice = random.Random(seed)
    values = [dice.choice([1, "a,b", "]", '"', "\\", [1, [2]], {"a": {"b": [",", "}"]}}, None]) for _ in range(8)]
    inside = json.dumps(values)[1:].encode()

    for at in range(len(inside)):
        found = border(inside[:at])
        if found.whole >= 0:
            whole = json.loads(b"[" + inside[: found.whole] + b"]")
            assert whole == values[: len(whole)]
        assert found.end == -1
    assert border(inside).end == len(inside) - 1


def test_a_key_that_stands_twice_is_there_twice():
    assert pairs(b'{"a": 1, "b" :{}, "a":[2]}') == [("a", b"1"), ("b", b"{}"), ("a", b"[2]")]


@pytest.mark.parametrize("text", [b"{1: 2}", b"{a: 2}", b'{"a" 1}', b'{"a": 1,}', b'{"a": 1} x', b"{null: 1}"])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(ValueError, match=r"expected|Expecting"):
        pairs(text)

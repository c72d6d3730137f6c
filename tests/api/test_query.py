"""Expressions see numbers as numbers, and write them again as they were sent."""

import random

import pytest

from glue_lib.api.query import fault, found
from glue_lib.errors import ApiError

NUMBERS = [
    "0",
    "-0",
    "7",
    "1.10",
    "1E+2",
    "-12.5e-3",
    "12345678901234567890123",
    "0.1",
    "1e400",
    "9" * 5000,
    "-" + "9" * 5000,
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:12])
def test_every_number_comes_out_as_it_was_sent(number):
    body = f'{{"a": [{{"n": {number}, "in": [{number}]}}]}}'.encode()

    assert found(body, "a[].{n: n, in: in}") == [f'{{"n":{number},"in":[{number}]}}'.encode()]


def test_numbers_can_be_compared_and_sorted():
    body = b'[{"n": 1.10}, {"n": 12345678901234567890123}, {"n": -0}, {"n": 2E1}]'

    assert found(body, "[?n > `1`]") == [b'{"n":1.10}', b'{"n":12345678901234567890123}', b'{"n":2E1}']
    assert found(body, "sort_by(@, &n)[0:2]") == [b'{"n":-0}', b'{"n":1.10}']
    assert found(body, "[?n == `1.1`]") == [b'{"n":1.10}']
    assert found(body, "[?type(n) == 'number'] | [0:1]") == [b'{"n":1.10}']


def test_texts_and_nulls_come_out_as_they_were_meant():
    body = '[{"t": "é\\u00e9\\ud800", "z": null, "b": true, "e": "", "o": {}, "l": []}]'.encode()

    assert found(body, "[?b]") == [rb'{"t":"\u00e9\u00e9\ud800","z":null,"b":true,"e":"","o":{},"l":[]}']


@pytest.mark.parametrize("expression", ["a", "a.b", "[0]", "a[].b", "missing", "a[?x]"])
def test_what_finds_nothing_is_told_from_what_finds_none(expression):
    assert found(b"{}", expression) is None


def test_what_was_counted_is_exact_and_what_was_reckoned_is_refused():
    body = b'{"a": [1, 2, 12345678901234567890123]}'

    assert found(body, "[{n: length(a), s: sum(a)}]") == [b'{"n":3,"s":12345678901234567890126}']
    with pytest.raises(ApiError, match="computes a number"):
        found(b'{"a": [1.5, 2]}', "[{s: sum(a)}]")


def test_what_is_no_expression_is_told():
    assert fault("a[].b") is None
    assert "Unknown token" in str(fault("$.a"))


@pytest.mark.parametrize("seed", range(50))
def test_a_whole_answer_stays_what_it_was(seed):
    dice = random.Random(seed)

    def value(depth: int = 0) -> str:
        if depth > 3 or dice.random() < 0.5:
            return dice.choice([*NUMBERS[:9], '"x"', "null", "true"])
        inside = [value(depth + 1) for _ in range(dice.randrange(4))]
        if dice.random() < 0.5:
            return "[" + ",".join(inside) + "]"
        return "{" + ",".join(f'"k{place}":{one}' for place, one in enumerate(inside)) + "}"

    text = value()

    assert found(f'{{"a": {text}}}'.encode(), "[a]") == [text.encode()]

"""Answers too long to hold: the same records, errors and envelope as when they are held."""

import json
import random

import pytest

from glue_lib.api import selection
from glue_lib.api.body import Body
from glue_lib.api.giant import GiantJson
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError


def read(text: bytes, path: str, window: int = 7) -> tuple[list[bytes], GiantJson]:
    giant = GiantJson(Body.of([text], in_memory=0), path, window=window)
    return list(giant), giant


def test_records_come_as_sent_and_the_envelope_is_what_is_around():
    text = (
        b' {"meta": {"n": 1.10, "a": [1, {"]": "}"}]}, "data" : [ {"a": "],}"} ,\n{"b":[{}]}, {} ] , "next": "x" } \n'
    )

    elements, giant = read(text, "data")

    assert [element.strip() for element in elements] == [b'{"a": "],}"}', b'{"b":[{}]}', b"{}"]
    assert giant.found
    assert json.loads(giant.envelope) == {"meta": {"n": 1.10, "a": [1, {"]": "}"}]}, "data": [], "next": "x"}
    assert b"1.10" in giant.envelope


def spaced(dice: random.Random, value: object) -> str:
    indent = dice.choice([None, None, 0, 2])
    separators = dice.choice([(",", ":"), (", ", ": "), (" ,", " : ")])
    return json.dumps(value, indent=indent, separators=separators, ensure_ascii=dice.random() < 0.5)


def some_value(dice: random.Random, depth: int = 0) -> object:
    sorts = [None, True, 1.5, -7, "", "é", "},", '"],{', "\\", '\\"', "x" * dice.randrange(40)]
    if depth > 3 or dice.random() < 0.5:
        return dice.choice(sorts)
    size = dice.randrange(4)
    if dice.random() < 0.5:
        return [some_value(dice, depth + 1) for _ in range(size)]
    return {dice.choice(["a", "b", '"', "}", "data", ""]) + str(n): some_value(dice, depth + 1) for n in range(size)}


@pytest.mark.parametrize("seed", range(200))
def test_whatever_the_text_and_the_window_it_is_what_a_decoder_finds(seed):
    dice = random.Random(seed)
    values = [some_value(dice) for _ in range(dice.randrange(6))]
    body = {"a": some_value(dice), "in": {"b": some_value(dice), "data": values, "c": 1}, "z": some_value(dice)}
    text = spaced(dice, body).encode()

    elements, giant = read(text, "in.data", window=dice.choice([1, 2, 3, 17, 64, 4096]))

    assert [json.loads(element) for element in elements] == values
    assert json.loads(giant.envelope) == {**body, "in": {**body["in"], "data": []}}


@pytest.mark.parametrize("seed", range(100))
def test_a_damaged_text_is_refused_or_read_as_a_decoder_reads_it(seed):
    dice = random.Random(seed)
    text = spaced(dice, {"data": [some_value(dice), some_value(dice)], "next": "a"})
    at = dice.randrange(len(text))
    damaged = text[:at] + dice.choice(["", ",", "]", "}", '"', "\\", "\n", ":"]) + text[at + 1 :]

    try:
        elements, giant = read(damaged.encode(), "data", window=dice.choice([1, 5, 4096]))
    except ApiError:
        return
    expected = json.loads(damaged)
    assert [json.loads(element) for element in elements] == (expected["data"] if giant.found else [])


@pytest.mark.parametrize("window", [1, 10, 1000])
def test_wherever_a_text_is_cut_it_is_told(window):
    text = b'{"a": {"x": "yz"}, "data": [{"a": "b"}, {"c": [1, 2]}], "next": [17]}'

    for end in range(1, len(text)):
        with pytest.raises(Truncated):
            read(text[:end], "data", window)


@pytest.mark.parametrize("text", [rb'"\ud800"', b'"\xff"', rb'"\\\ud800,"'])
def test_broken_unicode_stays_as_it_was_sent(text):
    elements, giant = read(b'{"data": [{"a": ' + text + b'}, {"b": 1}], "x": ' + text + b"}", "data", 30)

    assert [one.strip() for one in elements] == [b'{"a": ' + text + b"}", b'{"b": 1}']
    assert giant.envelope.endswith(text + b"}")


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (b"<html>" + b"x" * 100, "data", "not JSON but HTML"),
        (b'{"data": [{}], "data": [{}]}', "data", "the key `data` twice"),
        (b'{"data": [{},]}', "data", "not valid JSON"),
        (b'{"data": [,{}]}', "data", "not valid JSON"),
        (b'{"data": [{},,{}]}', "data", "not valid JSON"),
        (b'{"data": [{} {}]}', "data", "not valid JSON"),
        (b'{"data": [{]]}', "data", "not valid JSON|is cut off"),
        (b'{"data": [{}]} and more', "data", "something follows"),
        (b'{"data": [{}]}{"data": []}', "data", "something follows"),
        (b'{"data": [{}] "next": 1}', "data", "`,` is missing"),
        (b'{"data" [{}]}', "data", "`:` is missing"),
        (b'{"data": [{}], "next": nul}', "data", "not valid JSON"),
        (b'{"data": [{}], "next": }', "data", "a value is missing"),
        (b'{"data": [{}], next: 1}', "data", "a key is no text"),
        (b'{"data": [NaN]}', "data", "not valid JSON"),
        (b'{"data": {"a": 1}}', "data", "the records are an object, not an array"),
        (b'[{"data": []}]', "", None),
        (b'{"data": []}', "", "the records are an object, not an array"),
    ],
)
def test_what_is_wrong_is_told(text, path, said):
    if said is None:
        assert read(text, path)[0] == [b'{"data": []}']
        return
    for window in (1, 8, 1000):
        with pytest.raises(ApiError, match=said):
            read(text, path, window)


@pytest.mark.parametrize("text", [b'{"items": [1, 2]}', b'{"data": null}', b'{"data": "x"}', b"5", b'"text"', b"[1]"])
def test_without_records_the_envelope_is_the_whole_text(text):
    elements, giant = read(text, "data", 3)

    assert elements == []
    assert not giant.found
    assert json.loads(giant.envelope) == json.loads(text)


def test_memory_does_not_grow_with_the_answer(monkeypatch):
    record = b'{"id": 1, "text": "' + b"x" * 200 + b'", "in": [{"a": 1}, {"b": 2}]},\n'

    def chunks():
        yield b'{"data": ['
        for _ in range(100):
            yield record * 100
        yield b'{"id": 2}], "next": null}'

    giant = GiantJson(Body.of(chunks(), in_memory=0), "data", window=4096)
    most, count = 0, 0
    for _ in giant:
        count += 1
        most = max(most, len(giant._text))

    assert count == 10_001
    assert most < 3 * 4096


def test_a_long_record_is_waited_for():
    record = b'{"a": "' + b"x" * 100_000 + b'"}'

    elements, _ = read(b'{"data": [' + record + b"," + record + b"]}", "data", 64)

    assert elements == [record, record]


def test_too_much_around_the_records_is_refused(monkeypatch):
    monkeypatch.setattr("glue_lib.api.giant.MOST_AROUND", 1000)
    with pytest.raises(ApiError, match="stand around the records"):
        read(b'{"included": "' + b"x" * 2000 + b'", "data": []}', "data")


def test_keyed_records_are_sliced_with_their_keys():
    giant = GiantJson(
        Body(b'{"users": {"a,}": {"x": 1}, "b": {}, "b": {"y": [2]}}}'),
        "users",
        opening=b"{",
        sliced=lambda inside: [value for _, value in selection.pairs(b"{" + inside + b"}")],
        window=4,
    )

    assert list(giant) == [b'{"x": 1}', b"{}", b'{"y": [2]}']

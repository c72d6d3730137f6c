import json
import random

import pytest

from glue_lib.api import spans
from glue_lib.api.number import NumberText
from glue_lib.api.selection import Truncated, elements, field, members, raw, records
from glue_lib.errors import ApiError


def test_records_are_the_bytes_that_were_sent():
    body = b'{"data": [ {"n" : 1.10,"big":12345678901234567890123,"e":1E+2} , {"s":"\\u00e9\xc3\xa9\\/","s":2} ]}'

    assert records(body, "data") == (
        b'{"n" : 1.10,"big":12345678901234567890123,"e":1E+2}',
        b'{"s":"\\u00e9\xc3\xa9\\/","s":2}',
    )


def test_finds_records_deep_and_at_the_top():
    assert records(b'{"a": {"b.c": [{"x": 1}]}}', 'a."b.c"') == (b'{"x": 1}',)
    assert records(b' [{"x": 1}, {}] ', "") == (b'{"x": 1}', b"{}")
    assert records(b'{"data": []}', "data") == ()


def test_a_key_may_stand_elsewhere_too():
    assert records(b'{"a": {"data": 1, "in": 2}, "in": {"data": [{"data": [], "in": 1}]}}', "in.data") == (
        b'{"data": [], "in": 1}',
    )


def test_a_record_is_one_line_and_its_values_stay():
    body = b'{"data": [\r\n  {\n    "text": "a\\nb",\r\n    "n": 1\n  }\n]}'

    (record,) = records(body, "data")

    assert b"\n" not in record
    assert b"\r" not in record
    assert json.loads(record) == {"text": "a\nb", "n": 1}


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        (b'{"items": [], "meta": {}}', "data", "has no `data`.*arrays of the body: `items`"),
        (b'{"error": {}}', "data", "has no `data`.*the body has no array"),
        (b'{"data": null}', "data", "`data` is null"),
        (b'{"data": {"a": 1}}', "data", "`data` is an object"),
        (b'{"data": "[]"}', "data", "`data` is a text"),
        (b'{"data": [5, 6]}', "data", "record 1 of `data` is a number, and no other is an object"),
        (b'{"data": [null]}', "data", "record 1 of `data` is null"),
        (b'{"data": [{}]}', "", "the body is an object.*arrays of the body: `data`"),
        (b'[{"data": []}]', "data", "leads through an array before `data`"),
        (b'{"a": 5}', "a.b", "leads through a number before `b`"),
        (b'{"data": [{"a": 1}], "data": [{"a": 2}]}', "data", "the key `data` twice"),
        (b'{"in": {"data": [{}], "data": []}}', "in.data", "the key `data` twice"),
        (b'{"in": {"data": [{}]}, "in": {"data": []}}', "in.data", "the key `in` twice"),
        (b"null", "", "the body is null"),
        (b"<html></html>", "data", "not JSON but HTML or XML"),
        (b"Service unavailable", "data", "is not JSON"),
        (b"nonsense", "data", "is not JSON"),
        (b"true enough", "data", "is not JSON"),
        (b"nan", "data", "is not JSON"),
        (b"2024-01-31", "data", "is not JSON"),
        (b"no route", "data", "is not JSON"),
        (b"-", "data", "is not JSON"),
        (b'{"data": [{"a": NaN}]}', "data", "not valid JSON"),
        (b'{"data": [{"a": 01}]}', "data", "not valid JSON"),
        (b'{"data": [{"a": 1},]}', "data", "not valid JSON"),
        (b'{"data": []} and more', "data", "not valid JSON"),
        (b'{"data": [{"a": "line\nbreak"}]}', "data", "not valid JSON"),
        (b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "data", "nested too deep"),
    ],
)
def test_an_answer_without_records_is_an_error(body, path, said):
    with pytest.raises(ApiError, match=said):
        records(body, path)


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b'{"data": [{"a": 1}', b'{"data": [{"a": "x', b'{"data"', b"[{},"])
def test_a_cut_off_body_is_told_from_a_wrong_one(body):
    with pytest.raises(Truncated):
        records(body, "data" if body.startswith(b"{") else "")


def test_values_come_exactly():
    record = (
        b'{"id": 12345678901234567890, "p": 1.10, "t": "a\\u00e9", "f": false, "z": null, "a": {"b": "x"}, "e": []}'
    )

    assert field(record, "id") == "12345678901234567890"
    assert isinstance(field(record, "id"), NumberText)
    assert field(record, "p") == "1.10"
    assert field(record, "t") == "aé"
    assert not isinstance(field(record, "t"), NumberText)
    assert field(record, "f") is False
    assert [field(record, path) for path in ("z", "missing", "a.missing", "z.deeper", "e", "e.deeper")] == [None] * 6
    assert field(record, "a.b") == "x"


@pytest.mark.parametrize(
    ("path", "said"), [("a", "is an object"), ("l", "is an array"), ("l.x", "leads through an array")]
)
def test_a_place_without_a_single_value_is_an_error(path, said):
    with pytest.raises(ApiError, match=said):
        field(b'{"a": {"b": 1}, "l": [1]}', path)


@pytest.mark.parametrize(
    "text",
    [
        rb'"\ud800"',
        rb'"\udc00 at the start"',
        rb'"\ud800\u0041"',
        rb'"before \ud83d and a long text after"',
        rb'"\ud83d\ude00 whole"',
        b'"\xff\xfe not utf-8"',
        rb'"\\ud800 escaped"',
    ],
)
def test_broken_unicode_stays_as_it_was_sent(text):
    record = b'{"a": ' + text + b', "n": 1.10}'

    assert records(b'{"bad": ' + text + b', "data": [' + record + b" , {}]}", "data") == (record, b"{}")
    assert raw(record, "a") == text
    assert field(record, "n") == "1.10"


def test_a_lone_surrogate_can_be_read():
    assert field(rb'{"a": "\ud800"}', "a") == "\ud800"


def random_json(dice: random.Random, depth: int = 0) -> str:
    space = lambda: dice.choice(["", "", " ", "\n ", "\t"])  # noqa: E731
    match dice.randrange(7 if depth < 4 else 5):
        case 0:
            return dice.choice(["null", "true", "false"])
        case 1:
            return dice.choice(["0", "-0", "1.10", "1e5", "-12.5E-3", str(dice.getrandbits(90))])
        case 2 | 3 | 4:
            return dice.choice(['""', '"a,b]}"', '"\\"]"', '"\\\\"', '"é"', '"\\ud800"', '"{[:"'])
        case 5:
            inside = [space() + random_json(dice, depth + 1) + space() for _ in range(dice.randrange(4))]
            return "[" + ",".join(inside) + ("" if inside else space()) + "]"
    names = dice.sample(['"a"', '"b.c"', '"\\u0041"', '"é"', '"]"'], dice.randrange(4))
    inside = [space() + name + space() + ":" + space() + random_json(dice, depth + 1) + space() for name in names]
    return "{" + ",".join(inside) + ("" if inside else space()) + "}"


@pytest.mark.parametrize("seed", range(300))
def test_both_ways_of_slicing_agree_with_a_decoder(seed):
    dice = random.Random(seed)
    values = [random_json(dice) for _ in range(5)]
    array = ("[" + " , ".join(values) + "]").encode()
    json_object = ("{" + ",".join(f'"{n}" :{value}' for n, value in enumerate(values)) + "}").encode()

    assert elements(array) == spans.elements(array) == [value.encode() for value in values]
    assert members(json_object) == spans.members(json_object) == {str(n): v.encode() for n, v in enumerate(values)}


@pytest.mark.parametrize("seed", range(100))
def test_a_damaged_text_is_never_sliced_otherwise_than_decoded(seed):
    dice = random.Random(seed)
    text = f"[{random_json(dice)},{random_json(dice)}]"
    at = dice.randrange(len(text))
    damaged = (text[:at] + dice.choice(["", ",", "]", '"', "\\", "\n"]) + text[at + 1 :]).encode()

    try:
        found = elements(damaged)
    except ApiError:
        return
    assert [json.loads(value) for value in found] == json.loads(damaged)

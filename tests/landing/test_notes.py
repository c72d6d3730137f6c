"""Notes are exact for any JSON: held against a slow, obvious model on random records."""

import json
import random
import re
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest

from glue_lib.landing.notes import DEEPEST, Notes, _noted_exactly, _noted_quickly


def of(*records: str | bytes) -> Notes:
    notes = Notes()
    for record in records:
        notes.take(record.encode() if isinstance(record, str) else record)
    return notes


def test_counts_the_kinds_at_every_path():
    notes = of('{"id": 7, "tags": ["a", null], "donor": {"vip": true}}', '{"id": "7", "tags": []}')

    assert notes.kinds == {"object": 2}
    assert notes.fields["id"].kinds == {"integer": 1, "string": 1}
    assert notes.fields["tags"].kinds == {"array": 2}
    assert notes.fields["tags"].element.kinds == {"string": 1, "null": 1}
    assert notes.fields["donor"].fields["vip"].kinds == {"boolean": 1}


def test_an_empty_array_says_nothing_about_its_elements():
    assert of('{"tags": []}').fields["tags"].element is None


def test_elements_of_arrays_in_arrays_have_their_own_notes():
    assert of('{"grid": [[1], ["x", {"y": 2.5}]]}').fields["grid"].element.element.kinds == {
        "integer": 1,
        "string": 1,
        "object": 1,
    }


@pytest.mark.parametrize(
    ("written", "kind", "before", "after", "significant", "exponent"),
    [
        ("0", "integer", 1, 0, 1, False),
        ("-0", "integer", 1, 0, 1, False),
        ("-12345", "integer", 5, 0, 5, False),
        ("1.10", "number", 1, 2, 3, False),
        ("-0.0015", "number", 1, 4, 2, False),
        ("1200.0", "number", 4, 1, 5, False),
        ("0.00", "number", 1, 2, 1, False),
        ("1e5", "number", 6, 0, 1, True),
        ("1.25E1", "number", 2, 1, 3, True),
        ("1.5e-3", "number", 1, 4, 2, True),
        ("0e400", "number", 1, 0, 1, True),
        ("0.0e-400", "number", 1, 1, 1, True),
        ("1e+" + "9" * 50, "number", 10**9 + 1, 0, 1, True),
        ("1e-" + "9" * 5000, "number", 1, 10**9, 1, True),
        ("9" * 41, "integer", 41, 0, 41, False),
        ("9" * 5000, "integer", 5000, 0, 5000, False),
    ],
)
def test_numbers_are_noted_as_written(written, kind, before, after, significant, exponent):
    notes = of(f'{{"n": {written}}}').fields["n"]

    assert notes.kinds == {kind: 1}
    assert (notes.int_digits, notes.fraction_digits, notes.significant_digits) == (before, after, significant)
    assert notes.exponent is exponent


@pytest.mark.parametrize(
    ("written", "over"),
    [
        (str(2**63 - 1), False),
        (str(2**63), True),
        (str(-(2**63)), False),
        (str(-(2**63) - 1), True),
        ("1" + "0" * 30, True),
        ("1e30", False),
    ],
)
def test_an_integer_beyond_64_bits_is_noted(written, over):
    assert of(f'{{"n": {written}}}').fields["n"].over_64_bits is over


def test_the_largest_digits_win_over_all_records():
    notes = of('{"n": 123456}', '{"n": 1.2345}', '{"n": 7}').fields["n"]

    assert (notes.int_digits, notes.fraction_digits, notes.significant_digits) == (6, 4, 6)


def test_both_values_of_a_duplicate_key_are_noted():
    notes = of('{"donor": {"id": 1, "id": "x"}}')

    assert notes.fields["donor"].duplicate_keys and not notes.duplicate_keys
    assert notes.fields["donor"].fields["id"].kinds == {"integer": 1, "string": 1}


@pytest.mark.parametrize(
    ("record", "broken"),
    [
        (rb'{"s": "\ud83d"}', True),
        (rb'{"s": "\uDC00 x"}', True),
        (rb'{"s": "\ud83d\ude00"}', False),
        ('{"s": "😀 é"}'.encode(), False),
        (rb'{"s": "\\ud83d"}', False),
        (b'{"s": "caf\xe9"}', True),
        (b'{"s": "\xed\xa0\xbd\xed\xb8\x80"}', True),
    ],
)
def test_text_that_is_not_unicode_is_noted(record, broken):
    assert of(record).fields["s"].broken_text is broken


def test_a_key_that_is_not_unicode_is_noted_at_its_object():
    notes = of(rb'{"a": {"\ud83d": 1}}')

    assert notes.fields["a"].broken_text and not notes.broken_text
    assert Notes.from_json(json.loads(json.dumps(notes.to_json()))) == notes


@pytest.mark.parametrize(
    "record",
    ["", "{", "[1", "1 2", '{"a": NaN}', '{"a": 01}', '{"a": 1} x', '{"a": "\n"}', '{"a":' * 2000 + "1" + "}" * 2000],
)
def test_what_is_no_json_is_refused_and_leaves_the_notes_as_they_were(record):
    notes = of('{"a": 1}')
    with pytest.raises(ValueError):
        notes.take(record.encode())

    assert notes == of('{"a": 1}')


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def test_nesting_is_refused_only_beyond_the_deepest():
    notes = of(nested(DEEPEST))
    assert notes.merge(Notes.from_json(notes.to_json())).kinds == {"object": 2}

    with pytest.raises(ValueError, match="nested deeper than 200"):
        of(nested(DEEPEST + 1))


def test_many_flat_objects_are_not_mistaken_for_depth():
    assert of('{"items": [' + ",".join(["{}"] * 1000) + "]}").fields["items"].element.kinds == {"object": 1000}


def test_fields_keep_the_order_in_which_they_appeared():
    assert list(of('{"b": 1, "a": 2}', '{"c": 3, "a": 4}').fields) == ["b", "a", "c"]


def test_the_json_form_leaves_out_what_was_never_seen():
    assert of('{"id": 7, "tags": []}').to_json() == {
        "kinds": {"object": 1},
        "fields": {
            "id": {"kinds": {"integer": 1}, "int_digits": 1, "significant_digits": 1},
            "tags": {"kinds": {"array": 1}},
        },
    }


def test_merging_shares_nothing_with_its_arguments():
    first, second = of('{"a": 1}'), of('{"b": [1]}')
    merged = first.merge(second)
    merged.take(b'{"a": "x", "b": ["x"]}')

    assert (first, second) == (of('{"a": 1}'), of('{"b": [1]}'))


# The model: the same notes in the most obvious way, from values generated together with their text.

Value = Callable[[random.Random, int], str]


def a_number(rng: random.Random, _: int) -> str:
    whole = str(rng.choice([0, 7, 10, 2**63 - 1, 2**63, 10**25, rng.randrange(10**6), rng.randrange(10**18, 10**20)]))
    fraction = "." + "".join(rng.choices("0123456789", k=rng.randrange(1, 20))) if rng.random() < 0.4 else ""
    exponent = rng.choice("eE") + rng.choice(["", "+", "-"]) + str(rng.randrange(40)) if rng.random() < 0.3 else ""
    return rng.choice(["", "-"]) + whole + fraction + exponent


def a_string(rng: random.Random, _: int) -> str:
    return '"' + "".join(rng.choices(STRING_PIECES, k=rng.randrange(5))) + '"'


def an_array(rng: random.Random, depth: int) -> str:
    return "[" + ",".join(a_value(rng, depth - 1) for _ in range(rng.randrange(4))) + "]"


def an_object(rng: random.Random, depth: int) -> str:
    keys = rng.choices(['"a"', '"A"', '"b"', '"é"', '""', '"a.b"', r'"\u0061"', r'"\ud800"'], k=rng.randrange(5))
    return "{" + ", ".join(f"{key}: {a_value(rng, depth - 1)}" for key in keys) + "}"


def a_value(rng: random.Random, depth: int) -> str:
    flat: list[Value] = [a_number, a_number, a_string, a_string, lambda *_: rng.choice(["true", "false", "null"])]
    return rng.choice(flat + [an_array, an_object] * 2 if depth > 0 else flat)(rng, depth)


STRING_PIECES = ["a", " ", r"\"", r"\\", r"\n", "é", "😀", "12", r"\u00e9", r"\ud83d\ude00", r"\ud83d", r"\udc00", "{"]


class Written(str):
    pass


def model(value: Any, seen: dict[tuple[str, ...], dict[str, Any]], path: tuple[str, ...] = ()) -> None:
    """Collect facts per path from a fully decoded value in which objects are tuples of pairs and numbers `Written`."""
    at = seen.setdefault(path, {"kinds": [], "numbers": [], "texts": [], "duplicates": False})
    if isinstance(value, Written):
        at["kinds"].append("integer" if re.fullmatch(r"-?\d+", value) else "number")
        at["numbers"].append(str(value))
    elif isinstance(value, str):
        at["kinds"].append("string")
        at["texts"].append(value)
    elif isinstance(value, tuple):
        at["kinds"].append("object")
        names = [name for name, _ in value]
        at["texts"] += names
        at["duplicates"] |= len(set(names)) < len(names)
        for name, below in value:
            model(below, seen, (*path, f".{name}"))
    elif isinstance(value, list):
        at["kinds"].append("array")
        for below in value:
            model(below, seen, (*path, "[]"))
    else:
        at["kinds"].append("null" if value is None else "boolean")


def broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def check(notes: Notes, seen: dict[tuple[str, ...], dict[str, Any]], path: tuple[str, ...] = ()) -> int:
    at = seen[path]
    assert notes.kinds == {kind: at["kinds"].count(kind) for kind in at["kinds"]}
    assert notes.duplicate_keys is at["duplicates"]
    assert notes.broken_text is any(map(broken, at["texts"]))
    numbers = [Decimal(number) for number in at["numbers"]]
    assert notes.int_digits == max([max(n.adjusted() + 1 if n else 1, 1) for n in numbers], default=0)
    plain = [max(-n.as_tuple().exponent, 0) for n in numbers if n]
    zeros = [len(re.sub(r"[eE].*", "", text).partition(".")[2]) for text in at["numbers"] if not Decimal(text)]
    assert notes.fraction_digits == max(plain + zeros, default=0)
    assert notes.significant_digits == max([len(n.as_tuple().digits) if n else 1 for n in numbers], default=0)
    assert notes.exponent is any("e" in number.lower() for number in at["numbers"])
    assert notes.over_64_bits is any(
        re.fullmatch(r"-?\d+", number) is not None and not -(2**63) <= int(number) < 2**63 for number in at["numbers"]
    )
    assert set(notes.fields) == {
        deeper[-1][1:] for deeper in seen if deeper[:-1] == path and deeper != path and deeper[-1] != "[]"
    }
    assert (notes.element is not None) is ((*path, "[]") in seen)
    return (
        1
        + sum(check(below, seen, (*path, f".{name}")) for name, below in notes.fields.items())
        + (check(notes.element, seen, (*path, "[]")) if notes.element else 0)
    )


@pytest.mark.parametrize("seed", range(60))
def test_random_records_are_noted_as_the_model_says(seed):
    rng = random.Random(seed)
    records = [an_object(rng, 4) for _ in range(rng.randrange(1, 12))]
    seen: dict[tuple[str, ...], dict[str, Any]] = {}
    for record in records:
        model(json.loads(record, object_pairs_hook=tuple, parse_int=Written, parse_float=Written), seen)

    assert check(of(*records), seen) == len(seen)


@pytest.mark.parametrize("seed", range(60))
def test_records_taken_together_are_noted_as_one_by_one(seed):
    rng = random.Random(seed)
    records = [an_object(rng, 4) for _ in range(rng.randrange(12))]
    together = Notes()
    together.take_all([record.encode() for record in records])

    assert together == of(*records)


@pytest.mark.parametrize("seed", range(300))
def test_the_quick_way_gives_the_very_notes_of_the_exact_way_or_none(seed):
    rng = random.Random(seed)
    pieces = [[an_object, sound_object][rng.random() < 0.8](rng, 3).encode() for _ in range(rng.randrange(1, 6))]
    quick, exact = _noted_quickly(pieces), _noted_exactly(pieces)

    assert quick is None or json.dumps(quick.to_json()) == json.dumps(exact.to_json())


@pytest.mark.parametrize("seed", range(20))
def test_sound_records_take_the_quick_way(seed):
    rng = random.Random(seed)

    assert _noted_quickly([sound_object(rng, 3).encode() for _ in range(5)]) is not None


@pytest.mark.parametrize(
    "record",
    [
        '{"a": 1, "a": 2}',
        '{"a" : 1, "a": 2}',
        '{"a"\t: 1, "a"  :2}',
        r'{"a": 1, "\u0061": 2}',
        r'{"a": 1, "a": "\":"}',
        r'{"a": "\":"}',
        r'{"\":": 1, "\":": 2}',
        '{"a": {"b": [{"c": 1, "c": 2}]}}',
        r'{"a": "\ud83d"}',
        '{"a": ' + "9" * 5000 + "}",
        nested(DEEPEST + 1),
        "[]",
        "{",
    ],
)
def test_what_might_get_lost_on_the_quick_way_takes_the_exact_way(record):
    assert _noted_quickly([b"{}", record.encode()]) is None


def sound_object(rng: random.Random, depth: int) -> str:
    """An object as most APIs send it: distinct keys, and text that is Unicode."""
    while True:
        text = an_object(rng, depth)
        value = json.loads(text, object_pairs_hook=lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else {1})
        if not broken(json.dumps(value, default=lambda _: "\ud800", ensure_ascii=False)):
            return text


def test_one_bad_record_is_named_and_none_is_noted():
    notes = Notes()
    with pytest.raises(ValueError, match="record 2: "):
        notes.take_all([b'{"a": 1}', b"[1,]"])

    assert notes == Notes()


def test_of_a_record_that_is_no_object_the_kind_alone_is_noted():
    notes = Notes()
    notes.take_all([b'{"a": 1}', b'[{"b": 2}]', b"null", b'"x"', b"7", b"true"])

    assert notes.to_json() == {
        "kinds": {"object": 1, "array": 1, "null": 1, "string": 1, "number": 1, "boolean": 1},
        "fields": {"a": {"kinds": {"integer": 1}, "int_digits": 1, "significant_digits": 1}},
    }


def test_text_of_one_record_does_not_hide_that_of_another():
    notes = Notes()
    notes.take_all([b'{"s": "plain"}', rb'{"s": "\uD83D"}', '{"s": "é"}'.encode()])

    assert notes.fields["s"].broken_text


@pytest.mark.parametrize("seed", range(40))
def test_merging_in_any_grouping_equals_taking_all_records(seed):
    rng = random.Random(seed)
    records = [an_object(rng, 4) for _ in range(9)]
    a, b, c = of(*records[:3]), of(*records[3:5]), of(*records[5:])

    assert a.merge(b).merge(c) == a.merge(b.merge(c)) == of(*records)
    assert b.merge(a) == a.merge(b)
    assert json.dumps(a.merge(b).merge(c).to_json()) == json.dumps(a.merge(b.merge(c)).to_json())
    assert reduce(Notes.merge, [a, b, c], Notes()) == of(*records)


@pytest.mark.parametrize("seed", range(20))
def test_the_json_form_brings_back_the_same_notes(seed):
    rng = random.Random(seed)
    notes = of(*[an_object(rng, 4) for _ in range(5)])

    assert Notes.from_json(json.loads(json.dumps(notes.to_json()))) == notes

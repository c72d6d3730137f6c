"""The exact normaliser: a landed record, written again so that Spark's JSON reader reads it without a loss.

Keys and kinds of value get the names that the reading gives them, a map becomes an array of its entries, numbers that
no number type holds become their text, of a key that stands twice in an object the last one counts, and half a
surrogate pair, which no UTF-8 text can hold, becomes its escape (`\\ud83d`). Nothing else changes: numbers keep every
digit.
"""

import json
from typing import Any

from glue_lib.landing.exact import exact_value, kind_of
from glue_lib.shape.paths import escaped
from glue_lib.shape.reading import ENTRY_NAME, Reading
from glue_lib.shape.types import TEXT


def normalised(record: bytes | str, reading: Reading) -> str:
    """Return the record as one line of JSON with the names of `reading`; values that it does not name are left out."""
    value = exact_value(record)
    return _object(value, reading) if type(value) is tuple else "{}"  # what is no object is set aside


def _object(pairs: Any, reading: Reading) -> str:
    members: dict[str, str] = {}
    for key, value in dict(pairs).items():
        below = reading.fields.get(key)
        kind = _kind(value, below) if below else ""
        if below and kind in below.names:
            members[below.names[kind]] = _value(value, kind, below)
    return "{" + ",".join(f"{_text(name)}:{value}" for name, value in members.items()) + "}"


def _array(values: list[Any], element: Reading) -> str:
    return "[" + ",".join(_element(value, element) for value in values) + "]"


def _map(pairs: Any, entry: Reading) -> str:
    """Return a map as an array of its entries, by their keys: the members of an object have no order of their own."""
    return "[" + ",".join(_entry(key, value, entry) for key, value in sorted(dict(pairs).items())) + "]"


def _entry(key: str, value: Any, reading: Reading) -> str:
    kind = _kind(value, reading)
    member = f",{_text(reading.names[kind])}:{_value(value, kind, reading)}" if kind in reading.names else ""
    return f"{{{_text(ENTRY_NAME)}:{_text(key)}{member}}}"


def _element(value: Any, reading: Reading) -> str:
    kind = _kind(value, reading)
    if kind not in reading.names:  # a null, or content that makes no column: its place in the array stays
        return "null"
    written = _value(value, kind, reading)
    return f"{{{_text(reading.names[kind])}:{written}}}" if reading.names[kind] else written


def _kind(value: Any, reading: Reading) -> str:
    kind = kind_of(value)
    return "map" if kind == "object" and "map" in reading.names else kind


def _value(value: Any, kind: str, reading: Reading) -> str:
    if kind == "map":
        return _map(value, reading.entry) if reading.entry else "null"
    if kind == "object":
        return _object(value, reading)
    if kind == "array":
        return _array(value, reading.element) if reading.element else "null"
    if kind == "number":
        return _text(str(value)) if reading.types[kind] == TEXT else str(value)
    return _text(value) if kind == "string" else json.dumps(value)


def _text(value: str) -> str:
    return json.dumps(escaped(value), ensure_ascii=False)

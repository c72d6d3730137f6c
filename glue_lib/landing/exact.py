"""JSON as values that lose nothing: Python's own reading turns `1.10` into 1.1 and keeps one of two equal keys."""

import json
from typing import Any


class Number(str):
    """A number as it was written: never through a double, never through Python's limit on digits."""

    __slots__ = ()


class Integer(Number):
    """A number written without point and exponent."""

    __slots__ = ()


def exact_value(record: bytes | str) -> Any:
    """Return a JSON text as values: objects as tuples of pairs, arrays as lists, numbers as they were written.

    Bytes that are not UTF-8 become lone surrogates; what is not JSON, or nested too deeply to read, is a ValueError.
    """
    try:
        return _DECODER.decode(record if isinstance(record, str) else record.decode(errors="surrogateescape"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def kind_of(value: Any) -> str:
    """Return the kind of such a value; integers are `number` here."""
    return _KINDS[type(value)]


def is_broken(text: str) -> bool:
    """Whether the text is not Unicode: it holds half of a surrogate pair."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


_KINDS: dict[type, str] = {
    str: "string",
    Number: "number",
    Integer: "number",
    tuple: "object",
    list: "array",
    bool: "boolean",
    type(None): "null",
}


def _not_json(constant: str) -> None:
    raise ValueError(f"`{constant}` is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=tuple, parse_int=Integer, parse_float=Number, parse_constant=_not_json)

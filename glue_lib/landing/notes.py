"""Type notes: what the records of a stream really contain, path by path, taken from their bytes while they pass.

They keep one promise: everything that decides a column's type is noted exactly as written. `1.10` has two fraction
digits, `12345678901234567890` does not fit in 64 bits, `{"a": 1, "a": 2}` has a duplicate key. Notes only ever grow:
merging is associative, and noting some records twice changes nothing but the counts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

from glue_lib.landing.exact import Integer, Number, exact_value, is_broken, kind_of

__all__ = ["DEEPEST", "Notes", "exact_value", "kind_of"]

#: How deep a record may be nested: far above any real API, and far below what overflows the stack of a reader.
DEEPEST = 200

_FLAGS = ("exponent", "over_64_bits", "duplicate_keys", "broken_text")
_DIGITS = ("int_digits", "fraction_digits", "significant_digits")
_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")
_LARGEST_EXPONENT = 10**9  # beyond it every column type has long given up; the cap keeps the notes small


@dataclass(slots=True)
class Notes:
    """What was seen at one path; `fields` and `element` hold the paths below it.

    `{"id": 7, "tags": ["a", null]}` gives kinds {"object": 1}, and below it `id` with {"integer": 1} and `tags` with
    {"array": 1}, whose element has {"string": 1, "null": 1}. A record without a field is not counted at that field.
    """

    kinds: dict[str, int] = field(default_factory=dict)  # null, boolean, integer, number, string, object, array
    int_digits: int = 0  # most digits before the point, the exponent applied; at least 1 once a number was seen
    fraction_digits: int = 0  # most digits after it, trailing zeros included
    significant_digits: int = 0  # most digits from the first that is not zero, as written
    exponent: bool = False  # some number was written with an exponent
    over_64_bits: bool = False  # some integer does not fit in a signed 64-bit integer
    duplicate_keys: bool = False  # some object here has a key twice; both values are noted
    broken_text: bool = False  # a string here, or a key of an object here, is not Unicode (a lone surrogate)
    fields: dict[str, "Notes"] = field(default_factory=dict)  # in the order in which they first appeared
    element: "Notes | None" = None  # all elements of all arrays seen here; None while every array was empty

    @property
    def colliding_keys(self) -> bool:
        """Whether two keys seen here, in one record or in different ones, differ only by case."""
        return len({name.upper().lower() for name in self.fields}) < len(self.fields)

    def take(self, record: bytes) -> None:
        """Note one record, a JSON object; anything else is a ValueError, and then nothing is noted."""
        value = exact_value(record)
        if type(value) is not tuple:
            raise ValueError("a record must be a JSON object")
        if record.count(b"{") + record.count(b"[") > DEEPEST and _is_deeper(value, DEEPEST):
            raise ValueError(f"nested deeper than {DEEPEST}")
        self._see(value, _QUICK if b"\\u" not in record and _is_utf8(record) else _CAREFUL)

    def merge(self, other: "Notes") -> "Notes":
        """Return the notes of both; neither argument changes, and nothing is shared with the result."""
        merged = Notes(**{name: max(getattr(self, name), getattr(other, name)) for name in _DIGITS + _FLAGS})
        merged.kinds = {kind: self.kinds.get(kind, 0) + other.kinds.get(kind, 0) for kind in self.kinds | other.kinds}
        for name in self.fields | other.fields:
            merged.fields[name] = self.fields.get(name, _NOTHING).merge(other.fields.get(name, _NOTHING))
        if self.element or other.element:
            merged.element = (self.element or _NOTHING).merge(other.element or _NOTHING)
        return merged

    def to_json(self) -> dict[str, Any]:
        """Return the compact JSON form: what was never seen is left out."""
        compact: dict[str, Any] = {"kinds": dict(self.kinds)}
        compact |= {name: getattr(self, name) for name in _DIGITS + _FLAGS if getattr(self, name)}
        if self.fields:
            compact["fields"] = {name: notes.to_json() for name, notes in self.fields.items()}
        if self.element:
            compact["element"] = self.element.to_json()
        return compact

    @classmethod
    def from_json(cls, compact: dict[str, Any]) -> Self:
        """Return the notes that `to_json` wrote."""
        notes = cls(**{name: compact[name] for name in ("kinds", *_DIGITS, *_FLAGS) if name in compact})
        notes.fields = {name: cls.from_json(below) for name, below in compact.get("fields", {}).items()}
        notes.element = cls.from_json(compact["element"]) if "element" in compact else None
        return notes

    def _see(self, value: Any, ways: "_Ways") -> None:
        kind, see = ways[type(value)]
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if see is not None:
            see(self, value, ways)

    def _see_object(self, pairs: tuple[tuple[str, Any], ...], ways: "_Ways") -> None:
        if len(dict(pairs)) < len(pairs):
            self.duplicate_keys = True
        fields = self.fields
        for name, value in pairs:
            below = fields.get(name)
            if below is None:
                below = fields[name] = Notes()
                self.broken_text = self.broken_text or is_broken(name)
            kind, see = ways[type(value)]  # as `_see` does, without the call: this loop runs for every value
            below.kinds[kind] = below.kinds.get(kind, 0) + 1
            if see is not None:
                see(below, value, ways)

    def _see_array(self, elements: list[Any], ways: "_Ways") -> None:
        if not elements:
            return
        if self.element is None:
            self.element = Notes()
        for value in elements:
            self.element._see(value, ways)

    def _see_string(self, text: str, _: "_Ways") -> None:
        if is_broken(text):
            self.broken_text = True

    def _see_integer(self, text: str, _: "_Ways") -> None:
        digits = len(text)
        if digits <= self.int_digits and digits <= self.significant_digits and digits < 19:
            return
        digits -= text.startswith("-")
        self._see_digits(digits, 0, digits)
        if digits > 19 or (digits == 19 and not -(2**63) <= int(text) < 2**63):
            self.over_64_bits = True

    def _see_number(self, text: str, _: "_Ways") -> None:
        before_point, after_point, significant, exponent = _measured(text)
        self._see_digits(before_point, after_point, significant)
        self.exponent = self.exponent or exponent

    def _see_digits(self, before_point: int, after_point: int, significant: int) -> None:
        self.int_digits = max(self.int_digits, before_point)
        self.fraction_digits = max(self.fraction_digits, after_point)
        self.significant_digits = max(self.significant_digits, significant)


_NOTHING = Notes()

_Ways = dict[type, tuple[str, Callable[[Notes, Any, "_Ways"], None] | None]]

#: What to note for each type of value; where a record can hold no broken text, its strings are only counted.
_QUICK: _Ways = {
    str: ("string", None),
    Integer: ("integer", Notes._see_integer),
    Number: ("number", Notes._see_number),
    tuple: ("object", Notes._see_object),
    list: ("array", Notes._see_array),
    bool: ("boolean", None),
    type(None): ("null", None),
}
_CAREFUL: _Ways = {**_QUICK, str: ("string", Notes._see_string)}


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=4096)  # prices and rates repeat
def _measured(text: str) -> tuple[int, int, int, bool]:
    """Return digits before the point, after it, significant digits, and whether there is an exponent."""
    whole, fraction, exponent = _NUMBER.fullmatch(text).groups(default="")  # type: ignore[union-attr]
    significant = (whole + fraction).lstrip("0")
    if not significant:  # zero stays zero, whatever its exponent
        return 1, len(fraction), 1, bool(exponent)
    shift = _bounded(exponent)
    before_point = len(significant) - len(fraction) + shift
    return max(before_point, 1), max(len(fraction) - shift, 0), len(significant), bool(exponent)


def _bounded(exponent: str) -> int:
    """Return the exponent as an integer, capped: its digits may be as many as an API likes."""
    digits = exponent.lstrip("+-").lstrip("0")
    size = min(int(digits or "0"), _LARGEST_EXPONENT) if len(digits) < 12 else _LARGEST_EXPONENT
    return -size if exponent.startswith("-") else size


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [below for above in level for below in _containers(above)]
    return bool(level)


def _containers(value: Any) -> list[Any]:
    below = [child for _, child in value] if type(value) is tuple else value
    return [child for child in below if type(child) in (tuple, list)]

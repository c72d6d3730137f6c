"""Type notes: what the records of a stream really contain, path by path, taken from their bytes while they pass.

They keep one promise: everything that decides a column's type is noted exactly as written. `1.10` has two fraction
digits, `12345678901234567890` does not fit in 64 bits, `{"a": 1, "a": 2}` has a duplicate key. Notes only ever grow:
merging is associative, and noting some records twice changes nothing but the counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from glue_lib.landing.columns import see
from glue_lib.landing.exact import exact_value, kind_of
from glue_lib.landing.quick import keys_written, quick_values

#: How deep a record may be nested: far above any real API, and far below what overflows the stack of a reader.
DEEPEST = 200

_FLAGS = ("exponent", "over_64_bits", "duplicate_keys", "moment", "broken_text")
_DIGITS = ("int_digits", "fraction_digits", "significant_digits")


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
    moment: str = ""  # `timestamp` or `date`, where all strings here are such a moment (see `moments`); else empty
    broken_text: bool = False  # a string here, or a key of an object here, is not Unicode (a lone surrogate)
    fields: dict[str, "Notes"] = field(default_factory=dict)  # in the order in which they first appeared
    element: "Notes | None" = None  # all elements of all arrays seen here; None while every array was empty

    def take(self, record: bytes) -> None:
        """Note one record; what is no JSON is a ValueError, and then nothing is noted."""
        self.take_all([record])

    def take_all(self, records: Sequence[bytes], first: int = 1) -> None:
        """Note many records, as one after the other but faster; one that is no JSON and nothing is noted.

        Of a record that is no object its kind alone is noted: it is bad, and no column is made of it.
        An error names the bad record by its number, counted from `first`.
        """
        if records:
            self._absorb(_noted_quickly(records) or _noted_exactly(records, first))

    def merge(self, other: "Notes") -> "Notes":
        """Return the notes of both; neither argument changes, and nothing is shared with the result."""
        merged = Notes()
        merged._absorb(self)
        merged._absorb(other)
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

    def field_named(self, name: str) -> "Notes":
        """Return the notes of a field, new ones when it was not seen yet."""
        return self.fields[name] if name in self.fields else self.fields.setdefault(name, Notes())

    def elements(self) -> "Notes":
        """Return the notes of the elements of arrays here, new ones when there were none yet."""
        if self.element is None:
            self.element = Notes()
        return self.element

    @property
    def has_members(self) -> bool:
        """Whether any object here was more than `{}`."""
        return bool(self.fields)

    def values(self) -> "Notes":
        """Return the notes of the values of all objects here as one, whatever their keys."""
        merged = Notes()
        for notes in self.fields.values():
            merged._absorb(notes)
        return merged

    def below(self) -> "Iterator[Notes]":
        """Yield the notes of every path just below."""
        yield from self.fields.values()
        if self.element is not None:
            yield self.element

    def _absorb(self, other: "Notes") -> None:
        # Written out, since this runs for every path of every page.
        self.int_digits = max(self.int_digits, other.int_digits)
        self.fraction_digits = max(self.fraction_digits, other.fraction_digits)
        self.significant_digits = max(self.significant_digits, other.significant_digits)
        self.exponent = self.exponent or other.exponent
        self.over_64_bits = self.over_64_bits or other.over_64_bits
        self.duplicate_keys = self.duplicate_keys or other.duplicate_keys
        self.broken_text = self.broken_text or other.broken_text
        if self.moment != other.moment and "string" in other.kinds:
            self.moment = "" if "string" in self.kinds else other.moment
        for kind, count in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        for name, notes in other.fields.items():
            self.field_named(name)._absorb(notes)
        if other.element is not None:
            self.elements()._absorb(other.element)


def _noted_quickly(records: Sequence[bytes]) -> Notes | None:
    """Return the records' notes, or None when only the exact way is sure to be right."""
    values = quick_values(records)
    if values is None or set(map(type, values)) != {dict}:
        return None
    notes = Notes()
    try:
        see(notes, values, careful=False)
    except RecursionError:
        return None
    is_sure = _keys(notes) == keys_written(records) and _depth(notes) <= DEEPEST
    return notes if is_sure else None


def _noted_exactly(records: Sequence[bytes], first: int = 1) -> Notes:
    notes = Notes()
    values = [_value_of(number, record) for number, record in enumerate(records, first)]
    objects = [value for value in values if type(value) is tuple]
    see(notes, objects, careful=any(map(_may_hold_broken_text, records)))
    for odd in (value for value in values if type(value) is not tuple):
        notes.kinds[kind_of(odd)] = notes.kinds.get(kind_of(odd), 0) + 1
    return notes


def _keys(notes: Notes) -> int:
    """Return how many keys the objects had, at this path and below."""
    here = sum(sum(field.kinds.values()) for field in notes.fields.values())
    return here + sum(map(_keys, notes.below()))


def _depth(notes: Notes) -> int:
    is_container = "object" in notes.kinds or "array" in notes.kinds
    return is_container + max(map(_depth, notes.below()), default=0)


def _value_of(number: int, record: bytes) -> Any:
    try:
        value = exact_value(record)
    except ValueError as error:
        raise ValueError(f"record {number}: {error}") from error
    if type(value) is tuple and record.count(b"{") + record.count(b"[") > DEEPEST and _is_deeper(value, DEEPEST):
        raise ValueError(f"record {number}: nested deeper than {DEEPEST}")
    return value


def _may_hold_broken_text(record: bytes) -> bool:
    """Whether there is an escaped surrogate, or something that is not UTF-8; all other text is sound."""
    is_escaped = b"\\u" in record and (b"\\ud" in record or b"\\uD" in record)
    return is_escaped or not (record.isascii() or _is_utf8(record))


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [below for above in level for below in _containers(above)]
    return bool(level)


def _containers(value: Any) -> list[Any]:
    below = [child for _, child in value] if type(value) is tuple else value
    return [child for child in below if type(child) in (tuple, list)]

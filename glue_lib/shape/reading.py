"""How the JSON values of a run are read: a name and a Spark type for each kind of value at each path.

Spark needs one type a name. Where a path holds text in one record and a number, an object or an array in another,
each kind of value gets a name of its own; so do keys that differ only by case, or that hold a dot. Such values reach
Spark through the normaliser, which renames them; `is_plain` says which parts can go without it.
"""

import re
from dataclasses import dataclass, field

from glue_lib.landing.notes import Notes
from glue_lib.shape.names import folded, told_apart
from glue_lib.shape.paths import Path
from glue_lib.shape.types import TEXT

SCALARS = ("string", "number", "boolean")
"""The kinds of value that a column can hold; where several are seen, the first keeps the plain name."""

READERS_OWN = ("_metadata", "_corrupt_record")
"""Names by which Spark's reader offers something of its own, so that a record's field cannot be read by them."""

ENTRY_NAME = "key"
"""The name by which the key of a map's entry is read."""

_ORDINARY_KEY = re.compile(r"\w[\w -]*\Z")


@dataclass(frozen=True)
class Reading:
    """How the values at one path are read.

    An element of an array has no key: its name is empty while its array holds one kind of value, else the element is
    wrapped into an object with one member a kind. A map is read as an array of such objects, one an entry, which hold
    the entry's key besides.
    """

    names: dict[str, str]  # kind of value -> the key that it is read under
    types: dict[str, str] = field(default_factory=dict)  # kind of scalar -> Spark type
    fields: dict[str, "Reading"] = field(default_factory=dict)  # of objects: by JSON key
    element: "Reading | None" = None  # of arrays
    entry: "Reading | None" = None  # of maps

    @property
    def is_wrapped(self) -> bool:
        """Whether elements read this way are wrapped into objects."""
        return "" not in self.names.values()


def kinds_of(notes: Notes) -> tuple[str, ...]:
    """Return the kinds of value seen at a path that make a column, columns or a table; scalars first."""
    has_content = {"object": notes.has_members, "array": notes.element is not None}
    return tuple(kind for kind in (*SCALARS, "object", "array") if kind in _seen(notes) and has_content.get(kind, True))


def member_names(path: Path, key: str, kinds: tuple[str, ...], taken: set[str]) -> dict[str, str]:
    """Return the name of each kind of value under an object's `key`; the names are added to `taken`, folded."""
    plain = key if _ORDINARY_KEY.match(key) else re.sub(r"\W", "_", key) or "_"
    names = {}
    for place, kind in enumerate(kinds):
        names[kind] = told_apart(plain if place == 0 else f"{plain}__{kind}", path, taken)
        taken.add(folded(names[kind]))
    return names


def is_plain(reading: Reading, notes: Notes, key: str = "") -> bool:
    """Say whether Spark's JSON reader alone reads exactly what these notes were taken from."""
    seen = _seen(notes)
    if notes.duplicate_keys or notes.broken_text:
        return False
    if any(reading.names.get(kind) != key for kind in seen):  # renamed, or without content: `{}` beside numbers
        return False
    if "number" in seen and reading.types["number"] == TEXT:
        return False
    return _members_are_plain(reading, notes) and (
        notes.element is None or reading.element is None or is_plain(reading.element, notes.element)
    )


def _members_are_plain(reading: Reading, notes: Notes) -> bool:
    read = {name for member in reading.fields.values() for name in member.names.values()}
    return all(
        is_plain(reading.fields[key], below, key) if key in reading.fields else key not in read
        for key, below in notes.fields.items()
    )


def _seen(notes: Notes) -> frozenset[str]:
    return frozenset("number" if kind == "integer" else kind for kind in notes.kinds) - {"null"}

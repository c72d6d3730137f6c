"""How the JSON values of a run are read: a name and a Spark type for each kind of value at each path.

Spark needs one type a name. Where a path holds text in one record and a number, an object or an array in another,
each kind of value gets a name of its own; so do keys that differ only by case, or that hold a dot. Such values reach
Spark through the normaliser, which renames them; `is_plain` says which parts can go without it.
"""

import re
from dataclasses import dataclass, field

from glue_lib.landing.notes import Notes
from glue_lib.shape.names import told_apart
from glue_lib.shape.paths import Path
from glue_lib.shape.types import TEXT

SCALARS = ("string", "number", "boolean")
"""The kinds of value that a column can hold; where several are seen, the first keeps the plain name."""

_ORDINARY_KEY = re.compile(r"\w[\w -]*\Z")


@dataclass(frozen=True)
class Reading:
    """How the values at one path are read.

    An element of an array has no key: its name is empty while its array holds one kind of value, else the element is
    wrapped into an object with one member a kind.
    """

    names: dict[str, str]  # kind of value -> the key that it is read under
    types: dict[str, str] = field(default_factory=dict)  # kind of scalar -> Spark type
    fields: dict[str, "Reading"] = field(default_factory=dict)  # of objects: by JSON key
    element: "Reading | None" = None  # of arrays

    @property
    def is_wrapped(self) -> bool:
        """Whether elements read this way are wrapped into objects."""
        return "" not in self.names.values()


def kinds_of(notes: Notes) -> tuple[str, ...]:
    """Return the kinds of value seen at a path that make a column, columns or a table; scalars first."""
    seen = {"number" if kind == "integer" else kind for kind in notes.kinds}
    has_content = {"object": bool(notes.fields), "array": notes.element is not None}
    return tuple(kind for kind in (*SCALARS, "object", "array") if kind in seen and has_content.get(kind, True))


def member_names(path: Path, key: str, kinds: tuple[str, ...], taken: set[str]) -> dict[str, str]:
    """Return the name of each kind of value under an object's `key`; the names are added to `taken`, in lower case."""
    plain = key if _ORDINARY_KEY.match(key) else re.sub(r"\W", "_", key) or "_"
    names = {}
    for place, kind in enumerate(kinds):
        names[kind] = told_apart(plain if place == 0 else f"{plain}__{kind}", path, taken)
        taken.add(names[kind].lower())
    return names


def is_plain(reading: Reading, notes: Notes, key: str = "") -> bool:
    """Say whether Spark's JSON reader alone reads exactly what these notes were taken from."""
    if notes.duplicate_keys or notes.broken_text:
        return False
    if any(reading.names.get(kind, key) != key for kind in kinds_of(notes)):
        return False
    if {"integer", "number"} & set(notes.kinds) and reading.types.get("number") == TEXT:
        return False
    below = [(reading.fields.get(name), seen, name) for name, seen in notes.fields.items()]
    if notes.element:
        below.append((reading.element, notes.element, ""))
    return all(is_plain(deeper, seen, name) for deeper, seen, name in below if deeper)

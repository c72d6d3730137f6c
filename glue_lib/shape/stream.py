"""What shaping has to know of a stream, and the check that its records can be told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from glue_lib.errors import ShapeError
from glue_lib.landing.notes import Notes
from glue_lib.shape.paths import Path, members
from glue_lib.shape.types import EPOCHS

_SCALARS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True)
class StreamShape:
    """The part of a stream's description that decides what its tables look like. Fields are named by dotted paths."""

    source: str
    name: str  # also of the root table
    key: tuple[str, ...] = ()
    order: tuple[str, ...] = ()  # the last landed wins where all of them are equal
    order_format: str = ""  # of the cursor, where the cursor is the order
    types: Mapping[str, str] = field(default_factory=dict)
    element_keys: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by the dotted path of their array
    relationalize: str = "headwater"

    @property
    def ranks(self) -> tuple[str, ...]:
        """Return the columns of keyed records that tell which is newer, the first deciding first."""
        return tuple(f"_hw_rank_{place}" for place in range(len(self.order)))

    def form_of(self, path: str) -> str:
        """Return how a field of the order tells its moment: as it is declared, or as the cursor's format says."""
        declared = self.types.get(path, "")
        return declared if declared in EPOCHS else self.order_format

    @property
    def key_named(self) -> str:
        """Return the key as errors name it."""
        return ", ".join(f"`{key}`" for key in self.key)

    def check_keys(self, notes: Notes) -> None:
        """Refuse records without a key: they would be new rows in every run."""
        records = notes.kinds.get("object", 0)
        for key in self.key:
            found = _at(notes, members(key))
            without = records - _scalars(found)
            if without > 0:
                raise ShapeError(
                    f"{self.source}.{self.name}: {without} of {records} records have no `{key}`; a key column must be "
                    "text, a number or a boolean in every record"
                )


def may_lack(notes: Notes, path: Path) -> bool:
    """Say whether a record of these may have no scalar there: counts alone do not tell where keys stand twice."""
    records, is_doubled = notes.kinds.get("object", 0), notes.duplicate_keys
    for step in path:
        notes = notes.fields.get(str(step), Notes())
        is_doubled = is_doubled or notes.duplicate_keys
    return is_doubled or records > _scalars(notes)


def _scalars(notes: Notes) -> int:
    return sum(notes.kinds.get(kind, 0) for kind in _SCALARS)


def _at(notes: Notes, path: Path) -> Notes:
    for step in path:
        notes = notes.fields.get(str(step), Notes())
    return notes

"""From type notes to tables: which tables a run makes, their columns, and how each value finds its column.

The layout is a pure value: `preview` prints it and the Spark steps follow it, so that they cannot disagree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glue_lib.landing.notes import Notes
from glue_lib.shape.names import folded, table_name, told_apart
from glue_lib.shape.paths import EACH, ENTRY, ENTRY_KEY, Path, dotted, members, text
from glue_lib.shape.reading import ENTRY_NAME, READERS_OWN, SCALARS, Reading, kinds_of, member_names
from glue_lib.shape.targets import Columns, Stored, Target
from glue_lib.shape.types import TEXT
from glue_lib.shape.width import check_width

MAP = "map"
"""What `types:` says of an object with ids as keys."""

NO_KEYS: Mapping[str, Sequence[str]] = {}

Names = tuple[str, ...]  # that lead from a row's element to a value in it


@dataclass(frozen=True)
class Leaf:
    """One kind of scalar at one path: the names and the type that it is read with, and where its values go."""

    path: Path
    kind: str
    reads: Names
    type: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class TableLayout:
    """One table: the array that its rows come from, as names to read (none for the root), and the leaves below it.

    `own_key` tells, for each field by which its rows are told apart within their parent, the kinds of scalar seen
    there; without fields, they are told apart by their position.
    """

    name: str
    path: Path = ()
    reads: tuple[Names, ...] = ()  # per array on the way, the names that lead to it
    leaves: tuple[Leaf, ...] = ()
    own_key: tuple[tuple[Leaf, ...], ...] = ()

    @property
    def array_column(self) -> str:
        """Return the array's column as Relationalize names it: `line_items.val.tags`; empty for the root."""
        return ".val".join("".join(f".{name}" for name in names) for names in self.reads).removeprefix(".")

    def column_of(self, leaf: Leaf) -> str:
        """Return a leaf's column as Relationalize names it: `line_items.val.unit_price`."""
        steps = [self.array_column, "val"] if self.reads else []
        return ".".join([*steps, *leaf.reads])

    def leaves_at(self, path: Path) -> list[Leaf]:
        """Return the kinds of scalar that were seen at this path."""
        return [leaf for leaf in self.leaves if leaf.path == path]

    @property
    def columns(self) -> tuple[Target, ...]:
        """Return the data columns, in the order in which the records show them."""
        return tuple(dict.fromkeys(target for leaf in self.leaves for target in leaf.targets))

    @property
    def unproven(self) -> tuple[Target, ...]:
        """Return the new columns that only a look at the values can tell to be needed."""
        proven = {leaf.targets[0] for leaf in self.leaves}
        return tuple(target for target in self.columns if target not in proven and not target.is_stored)


@dataclass(frozen=True)
class Layout:
    """How a run is read, and the tables that it makes, parents first."""

    reading: Reading
    tables: tuple[TableLayout, ...]


def layout(
    notes: Notes,
    root: str,
    *,
    hints: Mapping[str, str],
    stored: Mapping[str, Stored],
    element_keys: Mapping[str, Sequence[str]] = NO_KEYS,
    recognise: bool = False,
) -> Layout:
    """Return the layout of records with these notes.

    `hints` are the stream's `types:` (dotted path to Spark type, or `map`), `element_keys` the fields that identify an
    element in its array (by the array's dotted path), `stored` the stream's tables that exist. With `recognise`, new
    columns of texts that all are moments by UTC, or all dates, get that type.
    """
    builder = _Builder(root, hints, stored, element_keys, recognise=recognise)
    reading = builder.members(notes, (), (), builder.open((), ()))
    tables = tuple(table.layout() for table in builder.tables)
    check_width(root, max(len(table.columns) for table in tables), notes)
    return Layout(Reading({"object": ""}, fields=reading), tables)


def place_comment(path: Path) -> str:
    """Return the comment of the column that counts the elements of an array: it tells which array a table is of."""
    return f"place in {text(path)}"


_ITSELF = "value"  # also names an element that is a scalar, as its column does


@dataclass
class _Table:
    table: TableLayout
    columns: Columns
    leaves: list[Leaf] = field(default_factory=list)
    own_key: Sequence[str] = ()  # as the pipeline file names the fields

    def layout(self) -> TableLayout:
        whole = replace(self.table, leaves=tuple(self.leaves))
        return replace(whole, own_key=tuple(self._identifying(whole, name) for name in self.own_key))

    def _identifying(self, table: TableLayout, name: str) -> tuple[Leaf, ...]:
        if table.path[-1] is ENTRY:
            return tuple(table.leaves_at((*table.path, ENTRY_KEY)))
        itself = table.leaves_at(table.path) if name == _ITSELF else []
        return (*itself, *table.leaves_at((*table.path, *members(name))))


class _Builder:
    def __init__(
        self,
        root: str,
        hints: Mapping[str, str],
        stored: Mapping[str, Stored],
        element_keys: Mapping[str, Sequence[str]],
        *,
        recognise: bool,
    ) -> None:
        self.root = root
        self.hints = hints
        self.stored = stored
        self.element_keys = element_keys
        self.recognise = recognise
        self.tables: list[_Table] = []

    def open(self, path: Path, reads: tuple[Names, ...]) -> _Table:
        """Begin a table; its columns follow."""
        name = self._stored_name(path) or self._new_name(path)
        columns = Columns(self.stored.get(name, Stored()), recognise=self.recognise)
        own_key = (ENTRY_NAME,) if path[-1:] == (ENTRY,) else self.element_keys.get(dotted(path), ()) if path else ()
        self.tables.append(_Table(TableLayout(name, path, reads), columns, own_key=own_key))
        return self.tables[-1]

    def members(self, notes: Notes, path: Path, reads: Names, table: _Table) -> dict[str, Reading]:
        """Lay out the members of the objects at `path`; a member that was never more than null is left out."""
        taken = set() if path else set(READERS_OWN)
        found = {}
        for key, below in notes.fields.items():
            kinds = self._kinds((*path, key), below)
            if kinds:
                names = member_names((*path, key), key, kinds, taken)
                found[key] = self._value(below, (*path, key), reads, names, table)
        return found

    def _value(self, notes: Notes, path: Path, reads: Names, names: dict[str, str], table: _Table) -> Reading:
        def below(kind: str) -> Names:
            return (*reads, names[kind]) if names[kind] else reads

        leaves = [replace(leaf, reads=below(leaf.kind)) for leaf in self._leaves(notes, path, names, table)]
        table.leaves += leaves
        return Reading(
            names,
            types={leaf.kind: leaf.type for leaf in leaves},
            fields=self.members(notes, path, below("object"), table) if "object" in names else {},
            element=self._element(notes.element, path, below("array"), table) if "array" in names else None,
            entry=self._entry(notes.values(), path, below(MAP), table) if MAP in names else None,
        )

    def _leaves(self, notes: Notes, path: Path, names: dict[str, str], table: _Table) -> Iterator[Leaf]:
        kinds = tuple(kind for kind in SCALARS if kind in names)
        if kinds:
            targets = table.columns.targets(path, kinds, notes, self._hint(path))
            for kind in kinds:
                # The last target holds all values of its kind. Text stays text, and so does what may end as text.
                type_ = targets[kind][-1].type if kind == "number" else {"string": TEXT, "boolean": "boolean"}[kind]
                yield Leaf(path, kind, (), type_, targets[kind])

    def _element(self, notes: Notes | None, path: Path, reads: Names, table: _Table) -> Reading:
        inside = (*path, EACH)
        child = self.open(inside, (*table.table.reads, reads))
        notes = notes or Notes()
        kinds = self._kinds(inside, notes)
        if not kinds:  # nothing but nulls: rows of a table that exists, without a value
            return Reading({"string": ""}, types={"string": TEXT})
        names = member_names(inside, "value", kinds, set()) if len(kinds) > 1 else {kinds[0]: ""}
        return self._value(notes, inside, (), names, child)

    def _entry(self, values: Notes, path: Path, reads: Names, table: _Table) -> Reading:
        inside = (*path, ENTRY)
        child = self.open(inside, (*table.table.reads, reads))
        key = (*inside, ENTRY_KEY)
        targets = child.columns.targets(key, ("string",), Notes(), TEXT)["string"]
        child.leaves.append(Leaf(key, "string", (ENTRY_NAME,), TEXT, targets))
        names = member_names(inside, "value", self._kinds(inside, values), {folded(ENTRY_NAME)})
        return self._value(values, inside, (), names, child)

    def _hint(self, path: Path) -> str:
        """Return the type that is demanded for scalars here."""
        hint = self.hints.get(dotted(path), "")
        return "" if hint == MAP else hint

    def _kinds(self, path: Path, notes: Notes) -> tuple[str, ...]:
        """Return the kinds of value that are laid out: arrays of nothing but nulls only where their table exists."""
        kinds = kinds_of(notes)
        if self.hints.get(dotted(path)) == MAP:
            kinds = tuple(MAP if kind == "object" else kind for kind in kinds)
        if "array" in kinds and not self._has_rows((*path, EACH), notes.element or Notes()):
            return tuple(kind for kind in kinds if kind != "array")
        return kinds

    def _has_rows(self, path: Path, element: Notes) -> bool:
        return bool(self._kinds(path, element)) or self._stored_name(path) is not None

    def _stored_name(self, path: Path) -> str | None:
        if not path:
            return self.root
        return next((name for name, table in self.stored.items() if place_comment(path) in table.columns), None)

    def _new_name(self, path: Path) -> str:
        given = {table.table.name for table in self.tables}
        taken = {folded(name) for name in (*given, *self.stored, f"{self.root}__quarantine")}
        return told_apart(table_name(self.root, path), path, taken)

"""From type notes to tables: which tables a run makes, their columns, and how each value finds its column.

The layout is a pure value: `preview` prints it and the Spark steps follow it, so that they cannot disagree. Rules:
a stored column never changes its type; a value goes to the first of its targets that holds it exactly, the plain
column first, then `<column>__<type>`, at last `<column>__string`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from glue_lib.lake.frame import ARRIVAL, INDEX, KEYS
from glue_lib.landing.notes import Notes
from glue_lib.shape.names import column_name, table_name, told_apart
from glue_lib.shape.paths import EACH, Path, dotted, text
from glue_lib.shape.reading import SCALARS, Reading, kinds_of, member_names
from glue_lib.shape.types import TEXT, family, holds, is_number, natural


@dataclass(frozen=True)
class Target:
    """A column that values can go to; `comment` says which path they come from."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Leaf:
    """One kind of scalar at one path: the names that lead to it from the row's element, and where its values go."""

    path: Path
    kind: str
    reads: tuple[str, ...]
    type: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class TableLayout:
    """One table: the array that its rows come from, as names to read (none for the root), and the leaves below it."""

    name: str
    path: Path = ()
    reads: tuple[tuple[str, ...], ...] = ()  # per array on the way, the names that lead to it
    leaves: tuple[Leaf, ...] = ()

    @property
    def array_column(self) -> str:
        """Return the name of the array's column as Relationalize writes it: `line_items.val.tags`; empty for the root."""
        return ".val".join("".join(f".{name}" for name in names) for names in self.reads).removeprefix(".")

    def column_of(self, leaf: "Leaf") -> str:
        """Return the name of a leaf's column as Relationalize writes it: `line_items.val.unit_price`."""
        steps = [self.array_column, "val"] if self.reads else []
        return ".".join([*steps, *leaf.reads])

    @property
    def columns(self) -> tuple[Target, ...]:
        """Return the data columns, in the order in which the records show them."""
        return tuple(dict.fromkeys(target for leaf in self.leaves for target in leaf.targets))

    @property
    def unproven(self) -> frozenset[str]:
        """Return the columns that only a look at the values can tell to be needed."""
        return frozenset(target.name for leaf in self.leaves for target in leaf.targets[1:])


@dataclass(frozen=True)
class Layout:
    """How a run is read, and the tables that it makes, parents first."""

    reading: Reading
    tables: tuple[TableLayout, ...]


@dataclass(frozen=True)
class Stored:
    """The columns of a table that exists: by comment, their name and type."""

    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def layout(
    notes: Notes, root: str, *, hints: Mapping[str, str], stored: Mapping[str, Stored], reserved: frozenset[str] = frozenset()
) -> Layout:
    """Return the layout of records with these notes.

    `hints` are the stream's `types:` (dotted path to Spark type), `stored` the stream's tables that exist, `reserved`
    the names in child tables that repeat the root's key.
    """
    builder = _Builder(root, hints, stored, reserved)
    reading = builder.members(notes, (), (), builder.table((), ()))
    return Layout(Reading({"object": ""}, fields=reading), builder.finished())


class _Builder:
    def __init__(self, root: str, hints: Mapping[str, str], stored: Mapping[str, Stored], reserved: frozenset[str]):
        self.root = root
        self.hints = hints
        self.stored = stored
        self.reserved = reserved
        self.tables: list[TableLayout] = []
        self.leaves: dict[str, list[Leaf]] = {}
        self.taken: dict[str, set[str]] = {}

    def table(self, path: Path, reads: tuple[tuple[str, ...], ...]) -> TableLayout:
        """Open a table and return it; its leaves follow."""
        name = told_apart(table_name(self.root, path) if path else self.root, path, set(self.leaves))
        table = TableLayout(name, path, reads)
        stored = self.stored.get(name, Stored())
        self.tables.append(table)
        self.leaves[name] = []
        self.taken[name] = {*KEYS, INDEX, *ARRIVAL, *self.reserved, *(column.lower() for column, _ in stored.columns.values())}
        return table

    def finished(self) -> tuple[TableLayout, ...]:
        """Return the tables with their leaves."""
        return tuple(replace(table, leaves=tuple(self.leaves[table.name])) for table in self.tables)

    def members(self, notes: Notes, path: Path, reads: tuple[str, ...], table: TableLayout) -> dict[str, Reading]:
        """Lay out the members of the objects at `path`; a member that was never more than null is left out."""
        taken: set[str] = set()
        found = {}
        for key, below in notes.fields.items():
            kinds = self._kinds((*path, key), below)
            if kinds:
                names = member_names((*path, key), key, kinds, taken)
                found[key] = self._value(below, (*path, key), reads, names, table)
        return found

    def _kinds(self, path: Path, notes: Notes) -> tuple[str, ...]:
        """Return the kinds of value that are laid out: arrays of nothing but nulls only where their table exists."""
        kinds = kinds_of(notes)
        if "array" in kinds and notes.element and not kinds_of(notes.element):
            name = table_name(self.root, (*path, EACH))
            return kinds if name in self.stored else tuple(kind for kind in kinds if kind != "array")
        return kinds

    def _value(
        self, notes: Notes, path: Path, reads: tuple[str, ...], names: dict[str, str], table: TableLayout
    ) -> Reading:
        def below(kind: str) -> tuple[str, ...]:
            return (*reads, names[kind]) if names[kind] else reads

        scalars = tuple(kind for kind in SCALARS if kind in names)
        leaves = self._leaves(notes, path, scalars, table.name)
        self.leaves[table.name] += [replace(leaf, reads=below(leaf.kind)) for leaf in leaves]
        return Reading(
            names,
            types={leaf.kind: leaf.type for leaf in leaves},
            fields=self.members(notes, path, below("object"), table) if "object" in names else {},
            element=self._element(notes.element, path, below("array"), table) if "array" in names else None,
        )

    def _element(self, notes: Notes | None, path: Path, reads: tuple[str, ...], table: TableLayout) -> Reading:
        inside = (*path, EACH)
        child = self.table(inside, (*table.reads, reads))
        notes = notes or Notes()
        kinds = self._kinds(inside, notes)
        if not kinds:  # nothing but nulls so far: rows of the table that exists, without a value
            return Reading({"string": ""}, types={"string": TEXT})
        names = member_names(inside, "value", kinds, set()) if len(kinds) > 1 else {kinds[0]: ""}
        return self._value(notes, inside, (), names, child)

    def _leaves(self, notes: Notes, path: Path, kinds: tuple[str, ...], table: str) -> list[Leaf]:
        if not kinds:
            return []
        stored = self.stored.get(table, Stored()).columns
        hint = self.hints.get(dotted(path)) or self.hints.get(text(path).removeprefix("$."))
        name, wanted = stored.get(text(path), ("", hint or ""))
        types = {kind: _read_type(kind, notes, wanted, as_text=hint == TEXT) for kind in kinds}
        plain = Target(name or self._name(path, table), wanted or types[kinds[0]], text(path))
        leaves = []
        for kind in kinds:
            wants_plain = bool(hint) or _is_alike(kind, types[kind], plain.type)
            certain = wants_plain and types[kind] == plain.type
            variants = () if certain else self._variants(plain, types[kind], path, stored, table)
            leaves.append(Leaf(path, kind, (), types[kind], ((plain,) if wants_plain else ()) + variants))
        return leaves

    def _variants(
        self, plain: Target, kind: str, path: Path, stored: Mapping[str, tuple[str, str]], table: str
    ) -> tuple[Target, ...]:
        variants = []
        for variant in dict.fromkeys((kind, TEXT)):
            comment = f"{plain.comment} as {family(variant)}"
            name, held = stored.get(comment, ("", variant))
            name = name or self._name(path, table, f"{plain.name}__{family(variant)}")
            variants.append(Target(name, held, comment))
            if held == kind:
                break
        return tuple(variants)

    def _name(self, path: Path, table: str, wanted: str = "") -> str:
        taken = self.taken[table]
        name = told_apart(wanted or column_name(path), path, taken)
        taken.add(name.lower())
        return name


def _read_type(kind: str, notes: Notes, wanted: str, *, as_text: bool) -> str:
    if kind != "number":
        return TEXT if kind == "string" else "boolean"
    if as_text:
        return TEXT
    return wanted if is_number(wanted) and holds(wanted, notes) else natural(notes)


def _is_alike(kind: str, kind_type: str, plain: str) -> bool:
    """Say whether values of this kind belong in a column of the type `plain` without anybody asking for it."""
    if kind == "number":
        return is_number(plain) or kind_type == plain
    return kind_type == plain

"""What a run's records call for and the stored tables lack: found in the layout, without a look at the values."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from glue_lib.landing.notes import Notes
from glue_lib.shape.contract import Contract, Policy, Subject
from glue_lib.shape.exact import first_held
from glue_lib.shape.flaws import Flaw
from glue_lib.shape.layout import Layout, Leaf, Names, TableLayout
from glue_lib.shape.paths import EACH, ENTRY, Path, Step, dotted, members, text
from glue_lib.shape.sql import quoted
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored, Target

_AN_ENTRY = Notes(kinds={"string": 1})  # every entry has a key
_NOTED = {"number": ("number", "integer"), "string": ("string",), "boolean": ("boolean",)}


@dataclass(frozen=True)
class Novelty:
    """A table, a column, or a column beside one (`types`), that no stored table has."""

    subject: Subject
    policy: Policy
    table: str
    path: Path
    target: Target | None  # the column; None where it is the table that is new
    is_proven: bool  # that a value really calls for it
    sql: str  # true for a record that does
    may_be_in: Callable[[Notes], bool]

    @property
    def words(self) -> str:
        """Return what is new, as errors and quarantines name it."""
        if self.target is None:
            return f"new table `{self.table}`"
        column = f"new column `{self.target.name}` of `{self.table}`"
        return column if self.subject == "columns" else f"{column} for values of another type"

    def flaw(self) -> Flaw:
        """Return it as what makes a record bad."""
        return Flaw(self.words, text(self.path), self.sql, self.may_be_in)


def novelties(
    layout: Layout, stored: Mapping[str, Stored], contract: Contract, shape: StreamShape
) -> Iterator[Novelty]:
    """Yield what is new and does not evolve; a value of the key is never left out without its record."""
    keys = [members(key) for key in shape.key]
    for table in layout.tables:
        if table.path and table.name not in stored and layout.tables[0].name in stored:
            yield from _new_table(table, contract)
        for target in table.columns:
            yield from _new_column(table, target, stored, contract, shape.types, keys)


def without(layout: Layout, refused: Collection[Novelty]) -> Layout:
    """Return the layout without these tables and columns; it is read as before."""
    gone = {(new.table, new.target) for new in refused}
    paths = [new.path for new in refused if new.target is None]
    kept = [table for table in layout.tables if not any(table.path[: len(path)] == path for path in paths)]
    return replace(layout, tables=tuple(_pruned(table, gone) for table in kept))


def _pruned(table: TableLayout, gone: Collection[tuple[str, Target | None]]) -> TableLayout:
    leaves = [
        replace(leaf, targets=tuple(target for target in leaf.targets if (table.name, target) not in gone))
        for leaf in table.leaves
    ]
    return replace(table, leaves=tuple(leaf for leaf in leaves if leaf.targets))


def _new_table(table: TableLayout, contract: Contract) -> Iterator[Novelty]:
    policy = contract.policy("tables")
    if policy != "evolve":
        array = partial(_has_elements, table.reads[-1])
        sql = _in_record(table.reads[:-1], array)
        yield Novelty("tables", policy, table.name, table.path, None, True, sql, _noted(table.path, ()))


def _new_column(
    table: TableLayout,
    target: Target,
    stored: Mapping[str, Stored],
    contract: Contract,
    hints: Mapping[str, str],
    keys: Collection[Path],
) -> Iterator[Novelty]:
    leaves = [leaf for leaf in table.leaves if target in leaf.targets]
    path = leaves[0].path
    subject: Subject = "columns" if target.comment == text(path) else "types"
    is_new = table.name in stored or (subject == "types" and dotted(path) in hints)
    policy = contract.policy(subject)
    if target.is_stored or not is_new or policy == "evolve":
        return
    if policy == "discard_value" and not table.path and path in keys:
        policy = "discard_row"
    is_proven = any(leaf.targets[0] == target for leaf in leaves)
    sql = _in_record(table.reads, partial(_calls_for, target, leaves))
    kinds = tuple(noted for leaf in leaves for noted in _NOTED[leaf.kind])
    yield Novelty(subject, policy, table.name, path, target, is_proven, sql, _noted(path, kinds))


def _in_record(arrays: tuple[Names, ...], condition: Callable[[str], str], inside: str = "", depth: int = 0) -> str:
    """Return the SQL that says of a record whether any element, at this depth of arrays, meets the condition."""
    if not arrays:
        return condition(inside)
    element = f"_hw_element_{depth}"
    below = _in_record(arrays[1:], condition, element, depth + 1)
    return f"coalesce(exists({_at(inside, arrays[0])}, {element} -> {below}), false)"


def _has_elements(names: Names, inside: str) -> str:
    return f"coalesce(size({_at(inside, names)}) > 0, false)"


def _calls_for(target: Target, leaves: Collection[Leaf], inside: str) -> str:
    return " or ".join(f"({_piece(target, leaf, inside)}) is not null" for leaf in leaves)


def _piece(target: Target, leaf: Leaf, inside: str) -> str:
    """Return the SQL of the value of a leaf that goes to the target, null where an earlier one holds it."""
    chain = first_held(_at(inside, leaf.reads), leaf.type, tuple(other.wanted for other in leaf.targets))
    return chain[leaf.targets.index(target)]


def _at(inside: str, names: Names) -> str:
    return ".".join([*([inside] if inside else []), *([quoted(*names)] if names else [])])


def _noted(path: Path, kinds: Collection[str]) -> Callable[[Notes], bool]:
    """Return whether notes have values of these kinds at the path; of any, where none are named."""

    def may_be_in(notes: Notes) -> bool:
        at: Notes | None = notes
        for step in path:
            at = at and _below(at, step)
        return at is not None and bool(at.kinds.keys() & set(kinds) if kinds else at.kinds)

    return may_be_in


def _below(notes: Notes, step: Step) -> Notes | None:
    if isinstance(step, str):
        return notes.fields.get(step)
    if step is EACH:
        return notes.element
    return notes.values() if step is ENTRY else _AN_ENTRY

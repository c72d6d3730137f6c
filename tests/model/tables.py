"""From a record to rows: which tables there are, and in which column each value stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.model.values import EACH, SCALARS, Seen, kind, stored

Columns = dict[tuple, tuple[str, str]]  # (path, word of a variant) -> name and type


def digest(*parts: Any) -> str:
    return sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]


def text(path: tuple) -> str:
    return "$" + "".join("[]" if step is EACH else f".{step}" for step in path)


def table_of(root: str, path: tuple) -> str:
    """Return the table of the elements at `path`: `orders__items__tags`."""
    name = root
    while EACH in path:
        end = path.index(EACH)
        name, path = f"{name}__{'_'.join(path[:end]) or 'value'}", path[end + 1 :]
    return name


@dataclass
class Element:
    """A row before its columns are known: the record itself, or an element of an array at any depth."""

    table: tuple  # the path of its array's elements; empty for a record
    places: tuple = ()  # the position in each array on the way
    cells: dict[tuple, Any] = field(default_factory=dict)


@dataclass
class Run:
    """What all records of a run together say of the tables."""

    root: str
    seen: dict[tuple, Seen]
    known: dict[str, Columns]  # the tables that exist

    def kinds(self, path: tuple) -> list[str]:
        """Return the kinds of value at a path that make a column or a table."""
        at = self.seen.get(path, Seen())
        found = [one for one in SCALARS if one in at.kinds]
        if "object" in at.kinds and at.keys:
            found.append("object")
        if "array" in at.kinds and (*path, EACH) in self.seen and self.has_rows((*path, EACH)):
            found.append("array")
        return found

    def has_rows(self, path: tuple) -> bool:
        return bool(self.kinds(path)) or table_of(self.root, path) in self.known

    def tables(self, path: tuple = ()) -> Iterator[tuple]:
        """Yield the paths of the tables that the run makes rows for, the root's first."""
        if not path or path[-1] is EACH:
            yield path
        kinds = self.kinds(path)
        if "object" in kinds or not path:
            for key in self.seen.get(path, Seen()).keys:
                yield from self.tables((*path, key))
        if "array" in kinds:
            yield from self.tables((*path, EACH))

    def elements(self, record: Any) -> list[Element]:
        """Return the rows of a record."""
        rows = [Element(())]
        self._walk(record, (), rows[0], rows)
        return rows

    def _walk(self, value: Any, path: tuple, row: Element, rows: list[Element]) -> None:
        if path and kind(value) not in self.kinds(path):
            return
        if kind(value) == "object":
            for key, below in value.items():
                self._walk(below, (*path, key), row, rows)
        elif kind(value) == "array":
            for place, below in enumerate(value):
                rows.append(Element((*path, EACH), (*row.places, place)))
                self._walk(below, (*path, EACH), rows[-1], rows)
        else:
            row.cells[path] = value

    def said(self, value: Any, path: tuple = ()) -> Any:
        """Return what a value says: the same for null, absent and empty."""
        if path and kind(value) not in self.kinds(path):
            return None
        if kind(value) == "object":
            told = {key: self.said(below, (*path, key)) for key, below in value.items()}
            return {key: one for key, one in told.items() if one is not None} or None
        if kind(value) == "array":
            return [self.said(below, (*path, EACH)) for below in value] or None
        return (kind(value), float(value) if kind(value) == "number" else value)


class Placing:
    """The columns of one table during one run."""

    def __init__(self, run: Run, table: tuple) -> None:
        self.run, self.table = run, table
        self.columns = dict(run.known.get(table_of(run.root, table), {}))
        self.before = set(self.columns)
        self.chains: dict[tuple, list[tuple]] = {}
        for path in run.seen:
            of_table = path[: len(table)] == table and EACH not in path[len(table) :]
            if of_table and any(one in SCALARS for one in run.kinds(path)) and self._is_reached(path):
                self._chain(path, [one for one in run.kinds(path) if one in SCALARS])

    def _is_reached(self, path: tuple) -> bool:
        return all((not path[:end] or self._next(path, end) in self.run.kinds(path[:end])) for end in range(len(path)))

    def _next(self, path: tuple, end: int) -> str:
        return "array" if path[end] is EACH else "object"

    @property
    def proven(self) -> set[tuple]:
        return {chain[0] for chain in self.chains.values()}

    def row(self, element: Element) -> dict[str, Any]:
        """Return the columns of a row that are not null."""
        return {self.columns[at][0]: value for at, value in self.cells(element).items()}

    def cells(self, element: Element) -> dict[tuple, Any]:
        found = {}
        for path, value in element.cells.items():
            chain = self.chains[path, kind(value)]
            read_as = self.columns[chain[-1]][1]
            held = ((at, stored(value, read_as, self.columns[at][1])) for at in chain)
            at, exact = next((at, one) for at, one in held if one is not None)
            found[at] = exact
        return found

    def _chain(self, path: tuple, kinds: list[str]) -> None:
        at = self.run.seen[path]
        own = {"string": "string", "boolean": "boolean", "number": at.natural if at.numbers else ""}
        plain = self._column(path, "", own[kinds[0]])
        for one in kinds:
            if one == "number":
                self.chains[path, one] = self._numbers(path, plain, at, "string" in kinds)
            elif self.columns[plain][1] == own[one]:
                self.chains[path, one] = [plain]
            else:
                self.chains[path, one] = [self._column(path, one, own[one])]

    def _numbers(self, path: tuple, plain: tuple, at: Seen, beside_text: bool) -> list[tuple]:
        """Columns are tried in turn, until one is sure to hold all numbers of the run."""
        is_text = self.columns[plain][1] == "string"
        tries = [] if is_text or self.columns[plain][1] == "boolean" else [plain]
        is_number = {"bigint", "double", "decimal"}
        tries += [one for one in self.columns if one[0] == path and one[1] in is_number]
        chain: list[tuple] = []
        for one in tries:
            if chain and at.all_fit(self.columns[chain[-1]][1]):
                return chain
            chain.append(one)
        if chain and at.all_fit(self.columns[chain[-1]][1]):
            return chain
        if at.natural != "string":
            chain.append(self._column(path, at.natural.partition("(")[0], at.natural))
            if at.all_fit(self.columns[chain[-1]][1]):
                return list(dict.fromkeys(chain))
        is_free = is_text and not beside_text and (path, "number") not in self.columns
        return list(dict.fromkeys([*chain, plain if is_free else self._column(path, "number", "string")]))

    def _column(self, path: tuple, word: str, type_: str) -> tuple:
        if (path, word) not in self.columns:
            keys = path[max((place + 1 for place, step in enumerate(path) if step is EACH), default=0) :]
            name = "_".join(map(str, keys)) or "value"
            self.columns[path, word] = (f"{name}__{word}" if word else name, type_)
        return path, word

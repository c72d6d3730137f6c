"""From a record to rows: which tables there are, and in which column each value stands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

from tests.model.values import EACH, ENTRY, ENTRY_KEY, ROWS, SCALARS, Inside, Seen, kind, stored

Columns = dict[tuple, tuple[str, str]]  # (path, word of a variant) -> name and type


def digest(*parts: Any) -> str:
    return sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]


def text(path: tuple) -> str:
    return "$" + "".join(step.value if isinstance(step, Inside) else f".{step}" for step in path)


def table_of(root: str, path: tuple) -> str:
    """Return the table of the elements at `path`: `orders__items__tags`."""
    name, keys = root, []
    for step in path:
        if step in ROWS:
            name, keys = f"{name}__{'_'.join(keys) or 'value'}", []
        else:
            keys.append(step)
    return name


def own_key(value: Any) -> str:
    """Return what identifies an element or an entry within its parent."""
    return json.dumps([f"s:{value}"], separators=(",", ":"), ensure_ascii=False)


@dataclass
class Element:
    """A row before its columns are known: the record itself, or an element of an array at any depth."""

    table: tuple  # the path of its array's elements; empty for a record
    places: tuple = ()  # in each array or map on the way, the position or the own key
    index: int | None = None  # the position in the array that it stands in
    cells: dict[tuple, Any] = field(default_factory=dict)


@dataclass
class Run:
    """What all records of a run together say of the tables."""

    root: str
    seen: dict[tuple, Seen]
    known: dict[str, Columns]  # the tables that exist
    types: dict[tuple, str] = field(default_factory=dict)  # what is declared, `map` too
    element_keys: dict[tuple, str] = field(default_factory=dict)  # of arrays of objects, the field that identifies one
    recognises: bool = False

    @property
    def maps(self) -> set[tuple]:
        return {path for path, type_ in self.types.items() if type_ == "map"}

    def kind(self, value: Any, path: tuple) -> str:
        return "map" if path in self.maps and kind(value) == "object" else kind(value)

    def kinds(self, path: tuple) -> list[str]:
        """Return the kinds of value at a path that make a column or a table."""
        at = self.seen.get(path, Seen())
        found = [one for one in SCALARS if one in at.kinds]
        if "object" in at.kinds and at.keys:
            found.append("object")
        if "map" in at.kinds and (*path, ENTRY) in self.seen:
            found.append("map")
        if "array" in at.kinds and (*path, EACH) in self.seen and self.has_rows((*path, EACH)):
            found.append("array")
        return found

    def has_rows(self, path: tuple) -> bool:
        return bool(self.kinds(path)) or table_of(self.root, path) in self.known

    def tables(self, path: tuple = ()) -> Iterator[tuple]:
        """Yield the paths of the tables that the run makes rows for, the root's first."""
        if not path or path[-1] in ROWS:
            yield path
        kinds = self.kinds(path)
        if "object" in kinds or not path:
            for key in self.seen.get(path, Seen()).keys:
                yield from self.tables((*path, key))
        if "map" in kinds:
            yield from self.tables((*path, ENTRY))
        if "array" in kinds:
            yield from self.tables((*path, EACH))

    def elements(self, record: Any) -> list[Element]:
        """Return the rows of a record."""
        rows = [Element(())]
        self._walk(record, (), rows[0], rows)
        return rows

    def _walk(self, value: Any, path: tuple, row: Element, rows: list[Element]) -> None:
        is_of = self.kind(value, path)
        if path and is_of not in self.kinds(path):
            return
        if is_of == "map":
            for key, below in value.items():
                cells = {(*path, ENTRY, ENTRY_KEY): key}
                rows.append(Element((*path, ENTRY), (*row.places, own_key(key)), cells=cells))
                self._walk(below, (*path, ENTRY), rows[-1], rows)
        elif is_of == "object":
            for key, below in value.items():
                self._walk(below, (*path, key), row, rows)
        elif is_of == "array":
            for place, (own, below) in enumerate(zip(self._owns(value, path), value, strict=True)):
                rows.append(Element((*path, EACH), (*row.places, own), place))
                self._walk(below, (*path, EACH), rows[-1], rows)
        else:
            row.cells[path] = value

    def _owns(self, array: list, path: tuple) -> list:
        """Return what identifies each element: its own key, where it is the first with it, or its position."""
        if path not in self.element_keys:
            return list(range(len(array)))
        found: list[str] = []
        keys = [self._own(element, self.element_keys[path]) for element in array]
        for place, key in enumerate(keys):
            found.append(key if key and keys.index(key) == place else f"{key or ''}#{place}")
        return found

    def _own(self, element: Any, name: str) -> str | None:
        value = element.get(name) if kind(element) == "object" else None
        return own_key(value) if kind(value) == "string" else None

    def said(self, value: Any, path: tuple = ()) -> Any:
        """Return what a value says: the same for null, absent and empty."""
        if path and self.kind(value, path) not in self.kinds(path):
            return None
        if self.kind(value, path) == "map":
            return {key: self.said(below, (*path, ENTRY)) or "-" for key, below in value.items()} or None
        if kind(value) == "object":
            told = {key: self.said(below, (*path, key)) for key, below in value.items()}
            return {key: one for key, one in told.items() if one is not None} or None
        if kind(value) == "array":
            return [self.said(below, (*path, EACH)) for below in value] or None
        return (kind(value), Decimal(value) if kind(value) == "number" else value)


class Placing:
    """The columns of one table during one run."""

    def __init__(self, run: Run, table: tuple) -> None:
        self.run, self.table = run, table
        self.name = table_of(run.root, table)
        self.columns = dict(run.known.get(self.name, {}))
        self.before = set(self.columns)
        self.chains: dict[tuple, list[tuple]] = {}
        for path in run.seen:
            of_table = path[: len(table)] == table and not set(ROWS) & set(path[len(table) :])
            if of_table and any(one in SCALARS for one in run.kinds(path)) and self._is_reached(path):
                self._chain(path, [one for one in run.kinds(path) if one in SCALARS])

    def _is_reached(self, path: tuple) -> bool:
        return all(
            not path[:end] or path[end] is ENTRY_KEY or self._next(path, end) in self.run.kinds(path[:end])
            for end in range(len(path))
        )

    def _next(self, path: tuple, end: int) -> str:
        return {EACH: "array", ENTRY: "map"}.get(path[end], "object")

    def rule(self, path: tuple) -> str:
        """Return by which rule values become moments here."""
        hint = self.run.types.get(path, "")
        return hint if hint == "epoch_s" else ""

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
            held = ((at, stored(value, read_as, self.columns[at][1], self.rule(path))) for at in chain)
            at, exact = next((at, one) for at, one in held if one is not None)
            found[at] = exact
        return found

    def _chain(self, path: tuple, kinds: list[str]) -> None:
        at, hint = self.run.seen[path], self.run.types.get(path, "").replace("map", "")
        own = {"string": "string", "boolean": "boolean", "number": at.natural if at.numbers else ""}
        moment = at.moment if self.run.recognises and kinds == ["string"] and path[-1] is not ENTRY_KEY else ""
        plain = self._column(path, "", "timestamp" if hint else moment or own[kinds[0]])
        type_ = self.columns[plain][1]
        if type_ == moment:
            own["string"] = moment
        for one in kinds:
            is_tried = bool(hint) or (one == "string" and type_ in ("timestamp", "date"))
            if one == "number":
                found = self._numbers(path, plain, at, "string" in kinds)
            elif type_ == own[one]:
                found = [plain]
            else:
                found = [self._column(path, one, own[one])]
            self.chains[path, one] = list(dict.fromkeys([*([plain] if is_tried else []), *found]))

    def _numbers(self, path: tuple, plain: tuple, at: Seen, beside_text: bool) -> list[tuple]:
        """Columns are tried in turn, until one is sure to hold all numbers of the run."""
        is_text = self.columns[plain][1] == "string"
        is_number = {"bigint", "double", "decimal"}
        tries = [plain] if self.columns[plain][1].partition("(")[0] in is_number else []
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
            keys = path[max((place + 1 for place, step in enumerate(path) if step in ROWS), default=0) :]
            name = "_".join("key" if key is ENTRY_KEY else key for key in keys) or "value"
            self.columns[path, word] = (f"{name}__{word}" if word else name, type_)
        return path, word

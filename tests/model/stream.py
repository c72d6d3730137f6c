"""A stream's tables as plain dictionaries, brought forward run by run by the rules of the write modes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from tests.model.tables import Columns, Element, Placing, Run, digest, table_of, text
from tests.model.values import ROWS, SCALARS, Seen, kind, look, read

Row = dict[str, Any]
RUN = "_hw_run_id"


@dataclass(frozen=True)
class Landed:
    """A run as it was landed: the lines of each part."""

    run_id: str
    moment: datetime
    parts: Sequence[Sequence[str]]
    is_whole: bool = False


@dataclass
class Came:
    """A record with what decides its fate."""

    key: str
    entity: str
    rank: tuple
    place: tuple
    is_deleted: bool
    record: Any
    said: Any
    moment: int
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass
class Stream:
    """One stream: what its pipeline file says, and its tables."""

    name: str
    mode: str
    key: Sequence[str] = ()
    order: Sequence[str] = ()
    marks: bool = False
    flags: bool = False
    types: dict[tuple, str] = field(default_factory=dict)
    element_keys: dict[tuple, str] = field(default_factory=dict)
    recognises: bool = False
    columns: dict[str, Columns] = field(default_factory=dict)
    paths: dict[str, tuple] = field(default_factory=dict)  # of each table, that of its elements
    tables: dict[str, dict[str, Row]] = field(default_factory=dict)
    quarantine: dict[str, Row] = field(default_factory=dict)
    hidden: dict[str, Came] = field(default_factory=dict)  # of each root row, the record that it says
    ends: dict[str, tuple] = field(default_factory=dict)  # of versions that deletions ended, the rank of these

    def load(self, landed: Landed, later: Sequence[str] = ()) -> None:
        """Bring a run in."""
        lines = list(_lines(landed))
        run = self.run({(): Seen()})
        for _, _, record in lines:
            look(record, run.seen, maps=run.maps)
        bad = [(place, line) for place, line, record in lines if self._missing(record)]
        self._set_aside(landed.run_id, bad)
        good = [(place, record) for place, _, record in lines if not self._missing(record)]
        came = [self._came(landed, run, place, record, self.key, self.order) for place, record in good]
        if self.key:
            came = self._newest(came)
        getattr(self, f"_{self.mode}")(landed, run, came, later, landed.is_whole and not bad)

    def delete(self, landed: Landed, key: Sequence[str], order: Sequence[str], later: Sequence[str] = ()) -> None:
        """Bring in a run of the stream that tells deletions."""
        if self.name not in self.tables:
            return
        run = self.run({})
        told = [self._came(landed, run, place, record, key, order) for place, _, record in _lines(landed)]
        for one in told:
            one.is_deleted = True
        getattr(self, f"_{self.mode}")(landed, run, self._newest(told), later, False)

    def run(self, seen: dict[tuple, Seen]) -> Run:
        """Return a run of which this much was seen."""
        return Run(self.name, seen, self.columns, self.types, self.element_keys, self.recognises)

    def _missing(self, record: Any) -> str | None:
        return next((one for one in self.key if kind(record.get(one)) not in SCALARS), None)

    def _set_aside(self, run_id: str, bad: Iterable[tuple]) -> None:
        of_run = {key: row for key, row in self.quarantine.items() if row[RUN] == run_id}
        for key in of_run:
            del self.quarantine[key]
        for (slice_, part, line), text_ in bad:
            missing = self._missing(read(text_))
            self.quarantine[digest(run_id, slice_, part, line)] = {
                "reason": "no key",
                "path": f"$.{missing}",
                "record": text_,
                "part": part,
                "line": line + 1,
                RUN: run_id,
            }

    def _came(
        self, landed: Landed, run: Run, place: tuple, record: Any, key: Sequence[str], order: Sequence[str]
    ) -> Came:
        own = _key([record[one] for one in key]) if key else digest(landed.run_id, *place)
        rank = tuple(_rank(record.get(one)) for one in order)
        # Of what can be told only of the first field: text that is a time.
        is_time = bool(order) and kind(record.get(order[0])) == "string" and rank[0] is not None
        moment = int(rank[0]) if is_time else round(landed.moment.timestamp() * 1_000_000)
        version = digest(own, moment) if self.mode == "history" else own
        is_deleted = self.flags and record.get("status") == "deleted"
        return Came(version, own, rank, place, is_deleted, record, run.said(record), moment)

    def _newest(self, came: list[Came]) -> list[Came]:
        newest: dict[str, Came] = {}
        for one in sorted(came, key=self._age):
            newest[one.key] = one
        return list(newest.values())

    def _age(self, one: Came) -> tuple:
        return (_comparable(one.rank), one.place)

    # The write modes.

    def _append(self, landed: Landed, run: Run, came: list[Came], later: Sequence[str], whole: bool) -> None:
        roots = self.tables.get(self.name, {})
        fresh = [one for one in came if one.key not in roots]
        self._write(landed, run, fresh, set(), {})

    def _replace(self, landed: Landed, run: Run, came: list[Came], later: Sequence[str], whole: bool) -> None:
        made = self._rows(landed, run, came)
        has_lasting_keys = bool(self.key) or len(made) > 1
        ignored = {RUN} if has_lasting_keys else {RUN, "_hw_key"}
        for table in {*made, *self.tables}:
            rows, placing = made.get(table, ({}, None))
            before = self.tables.get(table)
            if before is None or _bag(before.values(), ignored) != _bag(rows.values(), ignored):
                self.tables[table] = rows
                self._keep_columns(table, placing, rows)

    def _upsert(self, landed: Landed, run: Run, came: list[Came], later: Sequence[str], whole: bool) -> None:
        self._write(landed, run, *self._fates(came, later), {})

    def _snapshot(self, landed: Landed, run: Run, came: list[Came], later: Sequence[str], whole: bool) -> None:
        roots = self.tables.get(self.name, {})
        brought = {one.key for one in came}
        missing = (
            {key for key, row in roots.items() if key not in brought and row[RUN] not in later} if whole else set()
        )
        present, gone = self._fates(came, later)
        if self.marks:
            missing = {key for key in missing if "_hw_gone_at" not in roots[key]}
            micros = round(landed.moment.timestamp() * 1_000_000)
            self._write(landed, run, present, gone, {key: {"_hw_gone_at": micros} for key in missing})
        else:
            self._write(landed, run, present, gone | missing, {})

    def _history(self, landed: Landed, run: Run, came: list[Came], later: Sequence[str], whole: bool) -> None:
        roots = self.tables.get(self.name, {})
        present: list[Came] = []
        gone: set[str] = set()
        kept: dict[str, dict[str, Any]] = {}
        for entity in {one.entity for one in came}:
            stored = {key: row for key, row in roots.items() if row["_hw_entity_key"] == entity}
            arrived = [one for one in came if one.entity == entity]
            versions = _chain(arrived, stored, self.hidden, later, self.ends)
            gone |= stored.keys() - versions.keys()
            for key, (one, to, is_new, end_rank) in versions.items():
                self.ends.pop(key, None)
                if end_rank and len(self.order) > 1:
                    self.ends[key] = end_rank
                span = {"_hw_valid_to": to, "_hw_is_current": to is None}
                if is_new:
                    one.kept = {"_hw_entity_key": entity, "_hw_valid_from": one.moment, **span}
                    present.append(one)
                elif stored[key].get("_hw_valid_to") != to:
                    kept[key] = span
        self._write(landed, run, present, gone, kept)

    def _fates(self, came: list[Came], later: Sequence[str]) -> tuple[list[Came], set[str]]:
        """Return the records that are not older than what is stored, and the keys that such ones delete."""
        roots = self.tables.get(self.name, {})
        winners = [one for one in came if not self._is_older(one, roots.get(one.key), later)]
        gone = {one.key for one in winners if one.is_deleted}
        return [one for one in winners if not one.is_deleted], gone

    def _is_older(self, one: Came, row: Row | None, later: Sequence[str]) -> bool:
        if row is None or "_hw_gone_at" in row:
            return False
        before = self.hidden[one.key]
        rank = before.rank[: len(one.rank)]
        return (_comparable(one.rank), False) < (_comparable(rank), row[RUN] in later)

    # The tables.

    def _write(
        self, landed: Landed, run: Run, came: list[Came], gone: set[str], kept: dict[str, dict[str, Any]]
    ) -> None:
        made = self._rows(landed, run, came) if run.seen else {}
        touched = {one.key for one in came} | gone
        for table in {*made, *self.tables}:
            rows, placing = made.get(table, ({}, None))
            before = self.tables.get(table)
            after = dict(before or {})
            for key, row in (before or {}).items():
                root = row.get("_hw_root_key", key)
                if root in touched and key not in rows:
                    del after[key]
                elif root in kept and (table == self.name or "_hw_gone_at" not in kept[root]):
                    after[key] = _without_nulls(row | kept[root])
            for key, row in rows.items():
                is_same = before is not None and key in before and _said(before[key]) == _said(row)
                is_same = is_same and (
                    table != self.name or self.mode != "history" or self.hidden[key].said == self._of(came, key).said
                )
                after[key] = before[key] if is_same else row
            if before is None or after != before:
                self.tables[table] = after
                self._keep_columns(table, placing, rows)
        self.hidden |= {one.key: one for one in came}

    def _of(self, came: list[Came], key: str) -> Came:
        return next(one for one in came if one.key == key)

    def _rows(self, landed: Landed, run: Run, came: list[Came]) -> dict[str, tuple[dict[str, Row], Placing]]:
        placings = {path: Placing(run, path) for path in run.tables()}
        made: dict[str, tuple[dict[str, Row], Placing]] = {
            table_of(self.name, path): ({}, placing) for path, placing in placings.items()
        }
        for one in came:
            elements = run.elements(one.record)
            cells = placings[()].cells(elements[0])
            copies = {
                f"_root_{placings[()].columns[at][0]}": cells[at]
                for at in cells
                if at[0][0] in self.key and len(at[0]) == 1
            }
            for element in elements:
                own = _own(one.key, element) | (copies if element.table else {}) | one.kept | {RUN: landed.run_id}
                rows, placing = made[table_of(self.name, element.table)]
                rows[own["_hw_key"]] = _without_nulls(placing.row(element) | own)
        return made

    def _keep_columns(self, table: str, placing: Placing | None, rows: dict[str, Row]) -> None:
        if placing is None:
            return
        used = {name for row in rows.values() for name in row}
        self.paths[table] = placing.table
        self.columns[table] = {
            at: column
            for at, column in placing.columns.items()
            if at in placing.before or at in placing.proven or column[0] in used
        }


def _chain(
    arrived: list[Came], stored: dict[str, Row], hidden: dict[str, Came], later: Sequence[str], ends: dict[str, tuple]
) -> dict:
    """Return the versions of a record: by key, what it says, the moment to which it holds, whether it is new, and of a
    deletion that ends it the rank.
    """
    links = [(one.moment, one.is_deleted, (_comparable(one.rank), False), "arrived", one) for one in arrived]
    known = sorted(stored.items(), key=lambda item: item[1]["_hw_valid_from"])
    for place, (key, row) in enumerate(known):
        rank = (_comparable(hidden[key].rank), row[RUN] in later)
        links.append((row["_hw_valid_from"], False, rank, "stored", hidden[key]))
        following = known[place + 1][1]["_hw_valid_from"] if place + 1 < len(known) else None
        if "_hw_valid_to" in row and row["_hw_valid_to"] != following:
            of_end = (ends.get(key, rank[0]), rank[1])
            links.append((row["_hw_valid_to"], True, of_end, "end", hidden[key]))
    first: dict[int, tuple] = {}
    for link in sorted(links, key=lambda link: (link[2], link[3] == "arrived")):
        first[link[0]] = link
    line: list[tuple] = []
    before = None
    for moment in sorted(first):
        link = first[moment]
        repeats = before and not before[1] and not link[1] and before[4].said == link[4].said
        if not repeats:
            line.append(link)
        before = link
    following = [*((link[0], link[2][0] if link[1] else None) for link in line[1:]), (None, None)]
    return {
        link[4].key: (link[4], to, link[3] == "arrived", end_rank)
        for link, (to, end_rank) in zip(line, following, strict=True)
        if not link[1]
    }


def _lines(landed: Landed) -> Iterable[tuple[tuple, str, Any]]:
    for part, lines in enumerate(landed.parts):
        for number, line in enumerate(lines):
            yield (0, part, number), line, read(line)


def _own(root: str, element: Element) -> Row:
    """Return the columns that tell where a row belongs."""
    key, parent = root, None
    arrays = [element.table[: place + 1] for place, step in enumerate(element.table) if step in ROWS]
    for array, place in zip(arrays, element.places, strict=True):
        parent, key = key, digest(key, text(array), place)
    if parent is None:
        return {"_hw_key": key}
    return {"_hw_key": key, "_hw_parent_key": parent, "_hw_root_key": root, "_hw_index": element.index}


def _key(values: Sequence[Any]) -> str:
    tags = {"string": "s", "number": "n", "boolean": "b"}
    plain = [_canonical(value) for value in values]
    tagged = [f"{tags[kind(value)]}:{one}" for value, one in zip(values, plain, strict=True)]
    return sha256(json.dumps(tagged, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()[:32]


def _canonical(value: Any) -> str:
    if kind(value) == "number":
        return format(Decimal(value).normalize(), "f")
    return str(value).lower() if kind(value) == "boolean" else str(value)


def _rank(value: Any) -> Decimal | None:
    if kind(value) == "number":
        return Decimal(value)
    if kind(value) != "string":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Decimal(round(moment.timestamp() * 1_000_000))


def _comparable(rank: tuple) -> tuple:
    return tuple((value is not None, value or 0) for value in rank)


def _said(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != RUN}


def _without_nulls(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def _bag(rows: Iterable[Row], ignored: set[str]) -> list[str]:
    return sorted(
        repr(sorted((name, repr(value)) for name, value in row.items() if name not in ignored)) for row in rows
    )

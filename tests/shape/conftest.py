"""Records as literals, landed as gzip parts with their type notes, and what shaping makes of them."""

import gzip
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from itertools import count

import pytest

from glue_lib.landing.notes import Notes
from glue_lib.shape.frames import frames
from glue_lib.shape.keyed import keyed, newest, numbered
from glue_lib.shape.layout import layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored

OWN = ("_hw_", "_root_")


@dataclass(frozen=True)
class LandedPart:
    """What shaping needs of a landed part: the same names as the real one."""

    uri: str
    notes: Notes


@pytest.fixture
def notes_of():
    """Take the type notes of records, given as JSON texts (or bytes that are not even text)."""
    return noted


def noted(*lines):
    notes = Notes()
    for line in lines:
        notes.take(as_bytes(line))
    return notes


def as_bytes(line):
    return line if isinstance(line, bytes) else line.encode()


@pytest.fixture
def land(tmp_path):
    """Land parts of one run: `land(['{"id": 1}'], ['{"id": 2}'])` are two parts of slice 0."""

    calls = count()

    def make(*parts, slice_number=0, first=0):
        landed = []
        run = tmp_path / f"run={next(calls)}"
        for number, lines in enumerate(parts, first):
            file = run / f"slice={slice_number}/part-{number}.jsonl.gz"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(gzip.compress(b"".join(as_bytes(line) + b"\n" for line in lines)))
            landed.append(LandedPart(f"file://{file}", noted(*lines)))
        return landed

    return make


@pytest.fixture
def looks(spark):
    """Count how often a function looks at values: the queries that it has Spark run."""
    store = spark._jsparkSession.sharedState().statusStore()

    def last():  # the number of the last query; their count stands still once Spark forgets the oldest
        known = store.executionsList()
        return known.last().executionId() if known.size() else -1

    def counted(act):
        before = last()
        act()
        return last() - before

    return counted


@dataclass
class Shaped:
    """The frames that came out, with their rows as dictionaries without the columns that every table has."""

    frames: list
    _rows: dict = field(default_factory=dict)

    def rows(self, table, *, own=False, nulls=False):
        found = [row.asDict() for row in self._collected(table)]
        return [
            {
                name: value
                for name, value in row.items()
                if (own or not name.startswith(OWN)) and (nulls or value is not None)
            }
            for row in found
        ]

    def column(self, table, name):
        return [row[name] for row in self._collected(table)]

    def types(self, table):
        return {f.name: f.dataType.simpleString() for f in self.schema(table) if not f.name.startswith(OWN)}

    def comments(self, table):
        return {f.name: f.metadata["comment"] for f in self.schema(table) if "comment" in f.metadata}

    def schema(self, table):
        return next(frame.rows.schema for frame in self.frames if frame.table == table)

    @property
    def tables(self):
        return [frame.table for frame in self.frames]

    def stored(self):
        """Return the tables as the lake would tell them to the next run."""
        return {
            frame.table: Stored(
                {
                    f.metadata["comment"]: (f.name, f.dataType.simpleString())
                    for f in frame.rows.schema
                    if "comment" in f.metadata
                }
            )
            for frame in self.frames
        }

    def _collected(self, table):
        if table not in self._rows:
            rows = next(frame.rows for frame in self.frames if frame.table == table)
            order = [
                name for name in ("_hw_root_key", "_hw_parent_key", "_hw_index", "_hw_key") if name in rows.columns
            ]
            self._rows[table] = sorted(rows.collect(), key=lambda row: [str(row[name]).zfill(9) for name in order])
        return self._rows[table]


@pytest.fixture
def shape(glue_context, land):
    """Shape landed parts, or lines as one part, as a load does: `shape(['{"id": 1}'], key=("id",))`."""

    def make(lines, *, stored=None, run_id="r1", careful=False, recognise=False, **stream):
        stream = StreamShape("shop", "orders", **stream)
        parts = lines if lines and isinstance(lines[0], LandedPart) else land(lines) if lines else []
        notes = reduce(Notes.merge, [part.notes for part in parts], Notes())
        stream.check_keys(notes)
        planned = layout(
            notes,
            stream.name,
            hints=stream.types,
            stored=stored or {},
            element_keys=stream.element_keys,
            recognise=recognise,
        )
        if careful:  # every part through the normaliser
            parts = [replace(part, notes=replace(part.notes, duplicate_keys=True)) for part in parts]
        rows = records(glue_context.spark_session, parts, planned.reading)
        rows = keyed(rows if stream.key else numbered(rows), planned.tables[0], stream, run_id)
        rows = newest(rows, stream) if stream.key else rows
        loaded_at = datetime(2026, 1, 2, tzinfo=UTC)
        return Shaped(frames(rows, planned, stream, run_id=run_id, loaded_at=loaded_at, glue_context=glue_context))

    return make


@pytest.fixture
def scalars_of():
    """Return every scalar of JSON lines: (id of the record, position in the innermost array, path, value)."""
    from glue_lib.landing.exact import Number, exact_value
    from glue_lib.shape.paths import EACH, text

    def walk(value, path, place):
        if isinstance(value, tuple):
            for key, below in dict(value).items():
                yield from walk(below, (*path, key), place)
        elif isinstance(value, list):
            for number, below in enumerate(value):
                yield from walk(below, (*path, EACH), number)
        elif value is not None:
            kind = "text" if type(value) is str else "number" if isinstance(value, Number) else "boolean"
            yield text(path), place, kind, canonical(value)

    def make(lines):
        records = [exact_value(line) for line in lines]
        return Counter((dict(record)["id"], *found) for record in records for found in walk(record, (), None))

    return make


@pytest.fixture
def scalars_in():
    """Return the same of shaped frames."""

    def make(shaped, only_numbers):
        found = Counter()
        for table in shaped.tables:
            comments = shaped.comments(table)
            for row in shaped.rows(table, own=True):
                record = str(row.get("_root_id", row.get("id")))
                for name, comment in comments.items():
                    value = row.get(name)
                    if value is not None and name != "_hw_index":
                        path, _, variant = comment.partition(" as ")
                        kind = {str: "text", bool: "boolean"}.get(type(value), "number")
                        # Numbers alone at a path, of which no type holds all, are in its plain column as text.
                        is_number = variant == "number" or (kind == "text" and comment in only_numbers)
                        kind = "number" if is_number else kind
                        found[(record, path, row.get("_hw_index"), kind, canonical(value))] += 1
        return found

    return make


def canonical(value):
    """Return a value as a text that does not depend on its type."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        value = repr(value)
    try:
        return str(Decimal(value).normalize())
    except ArithmeticError:
        return value

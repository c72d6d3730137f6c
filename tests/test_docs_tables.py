"""Every example of docs/tables.md: its records are shaped as its lines of YAML say, and its rows are what comes out."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from pyspark.sql import functions as F

from glue_lib.landing.notes import Notes
from glue_lib.shape.frames import frames
from glue_lib.shape.keyed import keyed, newest
from glue_lib.shape.layout import layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored
from glue_lib.spec.loader import loads
from glue_lib.spec.stream import Stream

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
_BLOCKS = re.compile(r"^```(yaml|json|tables)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = """
source: shop
base_url: https://api.example.org
streams:
  orders:
    path: /orders
    key: [id]
"""
_HEAD = re.compile(r"(\w+)(?:: (.*))?\Z")


class Example(NamedTuple):
    """One or several runs of a stream, and the tables that the last of them makes."""

    stream: Stream
    runs: list[list[str]]
    tables: dict[str, tuple[dict[str, str], list[Any]]]  # by name: the types of the columns, and the rows


def _tables(text: str) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    rows: list[Any] = []
    for line in text.splitlines():
        if line.startswith("{"):
            rows.append(_exact(line))
        else:
            name, columns = _HEAD.match(line).groups()
            rows = []
            tables[name] = dict(column.split(" ") for column in (columns or "").split(", ") if column), rows
    return tables


def _exact(line: str) -> Any:
    return json.loads(line, parse_float=str, parse_int=str)


def _examples() -> list[Example]:
    examples: list[Example] = []
    yaml = ""
    runs: list[list[str]] = []
    for kind, text in _BLOCKS.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "yaml":
            yaml = indent(text, "    ")
        elif kind == "json":
            runs.append(text.splitlines())
        else:
            stream = loads(_FILE + yaml, PAGE.name).streams["orders"]
            examples.append(Example(stream, runs, _tables(text)))
            yaml, runs = "", []
    return examples


EXAMPLES = _examples()


@pytest.fixture(scope="module")
def found(glue_context, tmp_path_factory):
    """Shape all examples, and read all their rows at once: by example and table, the types and the rows."""
    shaped = [_shaped(example, glue_context, tmp_path_factory) for example in EXAMPLES]
    lines = [
        frame.rows.select(
            F.lit(place).alias("place"),
            F.lit(frame.table).alias("table"),
            F.to_json(F.struct(*_shown(EXAMPLES[place], frame))).alias("row"),
        )
        for place, frames in enumerate(shaped)
        for frame in frames
    ]
    rows = _together(lines).collect()
    return [
        {
            frame.table: (
                {name: _types(frame)[name] for name in _shown(EXAMPLES[place], frame)},
                [_exact(row.row) for row in rows if (row.place, row.table) == (place, frame.table)],
            )
            for frame in frames
        }
        for place, frames in enumerate(shaped)
    ]


def _together(frames: list[Any]) -> Any:
    """Return the rows of all frames; in halves, since each union has Spark look at all that is in it."""
    half = len(frames) // 2
    return frames[0] if not half else _together(frames[:half]).union(_together(frames[half:]))


def _shaped(example: Example, glue_context: Any, folders: Any) -> list[Any]:
    """Return the frames of the last run, as a load makes them where the tables of the runs before are stored."""
    stream = example.stream
    shape = StreamShape(
        "shop", "orders", tuple(stream.key), tuple(stream.order_fields), "", stream.types, stream.element_keys
    )
    stored: dict[str, Stored] = {}
    made: list[Any] = []
    for lines in example.runs:
        notes = Notes()
        notes.take_all([line.encode() for line in lines])
        file = folders.mktemp("run") / "slice=0" / "part-0.jsonl.gz"
        file.parent.mkdir()
        file.write_bytes(gzip.compress("\n".join(lines).encode()))
        recognise = stream.times == "recognised"
        planned = layout(
            notes, "orders", hints=shape.types, stored=stored, element_keys=shape.element_keys, recognise=recognise
        )
        part: Any = SimpleNamespace(uri=f"file://{file}", notes=notes)
        rows = records(glue_context.spark_session, [part], planned.reading)
        rows = newest(keyed(rows, planned.tables[0], shape, "r1"), shape)
        moment = datetime(2026, 1, 2, tzinfo=UTC)
        made = frames(rows, planned, shape, run_id="r1", loaded_at=moment, glue_context=glue_context)
        stored |= {frame.table: Stored(_columns(frame)) for frame in made}
    return made


def _columns(frame: Any) -> dict[str, tuple[str, str]]:
    fields = [field for field in frame.rows.schema if "comment" in field.metadata]
    return {field.metadata["comment"]: (field.name, field.dataType.simpleString()) for field in fields}


def _types(frame: Any) -> dict[str, str]:
    return {field.name: field.dataType.simpleString() for field in frame.rows.schema}


def _shown(example: Example, frame: Any) -> list[str]:
    """Return the columns that the records made, and those of every table that the page shows here."""
    asked = example.tables.get(frame.table, ({}, []))[0]
    return [name for name in frame.rows.columns if name in asked or not name.startswith(("_hw_", "_root_"))]


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_of_the_page_makes_the_tables_that_it_shows(found, place):
    told, made = EXAMPLES[place].tables, found[place]

    assert {name: types for name, (types, _) in made.items()} == {name: types for name, (types, _) in told.items()}
    for name, (_, rows) in told.items():
        assert _sorted(made[name][1]) == _sorted(rows), name


def test_the_page_has_an_example_of_each_rule():
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]

    assert len(EXAMPLES) >= 20
    assert [section.splitlines()[0] for section in sections if "```tables" not in section] == []


def _sorted(rows: list[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)

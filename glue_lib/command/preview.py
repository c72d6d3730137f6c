"""A preview: one page of a stream, and the tables, columns and types that it would make. Nothing is stored.

A fan-out is shown by the records of a few parents, which are taken from one page of the parent's own preview.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice, takewhile
from typing import Any

from glue_lib.api.client import Client
from glue_lib.api.page import Page
from glue_lib.errors import ApiError, ShapeError
from glue_lib.extract.fanning import Drawn, Row, drawn
from glue_lib.extract.planning import first_requests, key_of, plan
from glue_lib.landing.exact import exact_value
from glue_lib.landing.notes import Notes
from glue_lib.landing.parents import fields_of
from glue_lib.landing.part import as_line
from glue_lib.shape.layout import Layout, TableLayout, layout
from glue_lib.shape.paths import EACH, ENTRY, ENTRY_KEY, Path
from glue_lib.shape.stream import StreamShape
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.stream import Stream

_MOST_RECORDS = 1000  # of a page: as many as tell what there is
_MOST_CHAINS = 12  # windows or parents that bring nothing, before an empty page is what is shown
_MOST_OF_A_SLICE = 3  # parents; the next are of another slice
_MOST_PAGES = 3  # of one chain: some APIs have empty pages that lead on
_MOST_CHARACTERS = 60  # of a value that is shown


@dataclass(frozen=True)
class Column:
    """One column that the page would make, and the first value that goes there."""

    name: str
    type: str
    path: str
    example: str | None


@dataclass(frozen=True)
class Table:
    """One table that the page would make; every table has `_hw_key` and the other columns of its own beside these."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Preview:
    """What one page shows of a stream."""

    stream: str
    request: str
    records: int
    route: str  # how the records are taken out of the answer
    next: str | None  # the request of the next page; None at the end
    total: int | None  # records that the API says there are behind this request
    tables: tuple[Table, ...]
    doubts: tuple[str, ...]  # what a run would stumble over
    deletes: str = ""  # the stream whose records these delete


class Previews:
    """Looks at the streams of one pipeline; a parent's page is asked for once, however many fan-outs want it."""

    def __init__(self, pipeline: Pipeline, client_of: Callable[[Stream], Client], now: datetime) -> None:
        self._pipeline, self._client_of, self._now = pipeline, client_of, now
        self._looked_at: dict[str, tuple[Page, list[bytes]]] = {}

    def of(self, stream: Stream) -> Preview:
        """Return what a page of the stream shows."""
        page, lines = self._page(stream)
        notes = Notes()
        notes.take_all(lines)
        planned = layout(
            notes,
            stream.name,
            hints=stream.types,
            stored={},
            element_keys=stream.element_keys,
            recognise=stream.times == "recognised",
        )
        values = [exact_value(line) for line in lines]
        return Preview(
            stream=stream.name,
            request=str(page.request),
            records=len(page.records),
            route=_route(stream),
            next=str(page.next) if page.next else None,
            total=stream.pagination.expected(page),
            # A stream of deletions has no table: its records take rows out of another's.
            tables=() if stream.deletes else tuple(_table(table, values) for table in _with_columns(planned)),
            doubts=tuple(self._doubts(stream, notes, lines)),
            deletes=stream.deletes,
        )

    def _page(self, stream: Stream) -> tuple[Page, list[bytes]]:
        """Return the first page with records, from the last slice on, and its records as they would be landed."""
        if stream.name not in self._looked_at:
            self._looked_at[stream.name] = self._asked(stream)
        return self._looked_at[stream.name]

    def _asked(self, stream: Stream) -> tuple[Page, list[bytes]]:
        found: tuple[Page, bytes] | None = None
        client = self._client_of(stream)
        for prefix, request in islice(self._first_requests(stream), _MOST_CHAINS):
            pages = client.pages(request, pagination=stream.pagination, records=stream.reading)
            found = _first_with_records(islice(pages, _MOST_PAGES)), prefix
            if len(found[0].records):
                break
        if found is None:
            name = f"{self._pipeline.source}.{stream.name}"
            raise ApiError(f"{name}: its parents {', '.join(stream.parents)} have no records to ask with")
        page, prefix = found
        return page, [as_line(record, prefix) for record in islice(page.records, _MOST_RECORDS)]

    def _first_requests(self, stream: Stream) -> Iterator[tuple[bytes, Any]]:
        """Yield some of what a first run would ask, from the last slice back in growing steps: the newest show most."""
        planned = plan(
            stream,
            run_id="preview",
            source=self._pipeline.source,
            mode="full",
            position=None,
            drawn=self._drawn(stream),
            start=None,
            end=None,
            now=self._now,
        )
        newest_first = planned.slices[::-1]
        for place in (*takewhile(lambda step: step < len(newest_first) - 1, _steps()), len(newest_first) - 1):
            if newest_first:
                yield from islice(first_requests(stream, newest_first[place].work), _MOST_OF_A_SLICE)

    def _drawn(self, stream: Stream) -> Drawn | None:
        draws = self._pipeline.draws_of(stream)
        if not draws:
            return None
        name = f"{self._pipeline.source}.{stream.name}"
        return drawn(name, stream, draws, {parent: self._rows(parent, wanted) for parent, wanted in draws.items()})

    def _rows(self, parent: str, wanted: dict[str, str]) -> Iterator[Row]:
        _, lines = self._page(self._pipeline.stream(parent))
        for line in lines:
            yield fields_of(line, wanted.values()), True

    def _doubts(self, stream: Stream, notes: Notes, lines: list[bytes]) -> Iterator[str]:
        if not lines:
            yield "the page has no records, so it tells nothing about tables"
            return
        if odd := len(lines) - notes.kinds.get("object", 0):
            yield f"{odd} of {len(lines)} records are no JSON objects; a load sets them aside"
        try:
            StreamShape(self._pipeline.source, stream.name, key=key_of(stream)).check_keys(notes)
        except ShapeError as error:
            yield str(error)
        if stream.cursor and all(stream.cursor.field not in fields_of(line, [stream.cursor.field]) for line in lines):
            yield f"no record has the cursor's field `{stream.cursor.field}`"


def _first_with_records(pages: Iterator[Page]) -> Page:
    page = next(pages)
    while not len(page.records) and (following := next(pages, None)):
        page = following
    return page


def _steps() -> Iterator[int]:
    """Yield 0, 1, 3, 7, 15 and so on."""
    return (2**power - 1 for power in count())


def _route(stream: Stream) -> str:
    if stream.format.type != "json":
        return f"decoded: {stream.format.type.upper()} becomes JSON objects of text"
    if stream.records.is_query:
        return "decoded: the JMESPath is evaluated on the whole answer, numbers as written"
    return "raw: the bytes that the API sent" if stream.records.are_objects else "raw values, put into objects"


def _with_columns(planned: Layout) -> list[TableLayout]:
    """Return the tables that have data of their own; the root always."""
    root, *children = planned.tables
    return [root, *(table for table in children if table.columns)]


def _table(table: TableLayout, records: list[Any]) -> Table:
    columns: dict[str, Column] = {}
    for leaf in table.leaves:
        for target in leaf.targets:
            if target in table.unproven:
                continue
            example = next((found for record in records for found in _values(record, leaf.path)), None)
            columns.setdefault(target.name, Column(target.name, target.type, target.comment, _shown(example)))
    return Table(table.name, tuple(columns.values()))


def _values(value: Any, path: Path) -> Iterator[Any]:
    """Yield the values at a path of a record that are not null."""
    if not path:
        if value is not None and not isinstance(value, list | tuple):
            yield value
        return
    step, rest = path[0], path[1:]
    if step is EACH:
        for element in value if type(value) is list else ():
            yield from _values(element, rest)
    elif type(value) is tuple and rest[:1] == (ENTRY_KEY,):
        yield from (key for key, _ in value)
    elif type(value) is tuple:
        for key, inner in value:
            if step in (key, ENTRY):
                yield from _values(inner, rest)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"

"""What a run is about to ask: how many slices and requests, before it asks; nothing is stored.

The figure rests on the best that is known: the last run of the same mode, else the total on a page that may be asked
for now, else the number of first requests, which is only the least.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from glue_lib.command.estimate import Expected, pages_of
from glue_lib.command.preview import Previews
from glue_lib.errors import ApiError
from glue_lib.execution import Execution
from glue_lib.extract.fanning import Drawn, Row, chains, drawn
from glue_lib.extract.planning import first_requests, mode_of, plan, refuse_span
from glue_lib.landing.plan import Mode, Plan
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.spec.stream import Stream


@dataclass(frozen=True)
class _Earlier:
    """A complete run, as far as it tells how many requests the next one needs."""

    run_id: str
    pages: int
    chains: int


class Forecast:
    """Looks at the streams of one execution; with `previews` it may ask for one page of each."""

    def __init__(self, execution: Execution, previews: Previews | None = None) -> None:
        self._execution, self._previews = execution, previews
        self._records: dict[str, int] = {}  # expected of each stream so far, for the fan-outs over it

    def of(self, stream: Stream) -> Expected:
        """Return what the stream is about to ask; a fan-out's parents are to be forecast before it."""
        if self._execution.is_backfill:
            refuse_span(self._source, stream, self._execution.pipeline.streams.values())
        landed = Positions(self._execution.storage, self._source, stream.name).landed()
        mode = mode_of(
            stream,
            is_backfill=self._execution.is_backfill,
            full_refresh=self._execution.full_refresh,
            position=landed,
        )
        parents = self._parents(stream)
        if stream.parents and parents is None:
            return self._of_unknown_parents(stream, mode)
        planned = self._planned(stream, mode, landed, parents)
        first = sum(len(first_requests(stream, work.work)) for work in planned.slices)
        pages, is_least, basis = self._pages(stream, mode, first)
        return Expected(stream.name, mode, len(planned.slices), max(pages, first), is_least, basis)

    @property
    def _source(self) -> str:
        return self._execution.pipeline.source

    def _planned(self, stream: Stream, mode: Mode, landed: Position | None, parents: Drawn | None) -> Plan:
        return plan(
            stream,
            run_id="forecast",
            source=self._source,
            mode=mode,
            position=landed,
            drawn=parents,
            start=self._execution.start,
            end=self._execution.end,
            now=self._execution.now(),
        )

    def _parents(self, stream: Stream) -> Drawn | None:
        """Return the parents that landed runs have; None while some parent was never landed."""
        draws = self._execution.pipeline.draws_of(stream)
        runs = {name: Runs(self._execution.storage, self._source, name) for name in draws}
        if not draws or not all(of.complete() for of in runs.values()):
            return None
        asked = self._execution.pipeline.fields_asked_of
        rows: dict[str, Iterable[Row]] = {
            name: [(parent, True) for parent in of.parents(asked(name))] for name, of in runs.items()
        }
        return drawn(f"{self._source}.{stream.name}", stream, draws, rows)

    def _pages(self, stream: Stream, mode: Mode, first: int) -> tuple[int, bool, str]:
        """Return the number of pages, whether it may be more, and what that rests on."""
        earlier = self._earlier(stream, mode)
        if earlier and earlier.chains:
            pages = ceil(earlier.pages / earlier.chains * first) if stream.parents else earlier.pages
            return pages, False, f"{earlier.pages:,} pages in run {earlier.run_id}"
        return self._pages_by_a_look(stream, first) or (first, True, "the first request of each slice and parent")

    def _pages_by_a_look(self, stream: Stream, first: int) -> tuple[int, bool, str] | None:
        if self._previews is None:
            return None
        try:
            seen = self._previews.of(stream)
        except ApiError as error:
            return first, True, f"the page that was looked at: {error}"
        self._records[stream.name] = max(seen.records, seen.total or 0)
        if seen.next is None:
            return first, stream.cursor is not None, f"one page of {seen.records:,} records"
        if seen.total is None:
            return 2 * first, True, f"more than one page of {seen.records:,} records; no total is told"
        pages = pages_of(seen.total, seen.records)
        told = f"{seen.total:,} records, {seen.records:,} a page"
        return pages * first, first > 1, told

    def _of_unknown_parents(self, stream: Stream, mode: Mode) -> Expected:
        """Return the least: a request for each record that the parents are expected to have."""
        read = self._execution.pipeline.draws_of(stream)  # a nearer parent brings along the values of those above it
        known = [self._records.get(parent) for parent in read]
        count = 1
        for records in known:
            count *= records or 1
        requests = ceil(count / stream.batch.size) if stream.batch else count
        told = " and ".join(f"`{parent}`" for parent in read)
        basis = f"one for each record of {told}" if all(known) else f"{told} was never landed"
        return Expected(stream.name, mode, 1, requests, True, basis)

    def _earlier(self, stream: Stream, mode: Mode) -> _Earlier | None:
        runs = Runs(self._execution.storage, self._source, stream.name)
        like = [run for run in runs.complete() if run.mode == mode]
        if not like or mode == "backfill":  # another span tells nothing
            return None
        folder = RunFolder(self._execution.storage, self._source, stream.name, like[-1].run_id)
        planned, ended = folder.plan(), folder.outcome()
        if planned is None or ended is None:
            return None
        self._records[stream.name] = int(ended.evidence["records"])
        asked = sum(_chains(stream, work.work) for work in planned.slices)
        return _Earlier(folder.run_id, int(ended.evidence["pages"]), asked)


def _chains(stream: Stream, work: dict[str, object]) -> int:
    parents = work.get("parents")
    return sum(1 for _ in chains(stream, parents)) if isinstance(parents, list) else 1

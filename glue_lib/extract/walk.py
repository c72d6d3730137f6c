"""One slice, from its first requests to its last page: what an execution does between two manifests.

A slice has one chain of pages, a fan-out's one for each parent of its batch. A chain has one window of the cursor's
field, or several where the API caps what it gives for one query. The walk goes on from the last progress of an earlier
execution, and begins anew where the API has forgotten that place, or brought fewer records than it said there are.
"""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from glue_lib import log
from glue_lib.api.client import Client
from glue_lib.api.completion import Completion
from glue_lib.api.cursor import Window
from glue_lib.api.joining import Joining
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import RowsMoved
from glue_lib.api.request import Request
from glue_lib.api.seen import Seen
from glue_lib.api.sieve import Sieve
from glue_lib.errors import ApiError
from glue_lib.execution import Execution
from glue_lib.extract.capped import TooMany, hinting, within
from glue_lib.extract.odds import tell_odds, tell_round_number
from glue_lib.extract.planning import unbounded_requests
from glue_lib.extract.whereabouts import At
from glue_lib.landing.leases import Lease, Witness
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.progress import Resume
from glue_lib.landing.run import RunFolder
from glue_lib.landing.writer import SliceWriter
from glue_lib.spec.stream import Stream

# What an API answers to a page token that it no longer knows; 200 stands for an error told in the body.
_GONE = (200, 400, 404, 410, 412, 422)


class StartAnew(ApiError):
    """What is landed of the slice leads nowhere: it is to be read again from its beginning."""


@dataclass(frozen=True)
class Run:
    """What the slices of a run share."""

    execution: Execution
    stream: Stream
    client: Client
    folder: RunFolder
    planned: Plan
    lease: Lease | Witness
    stopped: threading.Event  # a failure concerns all slices: keep what is whole and end

    @property
    def name(self) -> str:
        """The stream, as errors name it."""
        return f"{self.execution.pipeline.source}.{self.stream.name}"


def land(run: Run, work: Slice) -> None:
    """Land one slice from where it stands to its end."""
    if run.stopped.is_set():
        return
    with _writer(run, work) as writer:
        try:
            walk = _walked(run, work, writer)
        except (StartAnew, RowsMoved) as anew:
            log.warning("slice restarted", stream=run.stream.name, slice=work.label, reason=str(anew))
            writer.restart()
            walk = _walked(run, work, writer)
        if not run.stopped.is_set():
            writer.close(walk.at.evidence(run.stream.cursor))
            tell_odds(run.stream.name, work.label, walk.at.counts)
            log.info("slice landed", stream=run.stream.name, run=run.folder.run_id, slice=work.label)


def _walked(run: Run, work: Slice, writer: SliceWriter) -> "Walk":
    walk = Walk(run, work, writer)
    walk.go()
    return walk


def _writer(run: Run, work: Slice) -> SliceWriter:
    bounds = run.execution
    return run.folder.slice_writer(
        work,
        part_bytes=bounds.part_bytes,
        part_seconds=bounds.part_seconds,
        check=run.lease.check,
        attempt=run.lease.attempt,
    )


class Walk:
    """Asks for page after page, from each of the slice's first requests, and lands them."""

    def __init__(self, run: Run, work: Slice, writer: SliceWriter) -> None:
        self._run, self._stream, self._work, self._writer = run, run.stream, work, writer
        self._window = Window(work.work.get("start"), work.work.get("end"))
        self._resume = writer.resume
        self.at = self._place()
        self._completion = Completion(
            run.client,
            run.stream.complete,
            name=run.name,
            threads=run.execution.pipeline.limits.concurrency,
            headers=run.stream.headers,
        )
        self._sieve: Sieve | None = None
        self._joining = Joining(self._stream.records.joined_by)
        self._sifted: tuple[int, Collection[bytes]] | None = None

    def go(self) -> None:
        """Walk to the end of the slice, or to the page at which the run is stopped."""
        for chain, (prefix, first) in enumerate(unbounded_requests(self._stream, self._work.work)):
            if self._resume and chain < self.at.chain:
                continue
            if self._resume and chain == self.at.chain:
                self._land(self._rest(self._resume), prefix)
            else:
                self.at = self.at.in_chain(chain, self._stepped(self._window_of(chain)))
            self._walk_parent(prefix, first)
            if self._is_stopped:
                return
            self.at = self.at.chain_closed()

    def _place(self) -> At:
        try:
            return At.from_json(self._resume.state) if self._resume else At()
        except ValueError as error:
            raise StartAnew(str(error)) from error

    def _window_of(self, chain: int) -> Window:
        """Return the window of a chain: of the slice, unless each parent goes on where it was left."""
        starts = self._work.work.get("starts")
        return Window(starts[chain], None) if starts else self._window

    @property
    def _is_stopped(self) -> bool:
        return self._run.stopped.is_set()

    def _walk_parent(self, prefix: bytes, first: Request) -> None:
        """Walk a chain; a parent that the API does not know any more is set aside, unless the file says otherwise."""
        begun = self.at
        try:
            self._walk_chain(prefix, first)
        except ApiError as error:
            is_first = self.at is begun and not begun.pages
            is_one = self._stream.holes and not self._stream.batch  # of a batch, nobody knows which one is gone
            if not (is_first and is_one and self._stream.missing_parent.means(error)):
                raise
            if self._stream.missing_parent.then == "set_aside":
                log.warning("parent missing", stream=self._stream.name, request=str(first), status=error.status)
                self.at = self.at.without_parent(str(first))

    def _walk_chain(self, prefix: bytes, first: Request) -> None:
        while self.at.windows and not self._is_stopped:
            if not self.at.pages:
                try:
                    self._land(self._of_window(first), prefix)
                except TooMany as many:
                    self._halve(many)
                    continue
            if not self._is_stopped:
                self._close_window()

    def _of_window(self, first: Request) -> Iterator[Page]:
        cursor = self._stream.cursor
        request = cursor.apply(first, self.at.window) if cursor else first
        pages = self._pages(request, Seen())
        if cursor is None or not cursor.until:
            return pages
        return within(pages, cursor.most) if cursor.most else hinting(pages)

    def _rest(self, resume: Resume) -> Iterator[Page]:
        """Yield the pages that are missing of a window; if the very first is refused, what was kept leads nowhere."""
        if resume.next is None:
            return
        seen = Seen(resume.seen_requests[-self.at.pages :], resume.seen_pages[-self.at.pages :])
        pages = self._pages(Request.from_stored(resume.next), seen)
        try:
            first = next(pages)
        except ApiError as error:
            if error.status in _GONE:
                raise StartAnew(str(error)) from error
            raise
        yield first
        yield from pages

    def _pages(self, request: Request, seen: Seen) -> Iterator[Page]:
        stream, is_passed = self._stream, self._is_passed
        return self._run.client.pages(
            request, pagination=stream.pagination, records=stream.reading, seen=seen, until=is_passed
        )

    def _is_passed(self, page: Page) -> bool:
        """Return whether nothing behind the page is wanted; pages that may be thrown away are not sifted yet."""
        cursor = self._stream.cursor
        if cursor is None or not cursor.sorted or cursor.most or self._sieve is None or self._joining.is_needed:
            return False
        self._kept(page)
        return self._sieve.is_passed

    def _land(self, pages: Iterator[Page], prefix: bytes) -> None:
        self._sieve, self._sifted = self._sieve_for(prefix), None
        self._joining.begin(self.at.pending)
        for page in pages:
            try:
                records = self._kept(page)
            except ApiError as error:
                raise ApiError(f"{self._run.name}: {page.request}, page {page.number}: {error}") from error
            records = self._completion.of(page, records, prefix)
            is_passed = self._sieve is not None and self._sieve.is_passed
            self.at = self.at.after(page, is_passed=is_passed, pending=self._joining.pending)
            self._add(page, records, prefix)
            self._tell(page, len(records))
            if self._is_stopped:
                return

    def _tell(self, page: Page, records: int) -> None:
        at, where = self.at, {"stream": self._stream.name, "slice": self._work.label}
        promised = at.promised if len(at.windows) == 1 else None  # of a window that is one of several it tells little
        parents = () if self._stream.batch else self._work.work.get("parents", ())
        far = {"rows": at.rows, "of": promised, "chain": at.chain, "chains": len(parents) or None}
        log.debug("page", **where, number=page.number, records=records, **far)

    def _sieve_for(self, prefix: bytes) -> Sieve | None:
        cursor, planned = self._stream.cursor, self._run.planned
        if cursor is None:
            return None
        return Sieve(
            cursor,
            self.at.window,
            self.at.tally,
            not_after=planned.created_at,
            known=planned.context.get("edge"),
            prefix=prefix,
            has_edge=self._window.end is None,
        )

    def _kept(self, page: Page) -> Collection[bytes]:
        """Return the records of the page that belong to the slice; a page is sifted once."""
        if self._sifted is None or self._sifted[0] != page.number:
            whole = self._joining.whole(page.records, is_last=page.next is None)
            kept = self._sieve.kept(whole) if self._sieve else whole
            self._sifted = (page.number, kept)
        return self._sifted[1]

    def _add(self, page: Page, records: Collection[bytes], prefix: bytes) -> None:
        self._writer.add(
            records,
            prefix=prefix,
            request=page.request.stored(),
            next=page.next.stored() if page.next else None,
            request_fingerprint=page.request.fingerprint(),
            page_fingerprint=page.fingerprint(),
            state=self.at.to_json(),
        )

    def _close_window(self) -> None:
        at = self.at
        if at.promised is not None and at.rows < at.promised and not at.is_passed:
            told = f"the API said that there are {at.promised:,} records, and brought {at.rows:,}"
            advice = "run again; if its count is but a rough one, leave `total` out of `pagination`"
            raise StartAnew(f"{self._run.name}: {self._named(at.window)}: {told}; {advice}")
        is_found = at.tally.inside > 0  # not `rows`: an API can give the same records whatever it is asked for
        cursor = self._stream.cursor
        if at.promised is None and not at.is_passed and not (cursor and cursor.most):
            tell_round_number(self._stream.name, self._named(at.window), rows=at.rows, pages=at.pages)
        self.at = at.window_closed()
        if is_found and len(self.at.windows) == 1 and self.at.window.end is None:
            self.at = self.at.in_windows(*self._stepped(self.at.window))

    def _stepped(self, window: Window) -> tuple[Window, ...]:
        """Return a window of whole numbers that is open at its end as a first step and the rest."""
        step = self._stream.cursor.step(window) if self._stream.cursor else None
        return (step, Window(step.end, None)) if step else (window,)

    def _halve(self, many: TooMany) -> None:
        cursor, window = self._stream.cursor, self.at.window
        assert cursor is not None
        halves = cursor.halves(window)
        if halves is None:
            told = f"holds {many}, and `cursor.most` says that the API gives {cursor.most:,} for one query"
            raise ApiError(f"{self._run.name}: {self._named(window)}: {told}; {_remedy(window)}") from many.cause
        log.info("window halved", stream=self._stream.name, window=str(window), reason=str(many))
        self.at = self.at.in_windows(*halves)

    def _named(self, window: Window) -> str:
        return str(window) if window.start or window.end else "the stream"


def _remedy(window: Window) -> str:
    if window.start is None:
        return "give the cursor a `start`, so that the window can be halved"
    if window.end is None:
        return "give the cursor a `slice`, so that the window has an end and can be halved"
    return "no step of the API lies inside; give the cursor a finer `granularity`, or narrow the stream by `params`"

"""One slice, from its first requests to its last page: what an execution does between two manifests.

A slice has one chain of pages, a fan-out's one for each parent of its batch. It goes on from the last progress of an
earlier execution, and begins anew where the API has forgotten that place.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from glue_lib import log
from glue_lib.api import selection
from glue_lib.api.client import Client
from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.api.seen import Seen
from glue_lib.errors import ApiError
from glue_lib.execution import Execution
from glue_lib.landing.leases import Lease
from glue_lib.landing.plan import Slice
from glue_lib.landing.progress import Resume
from glue_lib.landing.run import RunFolder
from glue_lib.landing.writer import SliceWriter
from glue_lib.planning import first_requests
from glue_lib.spec.stream import Stream

# What an API answers to a page token that it no longer knows; 200 stands for an error told in the body.
_GONE = (200, 400, 404, 410, 412, 422)


class _PlaceGone(Exception):
    """The API no longer accepts the request that a stopped slice was to go on with."""


@dataclass(frozen=True)
class Run:
    """What the slices of a run share."""

    execution: Execution
    stream: Stream
    client: Client
    folder: RunFolder
    lease: Lease
    stopped: threading.Event  # another slice failed: keep what is whole and end


@dataclass(frozen=True)
class _At:
    """Where in a slice a walk is; kept in progress files."""

    chain: int = 0
    pages: int = 0  # of this chain
    latest: str | None = None  # cursor value


def land(run: Run, work: Slice) -> None:
    """Land one slice from where it stands to its end."""
    with _stopping_others(run), _writer(run, work) as writer:
        try:
            latest = _walk(run, work, writer)
        except _PlaceGone as gone:
            log.warning("slice restarted", stream=run.stream.name, slice=work.label, reason=str(gone.__cause__))
            writer.restart()
            latest = _walk(run, work, writer)
        if not run.stopped.is_set():
            writer.close({"latest": latest})
            log.info("slice landed", stream=run.stream.name, run=run.folder.run_id, slice=work.label)


def _writer(run: Run, work: Slice) -> SliceWriter:
    bounds = run.execution
    return run.folder.slice_writer(
        work, part_bytes=bounds.part_bytes, part_seconds=bounds.part_seconds, check=run.lease.check
    )


def _walk(run: Run, work: Slice, writer: SliceWriter) -> str | None:
    """Ask for page after page, from each of the slice's first requests, and land them; return the latest cursor value.

    A slice has one chain of pages, a fan-out's one for each parent of its batch.
    """
    resume = writer.resume
    at = _At(**resume.state) if resume else _At()
    for chain, (prefix, first) in enumerate(first_requests(run.stream, work.work)):
        if resume and chain < at.chain:
            continue
        if resume and chain == at.chain:
            pages = _rest(run, resume, at)
        else:
            pages = _pages(run, first, Seen())
            at = replace(at, chain=chain, pages=0)
        for page in pages:
            at = replace(at, pages=at.pages + 1, latest=_latest(run.stream, work, page, at.latest))
            _add(writer, page, prefix, at)
            log.debug("page", stream=run.stream.name, slice=work.label, number=page.number, records=len(page.records))
            if run.stopped.is_set():
                return at.latest
    return at.latest


def _pages(run: Run, request: Request, seen: Seen) -> Iterator[Page]:
    return run.client.pages(request, pagination=run.stream.pagination, records=run.stream.reading, seen=seen)


def _rest(run: Run, resume: Resume, at: _At) -> Iterator[Page]:
    """Yield the pages that are missing of a chain; when the very first is refused, what was kept leads nowhere."""
    if resume.next is None:
        return
    seen = Seen(resume.seen_requests[-at.pages :], resume.seen_pages[-at.pages :])
    pages = _pages(run, Request.from_stored(resume.next), seen)
    try:
        first = next(pages)
    except ApiError as error:
        if error.status in _GONE:
            raise _PlaceGone from error
        raise
    yield first
    yield from pages


def _add(writer: SliceWriter, page: Page, prefix: bytes, at: _At) -> None:
    writer.add(
        page.records,
        prefix=prefix,
        request=page.request.stored(),
        next=page.next.stored() if page.next else None,
        request_fingerprint=page.request.fingerprint(),
        page_fingerprint=page.fingerprint(),
        state=asdict(at),
    )


def _latest(stream: Stream, work: Slice, page: Page, latest: str | None) -> str | None:
    """Return the latest cursor value so far; a window's end makes it needless where there is one."""
    if stream.cursor and "end" not in work.work:
        for record in page.records:
            value = selection.field(record, stream.cursor.field)
            latest = stream.cursor.latest(latest, value) if isinstance(value, str) else latest
    return latest


@contextmanager
def _stopping_others(run: Run) -> Iterator[None]:
    try:
        yield
    except BaseException:
        run.stopped.set()
        raise

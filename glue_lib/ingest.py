"""One stream, from the API to the raw zone: Slice → Page → Run."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from glue_lib import log
from glue_lib.api import selection
from glue_lib.api.client import Client
from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred
from glue_lib.api.seen import Seen
from glue_lib.errors import ApiError
from glue_lib.execution import Execution, Outcome
from glue_lib.landing.leases import Lease
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.progress import Resume
from glue_lib.landing.run import RunFolder
from glue_lib.landing.writer import SliceWriter
from glue_lib.opening import opened
from glue_lib.planning import first_requests, landed_after
from glue_lib.spec.stream import Stream

# What an API answers to a page token that it no longer knows; 200 stands for an error told in the body.
_GONE = (200, 400, 404, 410, 412, 422)


class _PlaceGone(Exception):
    """The API no longer accepts the request that a stopped slice was to go on with."""


@dataclass(frozen=True)
class _At:
    """Where in a slice a walk is; kept in progress files."""

    chain: int = 0
    pages: int = 0  # of this chain
    latest: str | None = None  # cursor value


@dataclass(frozen=True)
class _Run:
    """What the slices of a run share."""

    execution: Execution
    stream: Stream
    client: Client
    folder: RunFolder
    lease: Lease
    stopped: threading.Event  # another slice failed: keep what is whole and end


def ingest_stream(execution: Execution, stream: Stream, client: Client) -> Outcome:
    """Land one run of the stream, going on with the unfinished one where there is one; move `landed` last."""
    source = execution.pipeline.source
    positions = Positions(execution.storage, source, stream.name)
    with Lease(execution.storage, source, stream.name, "ingest") as lease:
        folder, planned = opened(execution, stream, positions.landed())
        ended = folder.outcome()
        if ended is None or ended.status != "complete":
            run = _Run(execution, stream, client, folder, lease, threading.Event())
            try:
                _land_all(run, planned, execution.pipeline.limits.concurrency)
            except Deferred as deferred:
                return _incomplete(execution, stream, folder, planned, deferred)
            wanted = execution.pipeline.fields_asked_of(stream.name)
            if wanted:
                folder.write_parents(wanted)
            lease.check()
            ended = folder.finish("complete", _evidence(folder, planned))
        if planned.mode != "backfill":
            _move_landed(positions, folder, planned, stream)
    records, pages = int(ended.evidence["records"]), int(ended.evidence["pages"])
    log.info("run landed", source=source, stream=stream.name, run=folder.run_id, mode=planned.mode, records=records)
    return Outcome(source, stream.name, "complete", folder.run_id, records, pages, evidence=ended.evidence)


def _land_all(run: _Run, planned: Plan, threads: int) -> None:
    """Land the slices that are not whole yet, several at a time; the first failure stops the others at a page."""
    whole = run.folder.whole_slices()
    missing = [work for work in planned.slices if work.number not in whole]
    with ThreadPoolExecutor(max_workers=max(1, min(threads, len(missing)))) as pool:
        futures = [pool.submit(_land, run, work) for work in missing]
        for future in futures:
            error = future.exception()
            if error:
                run.stopped.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise error


def _land(run: _Run, work: Slice) -> None:
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


def _writer(run: _Run, work: Slice) -> SliceWriter:
    bounds = run.execution
    return run.folder.slice_writer(
        work, part_bytes=bounds.part_bytes, part_seconds=bounds.part_seconds, check=run.lease.check
    )


def _walk(run: _Run, work: Slice, writer: SliceWriter) -> str | None:
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


def _pages(run: _Run, request: Request, seen: Seen) -> Iterator[Page]:
    return run.client.pages(request, pagination=run.stream.pagination, records=run.stream.records, seen=seen)


def _rest(run: _Run, resume: Resume, at: _At) -> Iterator[Page]:
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
def _stopping_others(run: _Run) -> Iterator[None]:
    try:
        yield
    except BaseException:
        run.stopped.set()
        raise


def _evidence(folder: RunFolder, planned: Plan) -> dict[str, Any]:
    """Return what shows that the run is complete."""
    manifests = folder.manifests()
    return {
        "slices": len(planned.slices),
        "whole_slices": len(manifests),
        "pages": sum(manifest["pages"] for manifest in manifests),
        "records": sum(manifest["records"] for manifest in manifests),
    }


def _incomplete(execution: Execution, stream: Stream, folder: RunFolder, planned: Plan, deferred: Deferred) -> Outcome:
    """End the run for now: the same run id goes on at the time that the API named."""
    resume_at = deferred.resume_at.isoformat()
    pages, records = folder.counts()
    so_far = {"pages": pages, "records": records, "reason": str(deferred), "resume_at": resume_at}
    evidence = _evidence(folder, planned) | so_far
    folder.finish("incomplete", evidence)
    log.warning("run incomplete", stream=stream.name, run=folder.run_id, resume_at=resume_at, reason=str(deferred))
    return Outcome(
        execution.pipeline.source,
        stream.name,
        "incomplete",
        folder.run_id,
        records=records,
        pages=pages,
        resume_at=resume_at,
        evidence=evidence,
    )


def _move_landed(positions: Positions, folder: RunFolder, planned: Plan, stream: Stream) -> None:
    """Move `landed` past the run, unless that was done before or a later run has moved it since."""
    before = positions.landed()
    if (before.sequence if before else 0) != planned.context["sequence"]:
        return
    latest = None
    for manifest in folder.manifests():
        seen = manifest["evidence"]["latest"]
        latest = stream.cursor.latest(latest, seen) if stream.cursor else None
    value = landed_after(stream, planned, latest, before)
    positions.move("landed", Position(value, folder.run_id, planned.context["sequence"] + 1), before)

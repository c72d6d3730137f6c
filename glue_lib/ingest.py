"""One stream, from the API to the raw zone: Slice → Page → Run."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from glue_lib import log
from glue_lib.api.client import Client
from glue_lib.api.retry import Deferred
from glue_lib.execution import Execution, Outcome
from glue_lib.landing.leases import Lease
from glue_lib.landing.plan import Plan
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.run import RunFolder
from glue_lib.opening import opened
from glue_lib.planning import landed_after
from glue_lib.spec.stream import Stream
from glue_lib.walk import Run, land


def ingest_stream(execution: Execution, stream: Stream, client: Client) -> Outcome:
    """Land one run of the stream, going on with the unfinished one where there is one; move `landed` last."""
    source = execution.pipeline.source
    positions = Positions(execution.storage, source, stream.name)
    with Lease(execution.storage, source, stream.name, "ingest") as lease:
        folder, planned = opened(execution, stream, positions.landed())
        ended = folder.outcome()
        if ended is None or ended.status != "complete":
            run = Run(execution, stream, client, folder, planned, lease, threading.Event())
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


def _land_all(run: Run, planned: Plan, threads: int) -> None:
    """Land the slices that are not whole yet, several at a time; the first failure stops the others at a page."""
    whole = run.folder.whole_slices()
    missing = [work for work in planned.slices if work.number not in whole]
    with ThreadPoolExecutor(max_workers=max(1, min(threads, len(missing)))) as pool:
        futures = [pool.submit(land, run, work) for work in missing]
        for future in futures:
            error = future.exception()
            if error:
                run.stopped.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise error


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

"""One stream, from the API to the raw zone: Slice → Page → Run."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from glue_lib import log
from glue_lib.api.client import Client
from glue_lib.api.retry import Deferred
from glue_lib.errors import HeadwaterError
from glue_lib.execution import Execution, Outcome
from glue_lib.extract import fanning
from glue_lib.extract.moving import move_landed, recovered_landed
from glue_lib.extract.opening import opened
from glue_lib.extract.spread import land_on_executors
from glue_lib.extract.together import land_all
from glue_lib.extract.unfinished import Unfinished
from glue_lib.extract.walk import Run
from glue_lib.landing.leases import Lease
from glue_lib.landing.plan import Plan
from glue_lib.landing.positions import Positions
from glue_lib.landing.run import RunFolder
from glue_lib.spec.stream import Stream


def ingest_stream(execution: Execution, stream: Stream, client: Client) -> Outcome:
    """Land one run of the stream, going on with the unfinished one where there is one; move `landed` last."""
    source = execution.pipeline.source
    positions = Positions(execution.storage, source, stream.name)
    with Lease(execution.storage, source, stream.name, "ingest") as lease:
        folder, planned = opened(execution, stream, positions.landed() or recovered_landed(execution, stream))
        ended = folder.outcome()
        if ended is None or ended.status != "complete":
            run = Run(execution, stream, client, folder, planned, lease, threading.Event())
            unfinished = _landed_as_far(run)
            if unfinished:
                return _ended_early(run, unfinished)
            _refuse_all_missing(run)
            wanted = execution.pipeline.fields_asked_of(stream.name)
            if wanted:
                folder.write_parents(wanted)
            lease.check()
            ended = folder.finish("complete", _evidence(folder, planned))
        if planned.mode != "backfill":
            move_landed(execution, folder, planned, stream)
    records, pages = int(ended.evidence["records"]), int(ended.evidence["pages"])
    log.info("run landed", source=source, stream=stream.name, run=folder.run_id, mode=planned.mode, records=records)
    return Outcome(source, stream.name, "complete", folder.run_id, records, pages, evidence=ended.evidence)


def _landed_as_far(run: Run) -> Unfinished | None:
    """Land what is missing of the run; a failure that ends it carries what stays."""
    try:
        return _landed(run)
    except HeadwaterError as error:
        with suppress(HeadwaterError):  # where the lake is out of reach, too
            evidence = _so_far(run)
            counts = {name: evidence[name] for name in ("records", "pages")}
            error.landed = {"run_id": run.folder.run_id, "evidence": evidence} | counts
        raise


def _landed(run: Run) -> Unfinished | None:
    if run.stream.spread == "executors":
        return land_on_executors(run)
    return land_all(run, run.execution.pipeline.limits.concurrency)


def _evidence(folder: RunFolder, planned: Plan) -> dict[str, Any]:
    """Return what shows that the run is complete, or how far it is."""
    manifests = folder.manifests()
    return {
        "slices": len(planned.slices),
        "whole_slices": len(manifests),
        "pages": sum(manifest["pages"] for manifest in manifests),
        "records": sum(manifest["records"] for manifest in manifests),
        **_summed(manifest["evidence"].get("counts", {}) for manifest in manifests),
        **fanning.evidence(planned.context, [manifest["evidence"] for manifest in manifests]),
    }


def _refuse_all_missing(run: Run) -> None:
    """Refuse a run of which every parent is unknown to the API, and plan anew next time."""
    error = fanning.all_missing(
        run.name,
        parents=sum(len(work.work.get("parents", ())) for work in run.planned.slices),
        is_first_run=run.planned.context["sequence"] == 0,
        slices=[manifest["evidence"] for manifest in run.folder.manifests()],
    )
    if error:
        run.folder.finish("abandoned", {"reason": str(error)})
        raise error


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            summed[name] = summed.get(name, 0) + count
    return summed


def _ended_early(run: Run, unfinished: Unfinished) -> Outcome:
    return _incomplete(run, unfinished, unfinished.deferred) if unfinished.deferred else _failed(run, unfinished)


def _failed(run: Run, unfinished: Unfinished) -> Outcome:
    """End with what is whole: it stays, and the next execution goes on with the rest."""
    source, stream = run.execution.pipeline.source, run.stream.name
    evidence = _so_far(run, unfinished)
    error = f"{run.name}: {unfinished}"
    log.error("stream failed", source=source, stream=stream, error=error)
    records, pages = evidence["records"], evidence["pages"]
    return Outcome(source, stream, "failed", run.folder.run_id, records, pages, error=error, evidence=evidence)


def _incomplete(run: Run, unfinished: Unfinished, deferred: Deferred) -> Outcome:
    """End the run for now: the same run id goes on when the API, or the time of this execution, lets it."""
    source, stream, run_id = run.execution.pipeline.source, run.stream.name, run.folder.run_id
    resume_at = _in_utc(deferred.resume_at)
    evidence = _so_far(run, unfinished) | {"reason": str(deferred), "resume_at": resume_at}
    run.folder.finish("incomplete", evidence)
    log.warning("run incomplete", stream=stream, run=run_id, resume_at=resume_at, reason=str(deferred))
    records, pages = evidence["records"], evidence["pages"]
    return Outcome(source, stream, "incomplete", run_id, records, pages, resume_at=resume_at, evidence=evidence)


def _in_utc(moment: datetime) -> str:
    """Return the moment with a `Z`, the only form that a state machine can wait for."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _so_far(run: Run, unfinished: Unfinished | None = None) -> dict[str, Any]:
    """Return what is landed, also of the slices that are not whole, and which those are."""
    pages, records = run.folder.counts()
    return (
        _evidence(run.folder, run.planned)
        | {"pages": pages, "records": records}
        | (unfinished.evidence() if unfinished else {})
    )

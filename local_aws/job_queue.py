"""The runs of each job: how many at once, which wait, and which Glue itself tries again."""

import threading
import uuid
from typing import Any

from local_aws.job_run import RUNNING, WAITING, JobRun
from local_aws.place import Place


class JobQueue:
    """All runs, by job; a job that is made anew under its name keeps them."""

    def __init__(self) -> None:
        self._runs: dict[str, list[JobRun]] = {}
        self._lock = threading.RLock()

    def start(self, job: Any, given: dict[str, Any], region: str, place: Place) -> str:
        """Start a run, or let it wait where the job has a queue; return its id."""
        from moto.glue.exceptions import ConcurrentRunsExceededException

        with self._lock:
            queued = given.get("queued")
            queued = getattr(job, "job_run_queuing_enabled", False) if queued is None else queued
            if not self._has_room(job) and not queued:
                raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for {job.name}")
            run = JobRun(
                job=job,
                run_id=f"jr_{uuid.uuid4().hex}{uuid.uuid4().hex}",
                arguments=job.default_arguments
                | (given.get("arguments") or {})
                | (job.non_overridable_arguments or {}),
                timeout_minutes=given.get("timeout") or job.timeout or 480,
                region=region,
                place=place,
                ended=self._ended,
            )
            self._add(run)
            return run.run_id

    def of(self, name: str) -> list[JobRun]:
        """Return a job's runs, the newest first."""
        with self._lock:
            return list(reversed(self._runs.get(name, [])))

    def all(self) -> list[JobRun]:
        """Return the runs of all jobs, in the order in which they were asked for."""
        with self._lock:
            return sorted((run for runs in self._runs.values() for run in runs), key=lambda run: run.asked_at)

    def _add(self, run: JobRun) -> None:
        self._runs.setdefault(run.job.name, []).append(run)
        if self._has_room(run.job):
            run.start()

    def _has_room(self, job: Any) -> bool:
        running = [run for run in self._runs.get(job.name, []) if run.state in RUNNING]
        return len(running) < int(job.execution_property.get("MaxConcurrentRuns", 1))

    def _ended(self, run: JobRun) -> None:
        with self._lock:
            if run.state in ("FAILED", "TIMEOUT") and run.attempt < (run.job.max_retries or 0):
                self._add(self._again(run))
            waiting = [one for one in self._runs[run.job.name] if one.state in WAITING]
            if waiting and self._has_room(run.job):
                waiting[0].start()

    def _again(self, run: JobRun) -> JobRun:
        attempt = run.attempt + 1
        first = run.run_id.partition("_attempt_")[0]
        return JobRun(
            run.job, f"{first}_attempt_{attempt}", run.arguments, run.timeout_minutes, run.region, run.place, attempt,
            self._ended,
        )  # fmt: skip


QUEUE = JobQueue()
"""Of this process, as moto's own state is."""

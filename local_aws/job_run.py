"""One run of a Glue job: its script as a local process, whose end becomes the run's state."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_aws import objects
from local_aws.place import Place
from local_aws.program import Program, clean_environment

WAITING, RUNNING = ("WAITING",), ("STARTING", "RUNNING")
ENDED = ("SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR")

# What Glue takes for itself; everything else stands in the script's argv.
_OF_GLUE = ("--conf", "--additional-python-modules", "--extra-py-files", "--extra-jars", "--datalake-formats")


@dataclass(eq=False)
class JobRun:
    """State and error are those that GetJobRun tells."""

    job: Any  # moto's FakeJob
    run_id: str
    arguments: dict[str, str]
    timeout_minutes: float
    region: str
    place: Place
    attempt: int = 0
    ended: Callable[["JobRun"], None] = lambda run: None
    state: str = "WAITING"
    error: str = ""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    ended_at: datetime | None = None
    _program: Program | None = None

    @property
    def folder(self) -> Path:
        """Where the run's logs are."""
        return self.place.folder / "runs" / str(self.job.name) / self.run_id

    def start(self) -> None:
        """Begin, and return at once."""
        self.state, self.started_at = "RUNNING", datetime.now(UTC)
        threading.Thread(target=self._run, name=self.run_id, daemon=True).start()

    def stop(self) -> None:
        """End it where it stands."""
        if self.state in ENDED:
            return
        self._end("STOPPED")
        if self._program:
            self._program.stop()

    def _run(self) -> None:
        try:
            self._program = self._prepared()
            if self.state in ENDED:
                return
            code = self._program.run(self.timeout_minutes * self.place.minute_seconds)
        except Exception as error:  # whatever it is, a workflow waits for this run
            self._end("FAILED", f"{type(error).__name__}: {error}")
            return
        if code is None:
            self._end("TIMEOUT", "Job run exceeded its timeout")
        elif code:
            self._end("FAILED", self._program.last_line() or f"the script ended with {code}")
        else:
            self._end("SUCCEEDED")

    def _end(self, state: str, error: str = "") -> None:
        if self.state in ENDED:
            return
        self.state, self.error, self.ended_at = state, error, datetime.now(UTC)
        self.ended(self)

    def _prepared(self) -> Program:
        self.folder.mkdir(parents=True, exist_ok=True)
        location = self.job.command["ScriptLocation"]
        script = self.folder / location.rpartition("/")[2]
        script.write_bytes(objects.read(location))
        return Program([sys.executable, str(script), *self._argv()], self._environment(), self.folder)

    def _argv(self) -> list[str]:
        own = {"--JOB_NAME": self.job.name, "--JOB_ID": f"j_{self.job.name}", "--JOB_RUN_ID": self.run_id}
        given = {name: value for name, value in self.arguments.items() if name not in _OF_GLUE}
        return [word for name, value in (own | given).items() for word in (name, value)]

    def _environment(self) -> dict[str, str]:
        modules = self.arguments.get("--additional-python-modules", "").split(",")
        wheels = [module.strip() for module in modules if module.strip().endswith(".whl")]
        folders = [objects.unpacked(objects.read(wheel), self.place.folder / "wheels") for wheel in wheels]
        path = {"PYTHONPATH": ":".join(map(str, folders))} if folders else {}
        return clean_environment() | self.place.environment(self.region) | path

    def described(self) -> dict[str, Any]:
        """Return what GetJobRun answers."""
        end = self.ended_at or datetime.now(UTC)
        found = {
            "Id": self.run_id,
            "Attempt": self.attempt,
            "JobName": self.job.name,
            "StartedOn": self.started_at or self.asked_at,
            "LastModifiedOn": end,
            "CompletedOn": self.ended_at,
            "JobRunState": self.state,
            "ErrorMessage": self.error or None,
            "Arguments": self.arguments,
            "ExecutionTime": int((end - (self.started_at or end)).total_seconds()),
            "Timeout": int(self.timeout_minutes),
            "GlueVersion": self.job.glue_version,
            "WorkerType": self.job.worker_type,
            "NumberOfWorkers": self.job.number_of_workers,
            "ExecutionClass": self.job.execution_class,
            "LogGroupName": "/aws-glue/jobs",
            "PredecessorRuns": [],
        }
        return {name: value for name, value in found.items() if value is not None}

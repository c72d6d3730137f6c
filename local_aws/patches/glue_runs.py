"""Glue's job runs: they really run, and end as their script ends."""

from typing import Any

from local_aws.job_queue import QUEUE
from local_aws.job_run import ENDED
from local_aws.patch import Patch
from local_aws.patches.glue_jobs import COMMAND
from local_aws.patches.probe import ROLE, probing
from local_aws.place import Place


def _runs_nothing() -> bool:
    """A script that is not there cannot succeed."""
    with probing("glue") as (glue,):
        glue.create_job(Name="j", Role=ROLE, Command=COMMAND)
        run_id = glue.start_job_run(JobName="j")["JobRunId"]
        state = "RUNNING"
        while state not in ENDED:
            state = glue.get_job_run(JobName="j", RunId=run_id)["JobRun"]["JobRunState"]
        return state == "SUCCEEDED"


def _run(place: Place) -> None:
    from moto.core.responses import ActionResult
    from moto.glue.responses import GlueResponse

    def start_job_run(self: Any) -> Any:
        job = self.glue_backend.get_job(self._get_param("JobName"))
        given = {
            "arguments": self._get_param("Arguments"),
            "timeout": self._get_int_param("Timeout"),
            "queued": self._get_param("JobRunQueuingEnabled"),
        }
        return ActionResult({"JobRunId": QUEUE.start(job, given, self.region, place)})

    def get_job_run(self: Any) -> Any:
        return ActionResult({"JobRun": _found(self.parameters["JobName"], self.parameters["RunId"]).described()})

    def get_job_runs(self: Any) -> Any:
        runs = QUEUE.of(self.glue_backend.get_job(self._get_param("JobName")).name)
        return ActionResult({"JobRuns": [run.described() for run in runs]})

    GlueResponse.start_job_run = start_job_run
    GlueResponse.get_job_run = get_job_run
    GlueResponse.get_job_runs = get_job_runs


def _cannot_stop() -> bool:
    with probing("glue") as (glue,):
        glue.create_job(Name="j", Role=ROLE, Command=COMMAND)
        try:
            glue.batch_stop_job_run(JobName="j", JobRunIds=["jr_0"])
        except NotImplementedError:
            return True
        return False


def _stop(place: Place) -> None:
    from moto.core.responses import ActionResult
    from moto.glue.responses import GlueResponse

    def batch_stop_job_run(self: Any) -> Any:
        name = self._get_param("JobName")
        asked = self._get_param("JobRunIds")
        stopped = [run for run in QUEUE.of(name) if run.run_id in asked]
        for run in stopped:
            run.stop()
        known = {run.run_id for run in stopped}
        return ActionResult(
            {
                "SuccessfulSubmissions": [{"JobName": name, "JobRunId": run_id} for run_id in asked if run_id in known],
                "Errors": [{"JobName": name, "JobRunId": run_id} for run_id in asked if run_id not in known],
            }
        )

    GlueResponse.batch_stop_job_run = batch_stop_job_run


def _found(name: str, run_id: str) -> Any:
    from moto.glue.exceptions import JobRunNotFoundException

    for run in QUEUE.of(name):
        if run.run_id == run_id:
            return run
    raise JobRunNotFoundException(run_id)


PATCHES = (
    Patch("StartJobRun", "runs nothing, and every run succeeds", _runs_nothing, _run),
    Patch("BatchStopJobRun", "a run cannot be stopped", _cannot_stop, _stop),
)

"""Glue's jobs: changed, queued, and refused where Glue refuses them."""

from typing import Any

from local_aws.patch import Patch
from local_aws.patches.probe import ROLE, probing
from local_aws.place import Place

COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://b/k.py", "PythonVersion": "3"}

# How the members of a job's definition are called in moto's own class.
_FIELDS = {
    "Description": "description", "LogUri": "log_uri", "Role": "role", "ExecutionProperty": "execution_property",
    "Command": "command", "DefaultArguments": "default_arguments", "Connections": "connections",
    "NonOverridableArguments": "non_overridable_arguments", "MaxRetries": "max_retries", "Timeout": "timeout",
    "AllocatedCapacity": "allocated_capacity", "MaxCapacity": "max_capacity", "WorkerType": "worker_type",
    "NumberOfWorkers": "number_of_workers", "SecurityConfiguration": "security_configuration",
    "NotificationProperty": "notification_property", "GlueVersion": "glue_version",
    "ExecutionClass": "execution_class", "SourceControlDetails": "source_control_details",
}  # fmt: skip


def _cannot_update() -> bool:
    with probing("glue") as (glue,):
        glue.create_job(Name="j", Role=ROLE, Command=COMMAND)
        try:
            glue.update_job(JobName="j", JobUpdate={"Role": ROLE, "Command": COMMAND, "Timeout": 7})
        except NotImplementedError:
            return True
        return bool(glue.get_job(JobName="j")["Job"].get("Timeout") != 7)


def _let_update(place: Place) -> None:
    """A member that the update leaves out goes back to what it is by default, as on Glue."""
    from moto.core.responses import ActionResult
    from moto.core.utils import utcnow
    from moto.glue.responses import GlueResponse

    def update_job(self: Any) -> Any:
        job = self.glue_backend.get_job(self._get_param("JobName"))
        update = self._get_param("JobUpdate")
        check(update)
        for member, field in _FIELDS.items():
            setattr(job, field, update.get(member))
        job.execution_property = job.execution_property or {}
        job.default_arguments = job.default_arguments or {}
        job.execution_class = job.execution_class or "STANDARD"
        job.job_run_queuing_enabled = update.get("JobRunQueuingEnabled")
        job.last_modified_on = utcnow()
        return ActionResult({"JobName": job.name})

    GlueResponse.update_job = update_job


def _forgets_queueing() -> bool:
    with probing("glue") as (glue,):
        glue.create_job(Name="j", Role=ROLE, Command=COMMAND, JobRunQueuingEnabled=True)
        return not glue.get_job(JobName="j")["Job"].get("JobRunQueuingEnabled")


def _keep_queueing(place: Place) -> None:
    from moto.glue.models import FakeJob
    from moto.glue.responses import GlueResponse

    create, described = GlueResponse.create_job, FakeJob.as_dict

    def create_job(self: Any) -> Any:
        check(self.parameters)
        made = create(self)
        job = self.glue_backend.get_job(self._get_param("Name"))
        job.job_run_queuing_enabled = self._get_param("JobRunQueuingEnabled")
        return made

    def as_dict(self: Any) -> dict[str, Any]:
        return dict(described(self)) | {"JobRunQueuingEnabled": bool(getattr(self, "job_run_queuing_enabled", False))}

    GlueResponse.create_job = create_job
    FakeJob.as_dict = as_dict


def check(job: dict[str, Any]) -> None:
    """Refuse what Glue refuses: a queue for a FLEX job, or for one that Glue itself tries again."""
    from moto.glue.exceptions import InvalidInputException

    queued = bool(job.get("JobRunQueuingEnabled"))
    if queued and job.get("ExecutionClass") == "FLEX":
        raise InvalidInputException(
            "CreateJob", "job run queuing is not supported for jobs of the FLEX execution class"
        )
    if queued and job.get("MaxRetries"):
        raise InvalidInputException("CreateJob", "job run queuing is not supported for jobs with MaxRetries")


PATCHES = (
    Patch("UpdateJob", "a changed job cannot be applied", _cannot_update, _let_update),
    Patch("JobRunQueuingEnabled", "is forgotten, and every plan wants it anew", _forgets_queueing, _keep_queueing),
)

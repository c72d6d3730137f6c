"""Step Functions: what Terraform asks for, and what a machine needs that starts jobs and reads objects."""

import json
import time
from types import SimpleNamespace
from typing import Any

from local_aws.patch import Patch
from local_aws.patches.glue_jobs import COMMAND
from local_aws.patches.probe import ROLE, probing
from local_aws.place import Place

_EMPTY = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})


def _cannot_validate() -> bool:
    with probing("stepfunctions") as (states,):
        try:
            states.validate_state_machine_definition(definition=_EMPTY)
        except NotImplementedError:
            return True
        return False


def _validate(place: Place) -> None:
    """Every definition passes here; a wrong one is refused when the machine is made."""
    from moto.core.responses import ActionResult
    from moto.stepfunctions.responses import StepFunctionResponse

    def validate_state_machine_definition(self: Any) -> Any:
        return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})

    StepFunctionResponse.validate_state_machine_definition = validate_state_machine_definition


def _lists_no_versions() -> bool:
    with probing("stepfunctions") as (states,):
        made = states.create_state_machine(name="m", definition=_EMPTY, roleArn=ROLE)
        try:
            states.list_state_machine_versions(stateMachineArn=made["stateMachineArn"])
        except NotImplementedError:
            return True
        return False


def _list_versions(place: Place) -> None:
    from moto.core.responses import ActionResult
    from moto.stepfunctions.responses import StepFunctionResponse

    def list_state_machine_versions(self: Any) -> Any:
        machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
        found = [
            {"stateMachineVersionArn": version.arn, "creationDate": version.creation_date}
            for _, version in sorted(machine.versions.items(), reverse=True)
        ]
        return ActionResult({"stateMachineVersions": found})

    StepFunctionResponse.list_state_machine_versions = list_state_machine_versions


def executed(states: Any, machine: dict[str, Any], seconds: float = 20) -> dict[str, Any]:
    """Return the execution of a machine, at its end."""
    made = states.create_state_machine(name="m", definition=json.dumps(machine), roleArn=ROLE)
    arn = states.start_execution(stateMachineArn=made["stateMachineArn"], name="e")["executionArn"]
    end = time.monotonic() + seconds
    while (found := states.describe_execution(executionArn=arn))["status"] == "RUNNING" and time.monotonic() < end:
        time.sleep(0.05)
    return dict(found)


def _one_task(resource: str, **parameters: Any) -> dict[str, Any]:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True}
    return {"StartAt": "t", "States": {"t": task}}


def _cannot_wait_for_a_job() -> bool:
    with probing("stepfunctions", "glue", execute=True) as (states, glue):
        glue.create_job(Name="j", Role=ROLE, Command=COMMAND)
        found = executed(states, _one_task("glue:startJobRun.sync", JobName="j"))
        return bool(found.get("error") == "States.Runtime")


def _wait_for_jobs(place: Place) -> None:
    """Let a job need no token to call back with; a machine that is stopped stops its job."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_glue import (
        StateTaskServiceGlue,
    )

    def waited(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        started = env.stack[-1]
        resolver = self._build_sync_resolver(env, resource_runtime_part, normalised_parameters, state_credentials)
        outcome = self._eval_sync(env, resolver, None, None, None)
        if outcome is None:  # the machine was stopped, or the task's time is over
            client = self._get_glue_client(resource_runtime_part, state_credentials)
            client.batch_stop_job_run(JobName=started["JobName"], JobRunIds=[started["JobRunId"]])
        env.stack.append(plain(outcome))

    StateTaskServiceGlue._eval_integration_pattern = waited


def _shows_a_body_as_an_object() -> bool:
    with probing("stepfunctions", "s3", execute=True) as (states, s3):
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b'{"a": 1}')
        machine = _one_task("aws-sdk:s3:getObject", Bucket="bucket", Key="k")
        machine["States"]["t"]["ResultSelector"] = {"a.$": "States.StringToJson($.Body)"}
        return bool(executed(states, machine, seconds=5)["status"] != "SUCCEEDED")


def _show_bodies_as_text(place: Place) -> None:
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
        StateTaskServiceAwsSdk,
    )

    evaluated = StateTaskServiceAwsSdk._eval_service_task

    def in_plain_values(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        evaluated(self, env, resource_runtime_part, normalised_parameters, state_credentials)
        env.stack.append(plain(env.stack.pop()))

    StateTaskServiceAwsSdk._eval_service_task = in_plain_values


def plain(value: Any) -> Any:
    """Return an answer of boto3 as the JSON that a state machine sees."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.read().decode() if hasattr(value, "read") else value


def _start_time_is_no_text() -> bool:
    take = {"Type": "Pass", "Parameters": {"at.$": "States.StringSplit($$.Execution.StartTime, 'T')"}, "End": True}
    with probing("stepfunctions", execute=True) as (states,):
        return bool(executed(states, {"StartAt": "t", "States": {"t": take}}, seconds=5)["status"] != "SUCCEEDED")


def _write_start_times(place: Place) -> None:
    from moto.stepfunctions.parser.backend.execution import Execution

    details = Execution.get_start_execution_details

    def with_text(self: Any) -> Any:
        found = details(self)
        found.start_time = (
            found.start_time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{found.start_time.microsecond // 1000:03}Z"
        )
        return found

    Execution.get_start_execution_details = with_text


def shorten_pauses(place: Place) -> None:
    """Let a retry's pause last as long as this place says: nothing that moto lacks, so it is no patch."""
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

    retrier_decl.time = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * place.pause_factor))


PATCHES = (
    Patch("ValidateStateMachineDefinition", "Terraform cannot plan a machine", _cannot_validate, _validate),
    Patch("ListStateMachineVersions", "Terraform cannot read a machine", _lists_no_versions, _list_versions),
    Patch("glue:startJobRun.sync", "ends in States.Runtime", _cannot_wait_for_a_job, _wait_for_jobs),
    Patch("aws-sdk:s3:getObject", "its body is no text", _shows_a_body_as_an_object, _show_bodies_as_text),
    Patch("$$.Execution.StartTime", "is no text", _start_time_is_no_text, _write_start_times),
)

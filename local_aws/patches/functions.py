"""Lambda: a function runs as a process of this machine; what a failed call is sent to is kept."""

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from local_aws import objects
from local_aws.patch import Patch
from local_aws.patches.probe import probing
from local_aws.place import Place
from local_aws.program import Program, clean_environment

_CALL = Path(__file__).parents[1] / "function_call.py"


def _made(client: Any, iam: Any, **more: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("f.py", "def handler(event, context):\n    return {'got': event}\n")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client.create_function(
        FunctionName="f", Runtime="python3.11", Role=role, Handler="f.handler", Code={"ZipFile": archive.getvalue()},
        **more,
    )  # fmt: skip


def _needs_docker() -> bool:
    from moto.awslambda.models import LambdaFunction

    return bool(LambdaFunction._invoke_lambda.__module__ == "moto.awslambda.models")


def _call_here(place: Place) -> None:
    from moto.awslambda.models import LambdaFunction

    def called(self: Any, event: Any) -> tuple[str, bool, str]:
        folder = place.folder / "functions" / self.function_name / f"{len(list(_calls(place, self.function_name))):04}"
        code = objects.unpacked(self.code_bytes, place.folder / "code")
        program = Program(
            [sys.executable, str(_CALL), str(code), self.handler, self.run_time, str(self.timeout)],
            clean_environment() | place.environment(self.region) | self.environment_vars,
            folder,
            given=json.dumps(event).encode(),
        )
        status = program.run(self.timeout)
        answer = folder / "answer.json"
        logs = (folder / "error.log").read_text(errors="replace")
        if status is None:
            return _error("Sandbox.Timedout", f"Task timed out after {self.timeout} seconds"), True, logs
        if not answer.exists():
            return _error("Runtime.ExitError", program.last_line()), True, logs
        told = json.loads(answer.read_text())
        return json.dumps(told["answer"]), told["failed"], logs

    LambdaFunction._invoke_lambda = called


def _calls(place: Place, name: str) -> list[Path]:
    return list((place.folder / "functions" / name).glob("*"))


def _error(kind: str, message: str) -> str:
    return json.dumps({"errorType": kind, "errorMessage": message})


def _forgets_dead_letters() -> bool:
    with probing("lambda", "iam") as (client, iam):
        _made(client, iam, DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"})
        return "DeadLetterConfig" not in client.get_function_configuration(FunctionName="f")


def _keep_dead_letters(place: Place) -> None:
    from moto.awslambda.models import LambdaFunction

    make, change, described = (
        LambdaFunction.__init__,
        LambdaFunction.update_configuration,
        LambdaFunction.get_configuration,
    )

    def made(self: Any, account_id: str, spec: dict[str, Any], *more: Any, **named: Any) -> None:
        make(self, account_id, spec, *more, **named)
        self.dead_letter_config = spec.get("DeadLetterConfig")

    def changed(self: Any, updates: dict[str, Any]) -> Any:
        self.dead_letter_config = updates.get("DeadLetterConfig", self.dead_letter_config)
        return change(self, updates)

    def configuration(self: Any, *more: Any, **named: Any) -> dict[str, Any]:
        kept = getattr(self, "dead_letter_config", None)
        return dict(described(self, *more, **named)) | ({"DeadLetterConfig": kept} if kept else {})

    LambdaFunction.__init__ = made
    LambdaFunction.update_configuration = changed
    LambdaFunction.get_configuration = configuration


PATCHES = (
    Patch("Invoke", "needs Docker", _needs_docker, _call_here),
    Patch("DeadLetterConfig", "is forgotten, and every plan wants it anew", _forgets_dead_letters, _keep_dead_letters),
)

"""`headwater deploy plan` says what Terraform makes: the same resources under the same names."""

from pathlib import Path
from typing import Any

import pytest

from glue_lib.command.deployment import Environment, resources
from glue_lib.spec.loader import load

FIXTURES = Path(__file__).parents[2] / "terraform" / "tests" / "pipelines"
# How each kind of resource is named; what is a part of another one (a role's policy) is not told apart from it.
NAMED_BY = {
    "aws_s3_object": "key",
    "aws_lambda_function": "function_name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
}
PARTS = {"aws_iam_role_policy"}


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_plan_names_what_terraform_makes_of_the_file(file: Path, tested: Any) -> None:
    pipeline = load(file)
    planned = {(one.type, one.name) for one in resources(pipeline, file.name, file.read_bytes(), Environment())}
    module = f'module.source["{pipeline.source}"]'
    of_file = (f'aws_s3_object.pipeline["{pipeline.source}"]', "aws_secretsmanager_secret.")
    secrets = {name for kind, name in planned if kind == "aws_secretsmanager_secret"}

    made = set()
    for address, values in tested.resources.items():
        kind = address.removeprefix(f"{module}.").partition(".")[0]
        if kind in PARTS or not address.startswith((f"{module}.aws_", *of_file)):
            continue
        name = values[NAMED_BY.get(kind, "name")]
        if kind != "aws_secretsmanager_secret" or name in secrets:
            made.add((kind, name))

    assert planned == made

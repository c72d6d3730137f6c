"""The tables of terraform/README.md say what the code says."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "terraform"
README = (FOLDER / "README.md").read_text()


def _table(heading: str) -> dict[str, list[str]]:
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|") for line in section.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in rows}


def _blocks(kind: str, file: str) -> dict[str, str]:
    found = re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', (FOLDER / file).read_text(), re.DOTALL | re.MULTILINE)
    return dict(found)


def _said(block: str, name: str) -> str:
    found = re.search(rf"^  {name}\s*= (.*)$", block, re.MULTILINE)
    return found[1] if found else ""


def test_every_variable_stands_in_the_table_with_its_default_and_description() -> None:
    variables = _blocks("variable", "variables.tf")

    assert variables
    assert _table("Variables") == {
        name: [f"`{_said(block, 'default')}`", _said(block, "description").strip('"')]
        for name, block in variables.items()
    }


def test_every_output_stands_in_the_table_with_its_description() -> None:
    outputs = _blocks("output", "outputs.tf")

    assert outputs
    assert _table("Outputs") == {name: [_said(block, "description").strip('"')] for name, block in outputs.items()}


def test_every_variable_has_a_type_and_none_is_any() -> None:
    for file in FOLDER.rglob("*.tf"):
        for name, block in re.findall(r'^variable "(\w+)" {\n(.*?)^}', file.read_text(), re.DOTALL | re.MULTILINE):
            assert re.search(r"^  type\s*= (?!.*\bany\b)", block, re.MULTILINE), f"{file.name}: {name}"


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_sets_only_variables_that_there_are(environment: str) -> None:
    values = (FOLDER / "environments" / f"{environment}.tfvars").read_text()
    names = re.findall(r"^(\w+)\s*=", values, re.MULTILINE)

    assert "environment" in names
    assert set(names) <= _blocks("variable", "variables.tf").keys()

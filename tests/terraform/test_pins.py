"""What Glue installs is what the project asks for, and replaces nothing of Glue's own."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from package.targets import TARGETS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _versions(lines: list[str]) -> dict[str, str]:
    found = [line.partition("==") for line in lines if "==" in line]
    return {name.lower().replace("_", "-"): version for name, _, version in found}


def test_the_pinned_modules_are_those_that_glue_lacks_in_the_versions_that_make_package_takes() -> None:
    variables = (ROOT / "terraform" / "variables.tf").read_text()
    default = variables.split('variable "python_modules"')[1].split("default")[1].split("]")[0]
    terraform = _versions(re.findall(r'"([\w-]+==[\w.]+)"', default))
    glue, ours = (_versions(file.read_text().splitlines()) for file in TARGETS[0].constraints)

    lacking = {one.name.lower(): one for one in map(Requirement, PROJECT["dependencies"])}.keys() - glue.keys()

    assert lacking == {"msgspec", "pydantic", "pyyaml"}
    assert terraform == {name: ours[name] for name in lacking}

"""What Glue installs is what the project asks for."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# boto3, jmespath (which boto3 needs), PyYAML and requests are in Glue 5.1 already.
IN_GLUE = {"boto3", "jmespath", "pyyaml", "requests"}


def test_the_pinned_modules_are_the_projects_dependencies_within_their_ranges() -> None:
    variables = (ROOT / "terraform" / "variables.tf").read_text()
    pins = dict(
        re.findall(
            r'"([\w-]+)==([\w.]+)"', variables.split('variable "python_modules"')[1].split("default")[1].split("]")[0]
        )
    )

    wanted = {
        one.name.lower(): one for one in map(Requirement, PROJECT["dependencies"]) if one.name.lower() not in IN_GLUE
    }

    assert pins.keys() == wanted.keys()
    assert all(wanted[name].specifier.contains(version) for name, version in pins.items())

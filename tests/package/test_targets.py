"""What pip is asked for: wheels only, for the place they go to, and nothing that is there is replaced."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from package.__main__ import download, main
from package.targets import TARGETS, Target

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(file: Path) -> dict[str, str]:
    """Return the versions in a list, by the name that pip compares."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    found = [line.partition("==") for line in lines]
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, _, version in found}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_only_wheels_for_that_python_and_that_linux_are_taken(target: Target, tmp_path: Path) -> None:
    words = download(target, tmp_path / "headwater-1-py3-none-any.whl", tmp_path)

    assert "--only-binary=:all:" in words  # or pip would run a `setup.py` of somebody else's
    assert words[words.index("--python-version") + 1] == target.python
    assert words[words.index("--abi") + 1] == "cp" + target.python.replace(".", "")
    platforms = {words[place + 1] for place, word in enumerate(words) if word == "--platform"}
    assert {"manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64"} <= platforms
    assert "manylinux_2_35_x86_64" not in platforms
    given = [Path(words[place + 1]) for place, word in enumerate(words) if word == "--constraint"]
    assert [file.name for file in given] == [target.bundled, "pins.txt"]
    assert all(file.is_file() for file in given)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_dependency_of_the_project_is_pinned_within_its_range(target: Target) -> None:
    known = {**pins(target.constraints[1]), **pins(target.constraints[0])}
    wanted = [Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["jwt"]]]

    assert {one.name: one.specifier.contains(known[one.name.lower()]) for one in wanted} == {
        one.name: True for one in wanted
    }


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_pin_of_ours_contradicts_what_is_there(target: Target) -> None:
    bundled, ours = (pins(file) for file in target.constraints)

    assert {name: bundled[name] for name in ours.keys() & bundled.keys()} == {
        name: ours[name] for name in ours.keys() & bundled.keys()
    }


def test_without_a_wheel_it_says_what_makes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dist", str(tmp_path)]) == 1

    assert capsys.readouterr().err == f"{tmp_path}: holds 0 wheels of headwater, not one; run `make wheel`\n"

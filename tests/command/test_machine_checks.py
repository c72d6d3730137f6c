"""What this machine must have, each failing and passing."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from glue_lib.command.machine_checks import (
    AT_LEAST,
    disk,
    free_memory,
    installed,
    jars,
    java,
    machine_checks,
    memory,
    packages,
    python,
)
from glue_lib.errors import ConfigError
from glue_lib.runtime.release import RELEASES, Release, release_of

GB = 2**30
AS_ON_GLUE = release_of("3.5.6").packages
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


@pytest.fixture(autouse=True)
def of_glue(monkeypatch: pytest.MonkeyPatch) -> Callable[[Release], None]:
    """Let this machine stand in for a release of Glue: here for 5.1, whatever is installed."""

    def stands_in(one: Release) -> None:
        for module in ("glue_lib.command.machine_checks", "glue_lib.runtime.java"):
            monkeypatch.setattr(f"{module}.release", lambda: one)

    stands_in(release_of("3.5.6"))
    return stands_in


@pytest.fixture
def fake_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let JAVA_HOME lead to a Java of that version."""

    def install(version: str) -> None:
        java = tmp_path / "jdk" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
        java.chmod(0o755)
        monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))

    return install


@pytest.mark.parametrize(
    ("version", "status"), [((3, 10, 4), "failed"), ((3, 11, 0), "ok"), ((3, 12, 1), "warning"), ((4, 0, 0), "warning")]
)
def test_python_is_compared_with_glues(version: tuple[int, ...], status: str):
    assert python(version).status == status


@pytest.mark.parametrize("one", RELEASES, ids=lambda one: one.glue)
def test_a_release_has_the_versions_that_its_python_installs(one: Release):
    wanted = map(Requirement, PROJECT["optional-dependencies"]["local"])
    here = {"python_version": ".".join(map(str, one.python))}
    pinned = {
        each.name: str(each.specifier).removeprefix("==")
        for each in wanted
        if str(each.specifier).startswith("==") and (each.marker is None or each.marker.evaluate(here))
    }

    assert pinned == one.packages


def test_glue_6_is_compared_with_its_own(of_glue: Callable[[Release], None]):
    one = release_of("4.1.1")
    of_glue(one)

    assert (python((3, 13, 1)).status, python((3, 11, 7)).status) == ("ok", "warning")
    assert "as on Glue 6.0" in packages(lambda name: one.packages.get(name) or AT_LEAST[name])[0].found
    assert "Glue 6.0 has 4.1.1" in packages(lambda name: AS_ON_GLUE.get(name) or AT_LEAST[name])[0].found


def test_the_versions_are_those_of_the_project():
    least = {
        name: one.partition(">=")[2].partition(",")[0]
        for one in PROJECT["dependencies"]
        if (name := one.split(">=")[0])
    }

    assert AT_LEAST.items() <= least.items() | {("jmespath", "1")}
    assert set(AT_LEAST) == {name.partition(">=")[0] for name in PROJECT["dependencies"]}


def test_packages_as_on_glue_are_one_line():
    (one,) = packages(lambda name: AS_ON_GLUE.get(name) or AT_LEAST[name])

    assert (one.status, "pyspark 3.5.6" in one.found) == ("ok", True)


@pytest.mark.parametrize(
    ("name", "version", "status", "remedy"),
    [
        ("pyspark", None, "failed", "pip install 'headwater[local]'"),
        ("pyspark", "3.5.1", "warning", "pip install 'pyspark==3.5.6'"),
        ("pydantic", "2.9.2", "failed", "pip install 'pydantic>=2.11'"),
        ("requests", None, "failed", "pip install 'headwater[local]'"),
    ],
)
def test_a_package_that_is_not_as_on_glue_is_named(name: str, version: str | None, status: str, remedy: str):
    right = {**AS_ON_GLUE, **AT_LEAST}

    (one,) = packages(lambda other: version if other == name else right[other])

    assert one.status == status
    assert name in one.found and remedy in one.remedy


def test_a_later_version_is_no_flaw_though_it_sorts_before_as_text():
    right = {**AS_ON_GLUE, **AT_LEAST}

    (one,) = packages(lambda name: "10.0" if name == "PyYAML" else right[name])

    assert one.status == "ok"


def test_what_is_installed_is_asked_of_the_environment():
    assert installed("pydantic")
    assert installed("no-such-package-here") is None


@pytest.mark.parametrize(("version", "status"), [("17.0.9", "ok"), ("11.0.2", "warning"), ("1.8.0_292", "warning")])
def test_java_is_compared_with_glues(version: str, status: str, fake_java: Callable[[str], None]):
    fake_java(version)

    assert (java().status, f"Java {version}" in java().found, "JAVA_HOME is" in java().found) == (status, True, True)


@pytest.mark.parametrize("version", ["21.0.1", "nonsense"])
def test_a_java_that_spark_does_not_run_on_is_an_error(version: str, fake_java: Callable[[str], None]):
    fake_java(version)

    with pytest.raises(ConfigError, match=r"Spark 3\.5 runs on 17: install Java 17"):
        java()


def test_no_java_on_the_path_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigError, match="Java was not found at `java`"):
        java()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADWATER_CACHE", str(tmp_path))
    monkeypatch.delenv("HEADWATER_IVY_SETTINGS", raising=False)
    (tmp_path / "jars").mkdir()
    return tmp_path / "jars"


def put(shelf: Path, *names: str) -> None:
    for name in names:
        (shelf / name).write_text("")


DELTA = ("delta-spark_2.12-3.3.2.jar", "delta-storage-3.3.2.jar")


def test_jars_that_are_there_are_counted(shelf: Path):
    put(shelf, *DELTA)

    assert jars("./lake").status == "ok"


def test_a_lake_on_s3_needs_jars_of_its_own(shelf: Path):
    put(shelf, *DELTA)

    found = jars("s3://bucket/lake")

    assert found.status == "warning" and "hadoop-aws-3.3.4.jar" in found.found


def test_jars_that_are_missing_are_told_with_where_they_come_from(shelf: Path, monkeypatch: pytest.MonkeyPatch):
    found = jars("./lake")

    assert (found.status, str(shelf) in found.remedy) == ("warning", True)
    assert all(name in found.found for name in DELTA) and "from Maven's repository" in found.remedy

    monkeypatch.setenv("HEADWATER_IVY_SETTINGS", "mirror.xml")
    assert "as HEADWATER_IVY_SETTINGS says" in jars("./lake").remedy


@pytest.mark.parametrize(("free", "status"), [(GB // 2, "failed"), (3 * GB, "warning"), (60 * GB, "ok")])
def test_the_disk_has_room(free: int, status: str, tmp_path: Path):
    found = disk(tmp_path, lambda path: free)

    assert (found.status, str(tmp_path) in found.found, bool(found.remedy)) == (status, True, status != "ok")


@pytest.mark.parametrize(
    ("free", "status"), [(None, "skipped"), (GB // 2, "failed"), (2 * GB, "warning"), (8 * GB, "ok")]
)
def test_there_is_memory(free: int | None, status: str):
    assert memory(free).status == status


def test_free_memory_is_what_the_system_tells(tmp_path: Path):
    file = tmp_path / "meminfo"
    assert free_memory(file) is None
    file.write_text("MemTotal:  10 kB\nMemAvailable:       2048 kB\n")
    assert free_memory(file) == 2 * 2**20
    file.write_text("MemTotal:  10 kB\n")
    assert free_memory(file) is None


def test_each_check_of_the_machine_can_be_made_here(shelf: Path):
    put(shelf, *DELTA)
    made = {check.name: check.make() for check in machine_checks("./lake") if check.name != "java"}

    assert list(made) == ["python", "packages", "jars", "disk", "memory"]
    assert all(one.check == name for name, found in made.items() for one in found)

"""A missing or an unfit Java is told in a sentence with the remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glue_lib.errors import ConfigError
from glue_lib.runtime.java import check_java, java
from glue_lib.runtime.release import Release, release_of


@pytest.fixture(autouse=True)
def release_has(monkeypatch: pytest.MonkeyPatch) -> Callable[[Release], None]:
    def has(one: Release) -> None:
        monkeypatch.setattr("glue_lib.runtime.java.release", lambda: one)

    has(release_of("3.5.6"))
    return has


@pytest.mark.parametrize("version", ["17.0.9", "11.0.2", "1.8.0_292", "17"])
def test_a_java_that_spark_runs_on_is_taken(fake_java: Callable[[str], None], version: str):
    fake_java(f"""echo 'openjdk version "{version}" 2023-10-17' >&2""")

    check_java()


def test_spark_4_runs_on_fewer(fake_java: Callable[[str], None], release_has: Callable[[Release], None]):
    release_has(release_of("4.1.1"))
    fake_java("""echo 'openjdk version "11.0.2" 2019-01-15' >&2""")

    with pytest.raises(ConfigError, match=r"Java 11 was found, Spark 4.1 runs on 17"):
        check_java()


@pytest.mark.parametrize(
    ("says", "told"),
    [('openjdk version "21.0.1" 2023-10-17', "Java 21 was found"), ("what?", "Java of an unknown version was found")],
)
def test_another_java_is_told(fake_java: Callable[[str], None], says: str, told: str):
    fake_java(f"echo '{says}' >&2")

    with pytest.raises(ConfigError, match=f"{told}, Spark 3.5 runs on 17: install Java 17"):
        check_java()


def test_a_missing_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(ConfigError, match=f"Java was not found at `{tmp_path}/bin/java`.*install Java 17"):
        check_java()


def test_without_java_home_java_is_looked_for_on_the_path(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)

    assert java() == "java"

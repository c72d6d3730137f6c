"""Jars are downloaded once, by Ivy, and never half; here a stand-in for Java plays Ivy, without a network."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glue_lib.errors import ConfigError
from glue_lib.runtime.jars import jars

COORDINATE = "org.example:thing_2.12:1.2.3"

IVY = """
echo "$@" >> "$HEADWATER_CACHE/asked"
while [ "$1" != "-retrieve" ]; do shift; done
target=$(echo "$2" | sed -e 's/\\[artifact\\]/thing_2.12/' -e 's/\\[ext\\]/jar/')
"""


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("HEADWATER_CACHE", str(folder))
    monkeypatch.delenv("HEADWATER_IVY_SETTINGS", raising=False)
    return folder


def asked(cached: Path) -> list[str]:
    return (cached / "asked").read_text().splitlines()


def test_a_jar_is_downloaded_once(cached: Path, fake_java: Callable[[str], None]):
    fake_java(IVY + 'echo content > "$target"')

    first, second = jars(COORDINATE), jars(COORDINATE)

    assert first == second == [cached / "jars" / "thing_2.12-1.2.3.jar"]
    assert first[0].read_text() == "content\n"
    assert len(asked(cached)) == 1
    assert asked(cached)[0].endswith("-dependency org.example thing_2.12 1.2.3")


def test_a_download_that_was_stopped_leaves_no_jar(cached: Path, fake_java: Callable[[str], None]):
    fake_java(IVY + 'echo half > "$target.part"')

    with pytest.raises(ConfigError):
        jars(COORDINATE)

    assert list((cached / "jars").iterdir()) == []


def test_a_jar_that_cannot_be_had_is_told_with_the_remedies(cached: Path, fake_java: Callable[[str], None]):
    fake_java(IVY + "echo '  module not found: org.example#thing  '")

    with pytest.raises(ConfigError) as error:
        jars(COORDINATE)

    told = str(error.value)
    assert told.startswith(f"{COORDINATE}: the jar could not be downloaded (module not found: org.example#thing)")
    assert "HEADWATER_IVY_SETTINGS" in told
    assert f"put thing_2.12-1.2.3.jar into `{cached / 'jars'}`" in told


def test_a_mirror_is_named_by_a_settings_file(
    cached: Path, fake_java: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HEADWATER_IVY_SETTINGS", "/etc/ivy.xml")
    fake_java(IVY + 'echo content > "$target"')

    jars(COORDINATE)

    assert "-settings /etc/ivy.xml" in asked(cached)[0]

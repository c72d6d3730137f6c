"""Every example pipeline, read from its emulator: each record once, then what changed; limits kept, secrets hidden."""

import gzip
import re
from pathlib import Path

import pytest

from emulators.catalog import emulators
from glue_lib.spec.loader import load

from .exactly_once import EXAMPLES, Reading, counted, differences, told

NAMES = sorted(emulators())


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_landed_once_and_later_what_changed(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG", logger="headwater")
    reading = Reading(name, tmp_path)
    wanted = reading.emulator.truth()

    first = reading.read()

    assert {stream: outcome.status for stream, outcome in first.items()} == dict.fromkeys(wanted, "complete")
    for stream, outcome in first.items():
        assert differences(counted(reading.landed(outcome)), told(wanted[stream])) == "", stream
    assert reading.emulator.times_limited, "no limit was reached: make it smaller"

    reading.clock.pass_hour()
    changed = reading.emulator.change()
    reading.clock.pass_hour()
    second = reading.read()

    for stream, records in changed.items():
        assert second[stream].status == "complete"
        found = counted(reading.landed(second[stream]))
        assert told(records) <= found, f"{stream}: {differences(found, told(records))}"
        assert found.total() < len(wanted[stream]) / 2, f"{stream} was read whole again"
    assert [gate.trespasses for gate in reading.emulator.gates] == [0] * len(reading.emulator.gates)
    assert secrets_in(tmp_path, caplog.text, secrets_of(reading)) == []


def secrets_of(reading: Reading) -> set[str]:
    """Return the secrets and what was made of them: tokens that were bought, pairs in Base64."""
    signed = [call.headers.get("Authorization", "").split() for call in reading.emulator.calls]
    return set(reading.emulator.secrets.values()) | {words[-1] for words in signed if words}


def secrets_in(folder: Path, log: str, secrets: set[str]) -> list[str]:
    """Return where a secret stands: in the log, or in a file of the raw zone."""
    texts = {"the log": log.encode()} | {str(path): content(path) for path in folder.rglob("*") if path.is_file()}
    return [where for where, text in texts.items() for secret in secrets if secret.encode() in text]


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_what_a_user_would_copy(name: str):
    text = (EXAMPLES / f"{name}.yaml").read_text()
    pipeline = load(EXAMPLES / f"{name}.yaml")

    assert pipeline.source == name
    assert pipeline.base_url.startswith("https://")
    assert f"headwater emulate {name}" in text
    assert not any(secret in text for secret in emulators()[name].secrets.values())
    assert all(stream.key for stream in pipeline.streams.values())
    assert set(pipeline.streams) == set(emulators()[name]().truth())


@pytest.mark.parametrize("name", NAMES)
def test_the_secrets_of_an_emulator_are_those_that_its_pipeline_asks_for(name: str):
    text = (EXAMPLES / f"{name}.yaml").read_text()

    asked = {
        "HEADWATER_SECRET_" + re.sub(r"\W+", "_", found).upper() for found in re.findall(r"\$\{secret:([^}]+)\}", text)
    }

    assert asked == set(emulators()[name].secrets)


def test_no_example_is_without_its_emulator():
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == NAMES

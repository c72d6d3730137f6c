"""docker/ and pyproject.toml ask for the same; whether the image builds is seen where there is Docker."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
LINES = (ROOT / "docker" / "requirements.txt").read_text().splitlines()
REQUIREMENTS = [line for line in LINES if line and not line.startswith("#")]


def test_the_image_gets_what_the_extras_name_in_the_same_ranges() -> None:
    assert REQUIREMENTS
    assert [line for line in REQUIREMENTS if line not in EXTRAS["local"] + EXTRAS["test"]] == []


def test_the_image_keeps_its_own_spark_and_awsglue() -> None:
    own = ("pyspark", "delta-spark", "awsgluedataplanepython")

    assert [line for line in REQUIREMENTS if line.lower().startswith(own)] == []
    assert "[local]" not in (ROOT / "docker" / "Dockerfile").read_text()

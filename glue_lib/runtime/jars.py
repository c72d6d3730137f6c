"""The jars that Glue has and a laptop lacks: fetched once, by the Ivy that comes with pyspark, and kept in a cache."""

import os
import subprocess
from pathlib import Path

from glue_lib.errors import ConfigError

DELTA = ("io.delta:delta-spark_2.12:3.3.2", "io.delta:delta-storage:3.3.2")
S3A = ("org.apache.hadoop:hadoop-aws:3.3.4", "com.amazonaws:aws-java-sdk-bundle:1.12.262")
"""S3A in the version of pyspark's own Hadoop; some 280 MB, so fetched only when a lake is on S3."""


def jars(*coordinates: str) -> list[Path]:
    """Return the files of these Maven coordinates, each downloaded on first use."""
    return [_jar(coordinate) for coordinate in coordinates]


def _jar(coordinate: str) -> Path:
    organisation, name, version = coordinate.split(":")
    jar = cache() / f"{name}-{version}.jar"
    if not jar.exists():
        _fetch(organisation, name, version)
    return jar


def _fetch(organisation: str, name: str, version: str) -> None:
    settings = os.environ.get("HEADWATER_IVY_SETTINGS")
    command = ["java", "-cp", str(_ivy()), "org.apache.ivy.Main", "-notransitive", "-types", "jar", "-confs", "default"]
    command += ["-cache", str(cache() / "ivy"), "-retrieve", str(cache() / "[artifact]-[revision].[ext]")]
    command += ["-settings", settings] if settings else []
    done = subprocess.run([*command, "-dependency", organisation, name, version], capture_output=True, text=True)
    if not (cache() / f"{name}-{version}.jar").exists():
        reason = next((line.strip() for line in done.stdout.splitlines() if "not found" in line), "no answer")
        raise ConfigError(
            f"{organisation}:{name}:{version}: the jar could not be downloaded ({reason}); check the network, or name an "
            f"Ivy settings file with your mirror in HEADWATER_IVY_SETTINGS, or put the jar into `{cache()}`"
        )


def cache() -> Path:
    """Return the folder of downloaded jars: `$HEADWATER_CACHE/jars`, by default below the user's cache folder."""
    home = os.environ.get("HEADWATER_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "headwater"
    folder = Path(home).expanduser() / "jars"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ivy() -> Path:
    import pyspark

    return next((Path(pyspark.__file__).parent / "jars").glob("ivy-*.jar"))

"""The jars that Glue has and a laptop lacks: fetched once, by the Ivy that comes with pyspark, and kept in a cache."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from glue_lib import log
from glue_lib.errors import ConfigError
from glue_lib.runtime.java import java


def jars(*coordinates: str) -> list[Path]:
    """Return the files of these Maven coordinates, each downloaded on first use."""
    return [_jar(coordinate) for coordinate in coordinates]


def cache() -> Path:
    """Return the folder of what this machine keeps: `$HEADWATER_CACHE`, by default in the user's cache folder."""
    home = os.environ.get("HEADWATER_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "headwater"
    return Path(home).expanduser()


def _jar(coordinate: str) -> Path:
    organisation, name, version = coordinate.split(":")
    folder = cache() / "jars"
    jar = folder / f"{name}-{version}.jar"
    if not jar.exists():
        folder.mkdir(parents=True, exist_ok=True)
        log.info("jar wanted", jar=jar.name, folder=folder)
        _fetch(organisation, name, version, jar)
    return jar


def _fetch(organisation: str, name: str, version: str, jar: Path) -> None:
    """Download a jar; it takes its name last, so that a stopped download leaves none that is broken."""
    settings = os.environ.get("HEADWATER_IVY_SETTINGS")
    with TemporaryDirectory(dir=jar.parent) as folder:
        command = [java(), "-cp", str(_ivy()), "org.apache.ivy.Main", "-notransitive", "-types", "jar"]
        command += ["-confs", "default", "-cache", str(jar.parent / "ivy"), "-retrieve", f"{folder}/[artifact].[ext]"]
        command += ["-settings", settings] if settings else []
        done = subprocess.run([*command, "-dependency", organisation, name, version], capture_output=True, text=True)
        fetched = Path(folder) / f"{name}.jar"
        if not fetched.exists():
            reason = next((line.strip() for line in done.stdout.splitlines() if "not found" in line), "no answer")
            raise ConfigError(
                f"{organisation}:{name}:{version}: the jar could not be downloaded ({reason}); check the network, or "
                "name an Ivy settings file with your mirror in HEADWATER_IVY_SETTINGS, "
                f"or put {jar.name} into `{jar.parent}`"
            )
        fetched.replace(jar)


def _ivy() -> Path:
    import pyspark

    return next((Path(pyspark.__file__).parent / "jars").glob("ivy-*.jar"))

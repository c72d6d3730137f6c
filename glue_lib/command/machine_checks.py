"""What a laptop needs to stand in for Glue: Python, packages, Java, jars, disk and memory. Spark is not started."""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from glue_lib.command.finding import Check, Finding, failed, ok, skipped, warning
from glue_lib.runtime.jars import cache
from glue_lib.runtime.java import java_version
from glue_lib.runtime.release import release

AT_LEAST = {"boto3": "1.36", "jmespath": "1", "msgspec": "0.19", "pydantic": "2.11", "PyYAML": "6", "requests": "2.31"}
"""What headwater itself needs."""

_PYTHON = (3, 11)  # the oldest that headwater runs on
_INSTALL = "install what is missing: pip install 'headwater[local]'"
_GB = 2**30
_DISK = (1 * _GB, 5 * _GB)  # below the first a run fails, below the second a large one may
_MEMORY = (1 * _GB, 3 * _GB)  # Spark's driver takes 1 GB by default


def machine_checks(lake: str) -> list[Check]:
    """Return the checks of this machine."""
    return [
        Check("python", lambda: [python(sys.version_info[:3])]),
        Check("packages", lambda: packages(installed)),
        Check("java", lambda: [java()]),
        Check("jars", lambda: [jars(lake)]),
        Check("disk", lambda: [disk(Path(tempfile.gettempdir()), lambda path: shutil.disk_usage(path).free)]),
        Check("memory", lambda: [memory(free_memory())]),
    ]


def python(version: Sequence[int]) -> Finding:
    """Compare a version of Python with Glue's."""
    told = ".".join(map(str, version))
    glue, wanted = release().glue, ".".join(map(str, release().python))
    if tuple(version[:2]) < _PYTHON:
        return failed("python", f"Python {told}", f"use Python 3.11 or later; Glue {glue} has {wanted}")
    if tuple(version[:2]) != release().python:
        return warning(
            "python", f"Python {told}, Glue {glue} has {wanted}", f"try a pipeline with {wanted} before it is deployed"
        )
    return ok("python", f"Python {told} on {platform.system()}")


def installed(name: str) -> str | None:
    """Return the version of a package that is installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def packages(version_of: Callable[[str], str | None]) -> list[Finding]:
    """Compare the packages with those of Glue, and with what headwater needs; what is right is one line."""
    here = release()
    found = [finding for name in (*here.packages, *AT_LEAST) if (finding := _package(name, version_of(name)))]
    told = ", ".join(f"{name} {version}" for name, version in here.packages.items())
    return found or [ok("packages", f"{told}, as on Glue {here.glue}")]


def _package(name: str, version: str | None) -> Finding | None:
    if version is None:
        return failed("packages", f"{name} is not installed", _INSTALL)
    wanted = release().packages.get(name)
    if wanted and version != wanted:
        return warning(
            "packages", f"{name} {version}, Glue {release().glue} has {wanted}", f"pip install '{name}=={wanted}'"
        )
    if not wanted and _numbers(version) < _numbers(AT_LEAST[name]):
        return failed("packages", f"{name} {version} is too old", f"pip install '{name}>={AT_LEAST[name]}'")
    return None


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def java() -> Finding:
    """Say which Java there is; one that does not do is a ConfigError."""
    version = java_version()
    home = os.environ.get("JAVA_HOME")
    where = f"JAVA_HOME is `{home}`" if home else "found on PATH, JAVA_HOME is not set"
    if version.partition(".")[0] != "17":
        return warning(
            "java", f"Java {version}, Glue {release().glue} has 17; {where}", "install Java 17 (a JRE is enough)"
        )
    return ok("java", f"Java {version}; {where}")


def jars(lake: str) -> Finding:
    """Look for the jars that Spark needs; those that are missing are downloaded by the first run."""
    wanted = (*release().delta, *(release().s3a if lake.startswith("s3") else ()))
    folder = cache() / "jars"
    missing = [name for name in map(_file, wanted) if not (folder / name).exists()]
    if not missing:
        return ok("jars", f"{len(wanted)} jars in `{folder}`")
    where = "as HEADWATER_IVY_SETTINGS says" if os.environ.get("HEADWATER_IVY_SETTINGS") else "from Maven's repository"
    remedy = (
        f"the first run downloads them {where}, which was not tried here; without that, put them into `{folder}`,"
        " or name an Ivy settings file with your mirror in HEADWATER_IVY_SETTINGS"
    )
    return warning("jars", f"{', '.join(missing)}: not in `{folder}` yet", remedy)


def _file(coordinate: str) -> str:
    _, name, version = coordinate.split(":")
    return f"{name}-{version}.jar"


def disk(folder: Path, free_of: Callable[[Path], int]) -> Finding:
    """Look at the room for temporary files: giant answers and Spark's shuffles lie there."""
    free = free_of(folder)
    told = f"{free / _GB:,.1f} GB free in `{folder}`"
    return _enough("disk", free, _DISK, told, "make room there, or name another folder in TMPDIR")


def memory(free: int | None) -> Finding:
    """Look at the memory that is free."""
    if free is None:
        return skipped("memory", "this system does not tell how much memory is free")
    return _enough(
        "memory", free, _MEMORY, f"{free / _GB:,.1f} GB free", "end other programs; Spark takes 1 GB and more"
    )


def free_memory(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Return the bytes of memory that can still be had, where the system tells."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB$", meminfo.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def _enough(check: str, free: int, bounds: tuple[int, int], told: str, remedy: str) -> Finding:
    if free < bounds[0]:
        return failed(check, told, remedy)
    return warning(check, told, remedy) if free < bounds[1] else ok(check, told)

"""The Java of this machine, which Spark and the download of its jars need."""

import os
import subprocess
from pathlib import Path

from glue_lib.errors import ConfigError
from glue_lib.runtime.release import release

_REMEDY = "install Java 17 (a JRE is enough) and see that `java -version` or JAVA_HOME leads to it"


def java() -> str:
    """Return the command that starts Java; Spark goes by JAVA_HOME too."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def check_java() -> None:
    """Raise a ConfigError when there is no Java that Spark runs on; without it, Spark would tell in a stack trace."""
    java_version()


def java_version() -> str:
    """Return the version of the Java that Spark would run on; a ConfigError where it would not."""
    here = release()
    try:
        told = subprocess.run([java(), "-version"], capture_output=True, text=True).stderr
    except OSError:
        raise ConfigError(f"Java was not found at `{java()}`; Spark {here.spark} needs it: {_REMEDY}") from None
    whole = told.partition('version "')[2].partition('"')[0]
    version = whole.partition(".")[0]
    if version not in here.java:
        found = version or "of an unknown version"
        raise ConfigError(f"Java {found} was found, Spark {here.spark} runs on 17: {_REMEDY}")
    return whole

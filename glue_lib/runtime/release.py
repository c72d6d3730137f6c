"""What differs between the releases of Glue that this library runs on. Which one it is, the installed Spark tells.

Nothing else in the library asks for a version: it says what it means in words that all of these understand.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from glue_lib.errors import ConfigError


@dataclass(frozen=True)
class Release:
    """A release of Glue, and what a laptop needs to stand in for it; jars are Maven coordinates."""

    glue: str
    python: tuple[int, int]
    spark: str
    packages: Mapping[str, str]  # what must be there in this version, or tables may differ
    java: tuple[str, ...]  # what its Spark runs on; Java 8 calls itself 1.8
    delta: tuple[str, ...]
    s3a: tuple[str, ...]  # in the version of pyspark's own Hadoop; hundreds of MB, so only when a lake is on S3
    log_store: tuple[str, ...]  # Delta's, for several writers of a table on S3; only where one is named


RELEASES = (
    Release(
        glue="5.1",
        python=(3, 11),
        spark="3.5",
        packages={"pyspark": "3.5.6", "delta-spark": "3.3.2", "AWSGlueDataplanePython": "5.1.0"},
        java=("8", "1", "11", "17"),
        delta=("io.delta:delta-spark_2.12:3.3.2", "io.delta:delta-storage:3.3.2"),
        s3a=("org.apache.hadoop:hadoop-aws:3.3.4", "com.amazonaws:aws-java-sdk-bundle:1.12.262"),
        log_store=("io.delta:delta-storage-s3-dynamodb:3.3.2",),
    ),
    Release(
        glue="6.0",
        python=(3, 13),
        spark="4.1",
        packages={"pyspark": "4.1.1", "delta-spark": "4.2.0", "AWSGlueDataplanePython": "6.0.0"},
        java=("17", "21"),
        delta=("io.delta:delta-spark_4.1_2.13:4.2.0", "io.delta:delta-storage:4.2.0"),
        s3a=("org.apache.hadoop:hadoop-aws:3.4.2", "software.amazon.awssdk:bundle:2.29.52"),
        log_store=(),  # it is made for version 1 of AWS's SDK, which Glue 6.0 has no longer
    ),
)


@cache
def release() -> Release:
    """Return the release of Glue whose Spark is installed here; without one, that which an installation would bring."""
    try:
        from pyspark import __version__
    except ImportError:
        return next((one for one in RELEASES if one.python == sys.version_info[:2]), RELEASES[0])
    return release_of(__version__)


def release_of(spark: str) -> Release:
    """Return the release of Glue that has this Spark."""
    for one in RELEASES:
        if spark.startswith(f"{one.spark}."):
            return one
    fit = " or ".join(f"{one.spark} as in Glue {one.glue}" for one in RELEASES)
    raise ConfigError(f"Spark {spark}: headwater runs on {fit}; install it by `pip install 'headwater[local]'`")

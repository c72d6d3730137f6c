"""The Spark session and Glue context of an execution: Glue's own where there is one, else one that behaves like it."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glue_lib.errors import ConfigError
from glue_lib.runtime.jars import DELTA, S3A, jars

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A short run pays for the JVM, not for the data: compiling less and one garbage collector thread halve it.
_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC"

_LIKE_GLUE = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
}

_SMALL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.debug.maxToStringFields": "1000",
    "spark.driver.extraJavaOptions": _JAVA_OPTIONS,
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
}


def glue_context(lake: str, settings: dict[str, str] | None = None) -> Any:
    """Return the Glue context for a lake at this address, starting Spark where it does not run yet.

    `settings` are further Spark settings, for a session that is started here.
    """
    spark = _spark(lake, settings or {})
    if not _has_glue(spark):
        import awsglue_local

        awsglue_local.install(spark.sparkContext)
    from awsglue.context import GlueContext

    return GlueContext(spark.sparkContext)


def is_on_glue(argv: Sequence[str]) -> bool:
    """Say whether this process is a job run of the Glue service, which alone is given a run id by it."""
    return any(word.partition("=")[0] == "--JOB_RUN_ID" for word in argv)


def _spark(lake: str, settings: dict[str, str]) -> "SparkSession":
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("headwater")
    if "pyspark-shell" not in os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell") or _is_submitted():
        return builder.getOrCreate()
    _check_java()
    wanted = jars(*DELTA, *(S3A if lake.startswith("s3") else ()))
    chosen = {**_LIKE_GLUE, **_SMALL, "spark.jars": ",".join(map(str, wanted)), **_s3a(lake), **settings}
    for name, value in chosen.items():
        builder = builder.config(name, value)
    return builder.master("local[*]").getOrCreate()


def _is_submitted() -> bool:
    """Say whether spark-submit, and so somebody else, has settled the session."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def _has_glue(spark: "SparkSession") -> bool:
    from py4j.java_gateway import JavaClass

    return isinstance(spark.sparkContext._jvm.com.amazonaws.services.glue.DynamicFrame, JavaClass)


def _s3a(lake: str) -> dict[str, str]:
    """Return S3A's settings for a lake on S3: `s3://` means S3A, as on Glue 5.1; an emulator is named as for boto3."""
    if not lake.startswith("s3"):
        return {}
    settings = {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.AbstractFileSystem.s3.impl": "org.apache.hadoop.fs.s3a.S3A",
    }
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        settings |= {
            "spark.hadoop.fs.s3a.endpoint": endpoint,
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": str(urlsplit(endpoint).scheme == "https").lower(),
        }
    return settings


def _check_java() -> None:
    import subprocess

    remedy = "install Java 17 (a JRE is enough) and see that `java -version` or JAVA_HOME leads to it"
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    except OSError:
        raise ConfigError(f"Java was not found; Spark 3.5 needs it: {remedy}") from None
    version = told.partition('version "')[2].partition(".")[0].partition('"')[0]
    if version not in ("8", "1", "11", "17"):
        raise ConfigError(f"Java {version or 'of an unknown version'} was found, Spark 3.5 runs on 17: {remedy}")

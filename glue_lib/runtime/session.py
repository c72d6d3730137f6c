"""The Spark session and Glue context of an execution: Glue's own where there is one, else one that behaves like it."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glue_lib.errors import ConfigError
from glue_lib.runtime.jars import cache, jars
from glue_lib.runtime.java import check_java
from glue_lib.runtime.release import release

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A short run pays for the JVM, not for the data: compiling less and one garbage collector thread halve it.
# With one compiler the JVM keeps room for 48 MB of code only; Spark fills that in a minute, and then compiling stops.
_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC -Duser.timezone=UTC"

# What Spark warns of while it starts is about clusters, and its errors come as exceptions too: without this, both would
# stand between our own lines.
_LOG = """
rootLogger.level = fatal
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d %p %c{1}: %m%n%ex
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = fatal
"""

_LIKE_GLUE = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
}

_SMALL = {
    "spark.master": "local[*]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.debug.maxToStringFields": "1000",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # Spark 4 would look up each column's line of Python
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}

# What S3A does when S3 is slow or busy. Its own defaults ask a throttled request 20 times inside the SDK, and all that
# 20 times more with waits that double each time: that would be days. This gives up after some minutes.
_PATIENT = {
    "spark.hadoop.fs.s3a.attempts.maximum": "5",
    "spark.hadoop.fs.s3a.retry.limit": "5",
    "spark.hadoop.fs.s3a.retry.interval": "500ms",
    "spark.hadoop.fs.s3a.retry.throttle.limit": "6",
    "spark.hadoop.fs.s3a.retry.throttle.interval": "500ms",
    "spark.hadoop.fs.s3a.connection.establish.timeout": "10000",
    "spark.hadoop.fs.s3a.connection.timeout": "60000",
}

LOG_STORE_TABLE = "HEADWATER_LOG_STORE"
"""The variable that names the DynamoDB table of Delta's log store."""


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


def job_run_id(argv: Sequence[str]) -> str | None:
    """Return the id that the Glue service gave this run."""
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        name, mark, value = word.partition("=")
        if name == "--JOB_RUN_ID":
            return (value if mark else following) or None
    return None


def _spark(lake: str, settings: dict[str, str]) -> "SparkSession":
    """Return the session that runs, that spark-submit (and so Glue) has settled, or one of our own."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    builder, conf = SparkSession.builder.appName("headwater"), SparkConf().setAppName("headwater")
    if is_submitted(os.environ):
        return builder.getOrCreate()
    check_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in {**laptop_settings(lake, os.environ), **settings}.items():
        builder, conf = builder.config(name, value), conf.set(name, value)
    _keep_errors_for_us()
    with _ctrl_c_as_before():  # the context alone: what follows takes long, and Ctrl-C may come meanwhile
        SparkContext.getOrCreate(conf)
    return builder.getOrCreate()


def _keep_errors_for_us() -> None:
    """Undo that Spark 4 writes each error that it raises to stderr first, as JSON."""
    with suppress(ImportError):  # Spark 3.5 has no logger of its own in Python
        from pyspark.logger import PySparkLogger

        for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):
            PySparkLogger.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _ctrl_c_as_before() -> Iterator[None]:
    """Undo that a SparkContext takes Ctrl-C for itself."""
    before = signal.getsignal(signal.SIGINT)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, before)


def is_submitted(environment: Mapping[str, str]) -> bool:
    """Say whether spark-submit has started this process, and so somebody else has settled Spark."""
    return "PYSPARK_GATEWAY_PORT" in environment


def laptop_settings(lake: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a session that is ours alone: Glue's where results depend on them, small elsewhere."""
    is_on_s3 = lake.startswith("s3")
    log_store = _log_store(environment) if is_on_s3 else {}
    here = release()
    wanted = jars(*here.delta, *(here.s3a if is_on_s3 else ()), *(here.log_store if log_store else ()))
    return {
        **_LIKE_GLUE,
        **_SMALL,
        "spark.jars": ",".join(map(str, wanted)),
        "spark.driver.extraJavaOptions": f"{_JAVA_OPTIONS} -Dlog4j2.configurationFile={_log_settings().as_uri()}",
        "spark.sql.warehouse.dir": str(cache() / "warehouse"),  # holds nothing: tables have places of their own
        **(_s3a(environment) if is_on_s3 else {}),
        **log_store,
    }


def _log_settings() -> Path:
    """Return the file that tells Spark what to log."""
    path = cache() / "log4j2.properties"
    if not path.exists() or path.read_text() != _LOG:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_LOG)
    return path


def _has_glue(spark: "SparkSession") -> bool:
    from py4j.java_gateway import JavaClass

    jvm: Any = spark.sparkContext._jvm
    return isinstance(jvm.com.amazonaws.services.glue.DynamicFrame, JavaClass)


def _s3a(environment: Mapping[str, str]) -> dict[str, str]:
    """Return S3A's settings: `s3://` means S3A, as on Glue 5.1; an emulator is named as for boto3."""
    settings = {
        **_PATIENT,
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.AbstractFileSystem.s3.impl": "org.apache.hadoop.fs.s3a.S3A",
    }
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    if endpoint:
        settings |= {
            "spark.hadoop.fs.s3a.endpoint": endpoint,
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": str(urlsplit(endpoint).scheme == "https").lower(),
        }
    return settings


def _log_store(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the log store by which several writers may commit to a table on S3, if one is named.

    They are those that Terraform gives the jobs: all who write a table must have the same.
    """
    table = environment.get(LOG_STORE_TABLE)
    if not table:
        return {}
    if not release().log_store:
        raise ConfigError(
            f"{LOG_STORE_TABLE}: Glue {release().glue} has no log store in DynamoDB; write this lake from Glue 5.1's "
            "Spark, or leave the variable out where nobody else writes the same tables"
        )
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise ConfigError(f"{LOG_STORE_TABLE}: the region of the table `{table}` is not known; set AWS_REGION")
    store = "spark.io.delta.storage.S3DynamoDBLogStore"
    return {
        "spark.delta.logStore.s3.impl": "io.delta.storage.S3DynamoDBLogStore",
        "spark.delta.logStore.s3a.impl": "io.delta.storage.S3DynamoDBLogStore",
        f"{store}.ddb.tableName": table,
        f"{store}.ddb.region": region,
    }

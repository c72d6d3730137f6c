"""Where files lie: Glue's scripts say `s3://`, open-source Spark reads that as `s3a://`."""

from typing import Any

from py4j.java_gateway import JavaClass

from awsglue_local.absent import absent


def check(session: Any, path: str) -> None:
    """Raise where a path is in S3 and Spark has nothing to reach it with."""
    jvm = session._jvm
    if path.startswith("s3a://") and not isinstance(jvm.org.apache.hadoop.fs.s3a.S3AFileSystem, JavaClass):
        version = jvm.org.apache.hadoop.util.VersionInfo.getVersion()
        remedy = f"spark.jars.packages=org.apache.hadoop:hadoop-aws:{version}"
        absent(f"`{path}`", f"put Hadoop's S3A on the class path: {remedy}")


def spark_uri(path: str) -> str:
    return "s3a://" + path.removeprefix("s3://") if path.startswith("s3://") else path

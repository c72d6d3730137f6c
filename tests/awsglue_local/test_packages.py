"""What needs Spark's packages on the class path: avro, XML and S3 itself, in a process of their own, as a user's."""

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from glue_lib.runtime.jars import jars
from glue_lib.runtime.release import release

PACKAGES = {
    "5.1": ("org.apache.spark:spark-avro_2.12:3.5.6", "com.databricks:spark-xml_2.12:0.18.0"),
    "6.0": ("org.apache.spark:spark-avro_2.13:4.1.1",),  # Spark 4 reads XML by itself
}

SCRIPT = """
import os, sys
from pyspark.sql import SparkSession
import awsglue_local

bucket, jars, work = sys.argv[1:]
settings = {
    "spark.ui.enabled": "false", "spark.jars": jars, "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1", "spark.sql.warehouse.dir": work + "/warehouse",
    "spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"], "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
}
builder = SparkSession.builder.master("local[2]")
for name, value in settings.items():
    builder = builder.config(name, value)
awsglue_local.install(builder.getOrCreate().sparkContext)

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue_local.testing import assert_frames_equal, records

glue = GlueContext(SparkSession.builder.getOrCreate().sparkContext)
job = Job(glue)


def write(frame, path, format="json", **options):
    glue.write_dynamic_frame.from_options(frame, "s3", {"path": path, **options}, format)


def read(path, format="json", format_options=None, ctx="", **options):
    return glue.create_dynamic_frame.from_options(
        "s3", {"paths": [path], **options}, format, format_options or {}, transformation_ctx=ctx
    )


rows = [{"id": 1, "day": "a", "tags": ["x"]}, {"id": 2, "day": "b", "tags": []}]
given = glue.create_dynamic_frame_from_rdd(glue.sparkSession.sparkContext.parallelize(rows), "given",
                                           "id int, day string, tags array<string>")

for format in ("json", "avro", "parquet", "orc"):
    write(given, f"s3://{bucket}/{format}/", format, partitionKeys=["day"])
    assert_frames_equal(read(f"s3://{bucket}/{format}/", format), rows)

# Bookmarks, storage classes and purges see the same objects.
def run(**options):
    job.init("night", {"job_bookmark_option": "job-bookmark-enable"})
    found = read(f"s3://{bucket}/json/", ctx="in", **options).count()
    job.commit()
    return found
assert [run(boundedFiles="1"), run(), run()] == [1, 1, 0]
job.init("plain", {})
role = {"retentionPeriod": 0, "accountId": "123456789012", "roleArn": "arn:aws:iam::123456789012:role/glue"}
glue.transition_s3_path(f"s3://{bucket}/json/day=a/", "ONEZONE_IA", role)
assert records(read(f"s3://{bucket}/json/", excludeStorageClasses=["ONEZONE_IA"])) == [rows[1]]
glue.purge_s3_path(f"s3://{bucket}/json/day=b/", {"retentionPeriod": 0})
assert_frames_equal(read(f"s3://{bucket}/json/"), rows[:1])

text = '<all><r n="1"><a>x</a></r><r n="2"><a> </a><b q="z">5</b></r></all>'
with open(work + "/1.xml", "w") as file:
    file.write(text)
frame = read(work + "/1.xml", "xml", {"rowTag": "r"})
assert_frames_equal(frame, [{"_n": 1, "a": "x"}, {"_n": 2, "a": " ", "b": {"_VALUE": 5, "_q": "z"}}])
other = {"rowTag": "r", "attributePrefix": "@", "valueTag": "text", "treatEmptyValuesAsNulls": True,
         "encoding": "UTF-8", "ignoreSurroundingSpaces": True}
assert_frames_equal(read(work + "/1.xml", "xml", other), [{"@n": 1, "a": "x"}, {"@n": 2, "b": {"text": 5, "@q": "z"}}])
assert_frames_equal(read(work + "/1.xml", "xml", {"rowTag": "r", "excludeAttribute": True}),
                    [{"a": "x"}, {"a": " ", "b": 5}])
print("all is well")
"""


@pytest.mark.slow
def test_avro_xml_and_s3_work_where_their_packages_are(s3_bucket: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    paths = ",".join(map(str, jars(*release().s3a, *PACKAGES[release().glue])))

    done = subprocess.run(
        [sys.executable, "script.py", s3_bucket, paths, str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, capture_output=True, text=True,
    )  # fmt: skip

    assert "all is well" in done.stdout, done.stdout + done.stderr[-3000:]
    left = boto3.client("s3").list_objects_v2(Bucket=s3_bucket, Prefix="json/")["Contents"]
    assert {entry["StorageClass"] for entry in left if entry["Key"].endswith(".json")} == {"ONEZONE_IA"}

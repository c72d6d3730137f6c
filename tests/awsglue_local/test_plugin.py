"""What other projects test their Glue code with."""

import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

import pytest
from awsglue.dynamicframe import DynamicFrame

import awsglue_local
from awsglue_local.testing import assert_frames_equal, records
from glue_lib.runtime.release import release

HERE = Path(awsglue_local.__file__).parent


def test_frames_are_made_of_records_and_of_texts(dynamic_frame_from_json):
    frame = dynamic_frame_from_json([{"id": 1, "v": [1, "x"], "n": None}, {"id": 2}], name="given")

    assert (frame.name, records(frame)) == ("given", [{"id": 1, "v": [1, "x"]}, {"id": 2}])
    assert_frames_equal(frame, [{"v": [1, "x"], "id": 1}, {"id": 2, "v": None}], ordered=True)
    assert dynamic_frame_from_json('{"id": 1}\n{"id"').errorsCount() == 1


def test_a_difference_is_shown_record_by_record(frame_of):
    frame = frame_of([(1, "a"), (2, "é"), (2, "é")], "id int, name string")

    assert_frames_equal(frame, frame_of([(2, "é"), (1, "a"), (2, "é")], "id int, name string"))
    with pytest.raises(AssertionError) as shown:
        assert_frames_equal(frame, [{"id": 1, "name": "a"}, {"id": 2, "name": "é"}, {"id": 3}])
    assert str(shown.value).splitlines() == [
        "1 records only in the actual frame (+), 1 only expected (-)",
        '+ {"id": 2, "name": "é"}',
        '- {"id": 3}',
    ]
    with pytest.raises(AssertionError, match="in another order"):
        assert_frames_equal(frame, list(reversed(records(frame))), ordered=True)


def test_a_difference_in_types_is_shown_by_path(frame_of, spark, glue):
    frame = frame_of([], "id int, s struct<a:int>, l array<string>")
    other = DynamicFrame.fromDF(spark.createDataFrame([], "l array<int>, id int, s struct<a:int>, m int"), glue, "x")

    with pytest.raises(AssertionError) as shown:
        assert_frames_equal(frame, other)

    assert str(shown.value).splitlines() == ["the schemas differ", "+ l[]: string", "- l[]: int", "- m: int"]
    assert_frames_equal(frame, other, schema=False)


FOREIGN = {
    "jobs/orders.py": """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import ApplyMapping, Filter
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

def paid(orders):
    paid = Filter.apply(orders, lambda order: order["paid"])
    return ApplyMapping.apply(paid, [("id", "int", "order_id", "long"), ("place.city", "string", "city", "string")])

def main():
    args = getResolvedOptions(sys.argv, ["JOB_NAME", "source", "target"])
    glue = GlueContext(SparkContext.getOrCreate())
    job = Job(glue)
    job.init(args["JOB_NAME"], args)
    orders = glue.create_dynamic_frame.from_options(
        "s3", {"paths": [args["source"]]}, "json", transformation_ctx="orders")
    glue.write_dynamic_frame.from_options(paid(orders), "s3", {"path": args["target"]}, "parquet")
    job.commit()

if __name__ == "__main__":
    main()
""",
    "tests/test_orders.py": """
import sys
from awsglue_local.testing import assert_frames_equal
from jobs import orders

def test_only_what_is_paid_is_kept(dynamic_frame_from_json):
    given = dynamic_frame_from_json([{"id": 1, "paid": True, "place": {"city": "Rome"}}, {"id": 2, "paid": False}])
    assert_frames_equal(orders.paid(given), [{"order_id": 1, "city": "Rome"}])

def test_the_job_reads_each_file_once(glue_context, tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.json").write_text('{"id": 1, "paid": true, "place": {"city": "Rome"}}')
    monkeypatch.setenv("AWSGLUE_LOCAL_BOOKMARKS", str(tmp_path / "bookmarks"))
    monkeypatch.setattr(sys, "argv", ["orders.py", "--JOB_NAME", "orders", "--source", str(tmp_path / "in"), "--target",
                                      str(tmp_path / "out"), "--job-bookmark-option", "job-bookmark-enable"])
    orders.main()
    orders.main()
    assert glue_context.spark_session.read.parquet(str(tmp_path / "out")).count() == 1
""",
}


@pytest.mark.slow
def test_another_project_installs_it_alone_and_tests_its_own_job(tmp_path):
    """In an environment of its own, with what the distribution asks for and nothing of this project."""
    ignored = shutil.ignore_patterns("*.egg-info", "build", "__pycache__", ".*")
    shutil.copytree(HERE, tmp_path / "source", ignore=ignored)
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    wanted = [f"{tmp_path / 'source'}[test]", f"pyspark=={release().packages['pyspark']}"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "wheel", *wanted], check=True)
    for name, text in FOREIGN.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYSPARK_PYTHON")}

    done = subprocess.run(
        [python, "-m", "pytest", "-q"], cwd=tmp_path / "project", env=environment, capture_output=True, text=True
    )

    assert "2 passed" in done.stdout, done.stdout + done.stderr
    frozen = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
    assert not re.search("delta-spark|boto3|msgspec|headwater==", frozen)

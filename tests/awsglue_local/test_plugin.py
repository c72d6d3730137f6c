"""What other projects test their Glue code with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from awsglue.dynamicframe import DynamicFrame

import awsglue_local
from awsglue_local.plugin import dynamic_frame_from_json  # noqa: F401, a fixture
from awsglue_local.testing import assert_frames_equal, records

HERE = Path(awsglue_local.__file__).parent


def test_frames_are_made_of_records_and_of_texts(dynamic_frame_from_json):  # noqa: F811
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


EXAMPLE = """
from awsglue_local.testing import assert_frames_equal

def test_orders_are_flat(dynamic_frame_from_json, glue_context):
    orders = dynamic_frame_from_json([{"id": 1, "place": {"city": "Rome"}}])
    assert_frames_equal(orders.unnest(), [{"id": 1, "place.city": "Rome"}])
"""


@pytest.mark.slow
def test_the_distribution_installs_alone_and_brings_its_plugin(tmp_path):
    ignored = shutil.ignore_patterns("*.egg-info", "build", "__pycache__", ".*")
    shutil.copytree(HERE, tmp_path / "source", ignore=ignored)
    (tmp_path / "source" / "pyproject.toml").write_text(
        (HERE / "pyproject.toml").read_text().split("# The JVM's method names")[0]  # ruff's part points outside
    )
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--target", str(tmp_path / "site"), str(tmp_path / "source")], check=True)
    (tmp_path / "test_example.py").write_text(EXAMPLE)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True,
    )  # fmt: skip

    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / "site" / "awsglue_local" / "view.py").is_file()

import sys

import pytest
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from pyspark import SparkContext
from pyspark.sql import functions as f

import awsglue_local


def test_spark_itself_works_through_the_view(spark, glue):
    rows = spark.range(3).where(f.col("id").isin(1, 2)).select(f.max(f.lit(5) + f.col("id")).alias("most"))

    assert rows.collect()[0].most == 7
    assert spark.sparkContext._jvm.scala.Tuple2(1, "a")._2() == "a"


def test_installing_twice_changes_nothing(spark, glue):
    view = SparkContext._jvm

    awsglue_local.install(spark.sparkContext)

    assert SparkContext._jvm is view


def test_workers_run_the_python_of_the_script_unless_another_is_named(spark, glue, monkeypatch):
    for named, used in (("/usr/bin/other", "python3"), (None, sys.executable)):
        monkeypatch.setattr(spark.sparkContext, "pythonExec", "python3")
        monkeypatch.setenv("PYSPARK_PYTHON", named) if named else monkeypatch.delenv("PYSPARK_PYTHON", raising=False)

        awsglue_local.install(spark.sparkContext)

        assert spark.sparkContext.pythonExec == used


def test_a_frame_gives_back_the_very_plan_that_it_was_made_of(spark, glue):
    rows = spark.range(5)

    back = DynamicFrame.fromDF(rows, glue, "numbers").toDF()

    assert back._jdf.equals(rows._jdf)


def test_carrying_rows_through_a_frame_runs_no_job(spark, glue):
    def fail(_):
        raise AssertionError("a job ran")

    rows = spark.createDataFrame(spark.sparkContext.parallelize([1]).map(fail), "id int")

    assert DynamicFrame.fromDF(rows, glue, "lazy").toDF().columns == ["id"]


def test_the_second_of_two_equal_names_gets_a_dot(spark, glue):
    rows = spark.sql("SELECT 1 AS zip, 2 AS zip")

    assert DynamicFrame.fromDF(rows, glue, "twice").toDF().collect()[0].asDict() == {"zip": 1, ".zip": 2}


def test_partition_counts_are_taken(spark, glue):
    assert GlueContext(spark.sparkContext, minPartitions=2, targetPartitions=4).spark_session is not None


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda frame, glue: frame.unbox("a", "avro"), "unbox.*from_avro"),
        (lambda frame, glue: glue.start_transaction(True), "GlueContext.startTransaction"),
        (lambda frame, glue: glue._jvm.EvaluateDataQuality.apply(), "EvaluateDataQuality.apply"),
        (lambda frame, glue: glue._jvm.EntityDetector(), "EntityDetector"),
        (lambda frame, glue: glue.write_from_jdbc_conf(frame, "c"), r"getJDBCSink.*toDF\(\)\.write\.jdbc"),
    ],
)
def test_what_is_missing_says_its_name_and_the_way_out(spark, glue, use, says):
    frame = DynamicFrame.fromDF(spark.range(1), glue, "x")

    with pytest.raises(NotImplementedError, match=says):
        use(frame, glue)

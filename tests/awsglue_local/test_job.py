import logging

import pytest
from awsglue.job import Job

from awsglue_local.job import Job as LocalJob


def test_a_job_is_begun_and_committed(glue, spark):
    job = Job(glue)

    job.init("nightly", {"JOB_NAME": "nightly", "job_bookmark_option": "job-bookmark-disable"})

    assert job.isInitialized()
    job.commit()
    assert Job(spark).isInitialized()  # a job made from the session is the same job


def test_a_job_that_was_not_begun_cannot_be_committed():
    with pytest.raises(RuntimeError, match=r"call job\.init"):
        LocalJob().commit()


def test_the_logger_writes_to_pythons_log(glue, caplog):
    caplog.set_level(logging.INFO)

    glue.get_logger().info("50% done")
    glue.get_logger().warn("careful")
    glue.get_logger().error("broken")

    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "50% done"),
        ("WARNING", "careful"),
        ("ERROR", "broken"),
    ]

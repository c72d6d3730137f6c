"""The resources that the fixture files imply, as a mocked apply leaves them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

KEY = "arn:aws:kms:us-east-1:123456789012:key/mock"
TOPIC = "arn:aws:sns:us-east-1:123456789012:mock"


def _of(tested: Any, source: str, resource: str) -> dict[str, Mapping[str, Any]]:
    """The instances of a resource of one source, by their key."""
    start = f'module.source["{source}"].{resource}'
    found = {address: values for address, values in tested.resources.items() if address.startswith(start)}
    return {address.removeprefix(start).strip('[]"'): values for address, values in found.items()}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("donorbox", ("G.2X", 4, 120, "FLEX", False, [], 2)),
        ("crm", ("G.1X", 2, 480, "STANDARD", True, ["crm-vpc"], 3)),
        ("open_data", ("G.1X", 2, 480, "STANDARD", False, [], 1)),
    ],
)
def test_a_job_has_the_sizes_of_its_file_and_may_run_as_often_as_streams_stand_side_by_side(
    source: str, expected: tuple[Any, ...], tested: Any
) -> None:
    jobs = _of(tested, source, "aws_glue_job.this")

    assert jobs.keys() == {"ingest", "load", "maintain", "sync"}
    for script, job in jobs.items():
        sizes = [job[name] for name in ("worker_type", "number_of_workers", "timeout", "execution_class")]
        runs = job["execution_property"][0]["max_concurrent_runs"]
        found = (*sizes, job["job_run_queuing_enabled"], job["connections"] or [], runs)
        assert found == (expected if script != "maintain" else (*expected[:-1], 1)), script
        assert job["max_retries"] == 0 and job["glue_version"] == "5.1"
        assert job["command"][0]["script_location"].endswith(f"/{script}.py")
        assert job["security_configuration"] == "headwater-dev"


def test_a_job_scales_by_itself_unless_its_file_says_no(tested: Any) -> None:
    scaled = {
        source: "--enable-auto-scaling" in _of(tested, source, "aws_glue_job.this")["sync"]["default_arguments"]
        for source in ("donorbox", "crm")
    }

    assert scaled == {"donorbox": True, "crm": False}


def test_a_function_is_made_where_a_stream_runs_on_lambda(tested: Any) -> None:
    functions = _of(tested, "crm", "aws_lambda_function.this")
    function = functions["ingest"]

    assert not _of(tested, "donorbox", "aws_lambda_function.this")
    assert (function["function_name"], function["memory_size"], function["timeout"]) == (
        "headwater-dev-crm-ingest",
        1024,
        300,
    )
    assert function["handler"] == "headwater_jobs.ingest_lambda.handler" and function["runtime"] == "python3.13"
    assert function["s3_key"].startswith("lambda/") and function["s3_key"].endswith("/headwater-lambda.zip")


def test_a_schedule_keeps_its_files_own_times_and_zone_and_maintenance_comes_weekly(tested: Any) -> None:
    crons = {
        source: {
            task: (
                one["schedule_expression"],
                one["schedule_expression_timezone"],
                one["flexible_time_window"][0]["maximum_window_in_minutes"] or 0,
                one["state"],
            )
            for task, one in _of(tested, source, "aws_scheduler_schedule.this").items()
        }
        for source in ("crm", "donorbox", "open_data")
    }

    new_york = "America/New_York"
    assert crons == {
        "crm": {
            "sync": ("cron(15 * * * ? *)", "UTC", 15, "ENABLED"),
            "maintain": ("cron(0 3 ? * SUN *)", "UTC", 60, "ENABLED"),
        },
        "donorbox": {
            "sync": ("cron(0 6 * * ? *)", new_york, 0, "ENABLED"),
            "maintain": ("cron(0 3 ? * SUN *)", new_york, 60, "ENABLED"),
        },
        "open_data": {"maintain": ("cron(0 3 ? * SUN *)", "UTC", 60, "ENABLED")},
    }


def test_a_repeated_delivery_of_a_schedule_meets_the_name_of_the_first(tested: Any) -> None:
    target = _of(tested, "donorbox", "aws_scheduler_schedule.this")["sync"]["target"][0]

    # Where Terraform left an escape in, the scheduler would put nothing in its place.
    assert "\\u003c" not in target["input"] and "\\u003e" not in target["input"]
    told = json.loads(target["input"])
    assert told["Name"] == "sync-<aws.scheduler.execution-id>" and len(told["Name"]) < 80
    assert json.loads(told["Input"]) == {"task": "sync", "scheduled_at": "<aws.scheduler.scheduled-time>"}
    assert target["arn"] == "arn:aws:scheduler:::aws-sdk:sfn:startExecution"
    assert target["retry_policy"][0]["maximum_retry_attempts"] == 10
    assert target["dead_letter_config"][0]["arn"].startswith("arn:aws:sqs:")


def test_alarms_are_those_that_the_file_asks_for(tested: Any) -> None:
    alarms = {
        source: {
            name: (one["metric_name"], one["threshold"], one["evaluation_periods"], one["treat_missing_data"])
            for name, one in _of(tested, source, "aws_cloudwatch_metric_alarm.this").items()
        }
        for source in ("crm", "open_data")
    }

    assert alarms == {
        "crm": {
            "failed": ("Failed", 1, 1, "notBreaching"),
            "nothing-loaded": ("Loaded", 1, 6, "breaching"),
            "quarantine": ("QuarantinedShare", 0.01, 1, "notBreaching"),
        },
        "open_data": {
            "failed": ("Failed", 1, 1, "notBreaching"),
            "incomplete": ("Incomplete", 6, 1, "notBreaching"),
            "quarantine": ("QuarantinedShare", 0.05, 1, "notBreaching"),
            "duration": ("DurationShare", 0.9, 1, "notBreaching"),
        },
    }


def test_alarms_and_dashboard_look_at_metrics_that_jobs_write(tested: Any) -> None:
    from glue_lib.runtime.metrics import UNITS

    alarms = [
        one
        for source in ("crm", "open_data")
        for one in _of(tested, source, "aws_cloudwatch_metric_alarm.this").values()
    ]
    dashboard = json.loads(tested.resources["aws_cloudwatch_dashboard.this"]["dashboard_body"])
    searched = [
        metric[0]["expression"].split('MetricName="')[1].split('"')[0]
        for widget in dashboard["widgets"]
        for metric in widget["properties"]["metrics"]
        if isinstance(metric[0], dict)
    ]

    assert {one["metric_name"] for one in alarms} | set(searched) <= UNITS.keys()
    assert {one["namespace"] for one in alarms} == {"Headwater/headwater-dev"}
    assert all(one["dimensions"] == {"source": one["alarm_name"].split("-")[2]} for one in alarms)
    assert all(one["alarm_actions"] == [TOPIC] for one in alarms)


def test_every_bucket_is_encrypted_versioned_closed_cleaned_and_over_tls_only(tested: Any) -> None:
    for name in ("lake", "artifacts", "results", "logs"):
        of = {
            address.removeprefix(f"module.{name}.aws_s3_bucket").split(".")[0].removeprefix("_"): values
            for address, values in tested.resources.items()
            if address.startswith(f"module.{name}.")
        }
        assert of[""]["bucket"] == f"headwater-dev-{name}-123456789012"
        assert of["versioning"]["versioning_configuration"][0]["status"] == "Enabled"
        (rule,) = of["server_side_encryption_configuration"]["rule"]
        (default,) = rule["apply_server_side_encryption_by_default"]
        expected = ("AES256", None) if name == "logs" else ("aws:kms", KEY)
        assert (default["sse_algorithm"], default["kms_master_key_id"] or None) == expected
        assert all(of["public_access_block"][switch] for switch in ("block_public_acls", "restrict_public_buckets"))
        statement = json.loads(of["policy"]["policy"])["Statement"][0]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        rules = {one["id"]: one for one in of["lifecycle_configuration"]["rule"]}
        assert rules["old-versions"]["noncurrent_version_expiration"][0]["noncurrent_days"] >= 1
        assert ("logging" in of) == (name != "logs")


def test_every_log_group_ends_and_is_encrypted(tested: Any) -> None:
    groups = [values for address, values in tested.resources.items() if ".aws_cloudwatch_log_group." in address]

    assert len(groups) == 16  # output, error and workflow of four sources and of the shared job; a function's
    assert {(group["retention_in_days"], group["kms_key_id"]) for group in groups} == {(365, KEY)}


def test_the_queries_name_every_table_and_none_that_only_deletes(tested: Any) -> None:
    queries = _of(tested, "crm", "aws_athena_named_query.this")

    assert queries.keys() == {"freshness", "quarantine"}
    assert queries["freshness"]["query"].count("UNION ALL") == 3
    assert '"dev_crm"."people"' in queries["freshness"]["query"]
    assert '"dev_crm"."people__quarantine"' in queries["quarantine"]["query"]
    assert "people_gone" not in queries["freshness"]["query"] + queries["quarantine"]["query"]

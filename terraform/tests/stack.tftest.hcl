# What comes out of two pipeline files: one that says everything, one that says the least. Offline: the provider is mocked.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_s3_bucket.lake
  values = { arn = "arn:aws:s3:::lake" }
}

override_resource {
  target = aws_s3_bucket.artifacts
  values = { arn = "arn:aws:s3:::artifacts" }
}

override_resource {
  target = aws_secretsmanager_secret.this["headwater/donorbox"]
  values = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/donorbox-AbCdEf" }
}

override_resource {
  target = aws_secretsmanager_secret.this["headwater/account"]
  values = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/account-AbCdEf" }
}

variables {
  pipelines_dir = "./tests/pipelines"
  wheel         = "./tests/headwater-0.0.0-py3-none-any.whl"
}

run "stack" {
  assert {
    condition     = join(" ", sort(keys(aws_glue_job.this))) == "donorbox-ingest donorbox-load donorbox-sync open_data-ingest open_data-load open_data-sync"
    error_message = "Each file makes its three jobs."
  }
  assert {
    condition = (
      aws_glue_job.this["donorbox-sync"].worker_type == "G.2X" && aws_glue_job.this["donorbox-sync"].number_of_workers == 4
      && aws_glue_job.this["donorbox-sync"].timeout == 120 && aws_glue_job.this["donorbox-sync"].execution_class == "FLEX"
    )
    error_message = "A job has the sizes of its file."
  }
  assert {
    condition     = aws_glue_job.this["open_data-sync"].glue_version == "5.1" && aws_glue_job.this["open_data-sync"].number_of_workers == 2
    error_message = "A file without sizes gets the smallest job."
  }
  assert {
    condition     = aws_glue_job.this["donorbox-sync"].execution_property[0].max_concurrent_runs == 2 && aws_glue_job.this["open_data-sync"].execution_property[0].max_concurrent_runs == 1
    error_message = "A job may run as often at once as streams stand side by side, and no oftener."
  }
  assert {
    condition     = aws_glue_job.this["donorbox-sync"].default_arguments["--conf"] == "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog --conf spark.sql.session.timeZone=UTC"
    error_message = "Delta's settings stand in one chained --conf."
  }
  assert {
    condition     = length(setsubtract(["--pipeline", "--lake", "--streams", "--from", "--to", "--full_refresh", "--run_id", "--set", "--margin_seconds"], keys(aws_glue_job.this["open_data-load"].default_arguments))) == 0
    error_message = "Every argument of a job has a default: the script asks for all that stand in argv."
  }
  assert {
    condition     = jsondecode(aws_glue_job.this["donorbox-sync"].default_arguments["--set"]).database == "dev_donorbox" && aws_glue_catalog_database.source["donorbox"].name == "dev_donorbox"
    error_message = "The database carries the environment's prefix, in the catalog and in the job."
  }
  assert {
    condition     = can(regex("^msgspec==[0-9.]+,pydantic==[0-9.]+,s3://[^,]+/lib/[0-9a-f]{12}/headwater-0.0.0-py3-none-any.whl$", aws_glue_job.this["donorbox-sync"].default_arguments["--additional-python-modules"]))
    error_message = "What Glue lacks is pinned, and the wheel's key holds its content's hash."
  }
  assert {
    condition     = join(" ", sort(keys(aws_secretsmanager_secret.this))) == "headwater/account headwater/donorbox"
    error_message = "Each secret that a file refers to has a container, wherever in the file the reference stands."
  }
  assert {
    condition     = join(" ", keys(aws_scheduler_schedule.source)) == "donorbox" && aws_scheduler_schedule.source["donorbox"].schedule_expression == "cron(0 6 * * ? *)"
    error_message = "A file with a schedule has one, a file without has none."
  }
  assert {
    condition     = aws_scheduler_schedule.source["donorbox"].schedule_expression_timezone == "America/New_York" && aws_scheduler_schedule.source["donorbox"].state == "ENABLED"
    error_message = "A schedule keeps its own time zone."
  }
  assert {
    condition     = alltrue([for bucket in ["lake", "artifacts"] : aws_s3_bucket_versioning.this[bucket].versioning_configuration[0].status == "Enabled" && aws_s3_bucket_public_access_block.this[bucket].restrict_public_buckets])
    error_message = "Both buckets are versioned and closed."
  }
}

run "least_privilege" {
  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.job : alltrue([
        for statement in jsondecode(policy.policy).Statement : !contains(statement.Resource, "*") || statement.Sid == "Metrics"
      ])
    ])
    error_message = "No statement is for every resource, but the metrics', whose action knows none."
  }
  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.job : alltrue([
        for statement in jsondecode(policy.policy).Statement : alltrue([for action in statement.Action : !strcontains(action, "*")])
      ])
    ])
    error_message = "No action is a star."
  }
  assert {
    condition     = alltrue([for key in ["open_data-sync", "open_data-ingest", "open_data-load"] : !strcontains(aws_iam_role_policy.job[key].policy, "donorbox")])
    error_message = "No role names another source's secret, prefix or database."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.job["donorbox-load"].policy, "secretsmanager") && !strcontains(aws_iam_role_policy.job["donorbox-ingest"].policy, "tables/donorbox/*\"]")
    error_message = "Load sees no secret; ingest writes no table."
  }
  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.job["donorbox-sync"].policy).Statement : statement.Resource if statement.Sid == "Secret"])) == toset([
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/donorbox-AbCdEf",
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/account-AbCdEf",
    ])
    error_message = "The secrets are named in full."
  }
  assert {
    condition     = length([for statement in jsondecode(aws_iam_role_policy.job["open_data-sync"].policy).Statement : statement if statement.Sid == "Secret"]) == 0
    error_message = "A source without secrets has no statement about them."
  }
}

run "shares" {
  assert {
    condition     = local.levels.donorbox[0].streams == ["campaigns", "donations"] && local.levels.donorbox[1].streams == ["comments"] && local.levels.donorbox[2].streams == ["replies"]
    error_message = "A fan-out stream stands in a level after its parents."
  }
  assert {
    condition     = jsondecode(local.levels.donorbox[0].set) == { database = "dev_donorbox", "limits.requests_per_second" = 5, "limits.concurrency" = 2 }
    error_message = "Streams side by side divide the limits that the file declares."
  }
  assert {
    condition     = jsondecode(local.levels.donorbox[1].set) == { database = "dev_donorbox" }
    error_message = "A stream alone has the whole."
  }
}

run "one_at_a_time" {
  command = plan
  variables {
    parallel_streams  = 1
    schedules_enabled = false
    database_prefix   = ""
    dependencies      = "./tests/headwater.gluewheels.zip"
  }

  assert {
    condition     = aws_glue_job.this["donorbox-sync"].execution_property[0].max_concurrent_runs == 1 && jsondecode(local.levels.donorbox[0].set) == { database = "donorbox" }
    error_message = "One stream at a time: one run at a time, with the whole budget."
  }
  assert {
    condition     = aws_scheduler_schedule.source["donorbox"].state == "DISABLED"
    error_message = "An environment can switch all schedules off."
  }
  assert {
    condition     = length(local.python_modules) == 2 && can(regex("/lib/[0-9a-f]{12}/headwater.gluewheels.zip$", local.python_modules[0]))
    error_message = "With the zip of wheels nothing is named that pip would fetch."
  }
}

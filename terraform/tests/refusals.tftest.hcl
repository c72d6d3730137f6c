# What is refused before anything is made.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  pipelines_dir = "./tests/pipelines"
  wheel         = "./tests/headwater-0.0.0-py3-none-any.whl"
}

run "variables" {
  command = plan
  variables {
    name                 = "Headwater"
    environment          = "dev_1"
    wheel                = "headwater.zip"
    dependencies         = "wheels.zip"
    dependencies_glue_6  = "wheels.zip"
    python_modules       = ["pydantic"]
    database_prefix      = "dev-"
    parallel_streams     = 0
    secret_recovery_days = 3
    lambda_package       = "lambda.tar"
    kms_key_arn          = "alias/mine"
    network              = { subnet_ids = [], security_group_ids = ["sg-1"] }
    alert_emails         = ["nobody"]
    log_retention_days   = 42
    maintenance_cron     = "0 3 * * *"
    query_limit_gb       = 0
    query_result_days    = 0
    log_store            = { jar = "delta.jar" }
    shared_job_sources   = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    pipelines_dir        = "./tests/mocks"
  }

  expect_failures = [
    var.name, var.environment, var.wheel, var.dependencies, var.dependencies_glue_6, var.python_modules, var.database_prefix, var.parallel_streams, var.secret_recovery_days, var.pipelines_dir,
    var.lambda_package, var.kms_key_arn, var.network, var.alert_emails, var.log_retention_days, var.maintenance_cron, var.query_limit_gb, var.query_result_days,
    var.log_store, var.shared_job_sources,
  ]
}

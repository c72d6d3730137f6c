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
    python_modules       = ["pydantic"]
    database_prefix      = "dev-"
    parallel_streams     = 0
    secret_recovery_days = 3
    pipelines_dir        = "./tests/mocks"
  }

  expect_failures = [
    var.name, var.environment, var.wheel, var.dependencies, var.python_modules, var.database_prefix, var.parallel_streams, var.secret_recovery_days, var.pipelines_dir,
  ]
}

# Sources on two versions of Glue, side by side.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  pipelines_dir       = "./tests/glue_6"
  wheel               = "./tests/headwater-0.0.0-py3-none-any.whl"
  dependencies_glue_6 = "./tests/headwater-glue-6.0.gluewheels.zip"
}

run "side_by_side" {
  command = plan
  variables {
    shared_job_sources = ["forecast"]
  }

  assert {
    condition     = alltrue([for source, version in { forecast = "6.0", history = "5.1" } : alltrue([for found in values(module.source[source].glue_versions) : found == version])])
    error_message = "All jobs of a source are on the version of its file."
  }
  assert {
    condition     = module.shared_job["own"].glue_version == "6.0"
    error_message = "The shared job is on the version of its sources."
  }
  assert {
    condition     = length(local.python_modules["6.0"]) == 2 && length(local.python_modules["5.1"]) == 4 && keys(aws_s3_object.dependencies) == ["zip-6.0"]
    error_message = "A zip of wheels is for the version whose Python it has."
  }
}

run "one_shared_job_has_one_version" {
  command = plan
  variables {
    shared_job_sources = ["forecast", "history"]
  }

  expect_failures = [output.shared_job]
}

run "the_log_store_is_not_for_glue_6" {
  command = plan
  variables {
    log_store = { jar = "s3://libraries/delta-storage-s3-dynamodb-3.3.2.jar" }
  }

  expect_failures = [output.jobs]
}

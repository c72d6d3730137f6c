# The function that reads streams marked `runs_on: lambda`: the API → raw half, without Spark.

resource "aws_lambda_function" "this" {
  for_each      = local.functions
  function_name = "${local.name}-${each.key}"
  description   = "Lands the small streams of ${local.source}."
  role          = aws_iam_role.job["lambda"].arn
  s3_bucket     = var.platform.artifacts
  s3_key        = try(var.platform.lambda_zip.key, "")
  runtime       = "python3.13" # Of which the zip has the wheels.
  architectures = ["x86_64"]
  handler       = "headwater_jobs.ingest_lambda.handler"
  memory_size   = var.pipeline.lambda.memory_mb
  timeout       = var.pipeline.lambda.timeout_seconds

  source_code_hash = try(var.platform.lambda_zip.hash, "")

  ephemeral_storage {
    size = var.pipeline.lambda.disk_mb
  }

  dynamic "vpc_config" {
    for_each = var.platform.networks

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = var.platform.lambda_zip != null
      error_message = "${var.pipeline.file}: `runs_on: lambda` needs the function's zip; run `make package`."
    }
  }

  depends_on = [aws_iam_role_policy.job, aws_cloudwatch_log_group.function]
}

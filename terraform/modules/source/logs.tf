# Where the jobs tell what they do: output has what Headwater and the metrics say, error what Spark and Glue say.

locals {
  log_prefix = "/headwater/${var.platform.prefix}/${local.source}"
}

resource "aws_cloudwatch_log_group" "job" {
  for_each          = toset(["output", "error"])
  name              = "${local.log_prefix}/${each.key}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.key_arn
}

resource "aws_cloudwatch_log_group" "function" {
  for_each          = local.functions
  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.key_arn
}

resource "aws_cloudwatch_log_group" "workflow" {
  name              = "/aws/vendedlogs/states/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.key_arn
}

# Athena: one workgroup for the lake, whose answers go to an encrypted bucket and go by themselves.

resource "aws_athena_workgroup" "this" {
  name          = local.prefix
  description   = "Queries of the lake of ${local.prefix}."
  force_destroy = true # Its history of queries, not the tables.

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.query_limit_gb * 1024 * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3" # Older ones read no Delta.
    }
    result_configuration {
      output_location = "s3://${module.results.name}/athena/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = local.key_arn
      }
    }
  }
}

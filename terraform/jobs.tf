# Three Glue jobs a source: sync (ingest, then load), and its two halves.
#
# max_concurrent_runs is the number of streams that the workflow runs side by side, not 1: each run is given one stream
# of its own, a table has one writing stream, and a stream's lease keeps a second run of it out. So no Delta table has
# two writers, and the surplus of an execution that overlaps another waits in the workflow's retry.

locals {
  # The settings of the session on a laptop. Glue takes one --conf; further ones are chained inside its value.
  spark_conf = join(" --conf ", [
    "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone=UTC",
  ])
}

resource "aws_glue_job" "this" {
  for_each          = local.jobs
  name              = each.value.name
  description       = "${each.value.script} of ${each.value.source}"
  role_arn          = aws_iam_role.job[each.key].arn
  glue_version      = local.pipelines[each.value.source].glue.version
  worker_type       = local.pipelines[each.value.source].glue.worker_type
  number_of_workers = local.pipelines[each.value.source].glue.workers
  timeout           = local.pipelines[each.value.source].glue.timeout_minutes
  execution_class   = local.pipelines[each.value.source].glue.execution_class
  max_retries       = 0 # The workflow retries; two owners of retries multiply.

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "s3://${aws_s3_object.script[each.value.script].bucket}/${aws_s3_object.script[each.value.script].key}"
  }

  execution_property {
    max_concurrent_runs = max(local.widths[each.value.source]...)
  }

  default_arguments = {
    "--datalake-formats"                 = "delta"
    "--conf"                             = local.spark_conf
    "--enable-glue-datacatalog"          = "true"
    "--enable-auto-scaling"              = "true"
    "--enable-metrics"                   = "true"
    "--enable-continuous-cloudwatch-log" = "true"
    "--job-bookmark-option"              = "job-bookmark-disable" # Positions are kept in the lake.
    "--additional-python-modules"        = join(",", local.python_modules)
    "--TempDir"                          = "${local.lake_uri}/_headwater/tmp/${each.value.source}/"

    "--pipeline"       = "s3://${aws_s3_object.pipeline[each.value.source].bucket}/${aws_s3_object.pipeline[each.value.source].key}"
    "--lake"           = local.lake_uri
    "--streams"        = ""
    "--from"           = ""
    "--to"             = ""
    "--full_refresh"   = "false"
    "--run_id"         = ""
    "--margin_seconds" = ""
    "--set"            = jsonencode({ database = local.databases[each.value.source] })
  }
}

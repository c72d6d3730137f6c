# Four Glue jobs: sync (ingest, then load), its two halves, and maintain.
#
# max_concurrent_runs is the number of streams that the workflow runs side by side, not 1: each run is given one stream
# of its own, a table has one writing stream, and a stream's lease keeps a second run of it out. So no Delta table has
# two writers, and the surplus of an execution that overlaps another waits in the workflow's retry.

locals {
  log_store_conf = var.platform.log_store == null ? [] : [
    "spark.delta.logStore.s3.impl=io.delta.storage.S3DynamoDBLogStore",
    "spark.delta.logStore.s3a.impl=io.delta.storage.S3DynamoDBLogStore",
    "spark.io.delta.storage.S3DynamoDBLogStore.ddb.tableName=${var.platform.log_store.name}",
    "spark.io.delta.storage.S3DynamoDBLogStore.ddb.region=${var.platform.region}",
  ]

  # The settings of the session on a laptop. Glue takes one --conf; further ones are chained inside its value.
  spark_conf = join(" --conf ", concat(
    [
      "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
      "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
      "spark.sql.session.timeZone=UTC",
    ],
    local.log_store_conf,
  ))

  own_arguments = {
    "--pipeline"          = "s3://${var.platform.artifacts}/${var.platform.pipeline_key}"
    "--lake"              = local.uri
    "--streams"           = ""
    "--from"              = ""
    "--to"                = ""
    "--full_refresh"      = "false"
    "--run_id"            = ""
    "--margin_seconds"    = ""
    "--set"               = ""
    "--rebuild"           = "false"
    "--share"             = ""
    "--database"          = var.platform.database
    "--metrics_namespace" = var.platform.metrics_namespace
  }

  glue_arguments = merge(
    {
      "--datalake-formats"             = "delta"
      "--conf"                         = local.spark_conf
      "--enable-glue-datacatalog"      = "true"
      "--enable-metrics"               = "true"
      "--enable-observability-metrics" = "true"
      "--custom-logGroup-prefix"       = local.log_prefix
      "--job-bookmark-option"          = "job-bookmark-disable" # Positions are kept in the lake.
      "--additional-python-modules"    = join(",", var.platform.modules)
      "--TempDir"                      = "${local.uri}/_headwater/tmp/${local.source}/"
    },
    var.pipeline.glue.auto_scaling ? { "--enable-auto-scaling" = "true" } : {},
    var.platform.log_store == null ? {} : { "--extra-jars" = var.platform.log_store.jar },
  )
}

resource "aws_glue_job" "this" {
  for_each                = toset(local.scripts)
  name                    = "${local.name}-${each.key}"
  description             = "${each.key} of ${local.source}"
  role_arn                = aws_iam_role.job[each.key].arn
  glue_version            = var.pipeline.glue.version
  worker_type             = var.pipeline.glue.worker_type
  number_of_workers       = var.pipeline.glue.workers
  timeout                 = var.pipeline.glue.timeout_minutes
  execution_class         = var.pipeline.glue.execution_class
  job_run_queuing_enabled = var.pipeline.glue.queueing
  max_retries             = 0 # The workflow retries; two owners of retries multiply.
  connections             = distinct(concat(var.platform.connections, var.pipeline.glue.connections))
  security_configuration  = var.platform.security_configuration

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = var.platform.scripts[each.key]
  }

  execution_property {
    max_concurrent_runs = each.key == "maintain" ? 1 : max(local.widths...)
  }

  default_arguments = merge(local.glue_arguments, local.own_arguments)

  depends_on = [aws_iam_role_policy.job, aws_cloudwatch_log_group.job]
}

# One instance of modules/source for each pipeline file. It is told what stands once for all, and of the secrets only
# those that its file refers to: a file more changes no other instance.

module "source" {
  source   = "./modules/source"
  for_each = local.pipelines
  pipeline = each.value

  platform = merge(local.platform, {
    database     = "${local.database_prefix}${each.value.database}"
    pipeline_key = aws_s3_object.pipeline[each.key].key
    modules      = local.python_modules[each.value.glue.version]
    secret_arns  = { for name in each.value.secrets : name => local.secret_arns[name] }
  })
}

locals {
  platform = {
    prefix    = local.prefix
    region    = var.region
    account   = local.account
    partition = data.aws_partition.current.partition

    lake       = module.lake.name
    artifacts  = module.artifacts.name
    key_arn    = local.key_arn
    topic_arn  = aws_sns_topic.alerts.arn
    workgroup  = aws_athena_workgroup.this.name
    scripts    = { for script, object in aws_s3_object.script : script => "s3://${object.bucket}/${object.key}" }
    lambda_zip = one([for object in aws_s3_object.lambda : { key = object.key, hash = object.source_hash }])
    log_store  = one([for table in aws_dynamodb_table.log_store : { arn = table.arn, name = table.name, jar = var.log_store.jar }])

    connections            = local.connections
    networks               = local.networks
    security_configuration = aws_glue_security_configuration.this.name

    schedule_group     = aws_scheduler_schedule_group.this.name
    dead_letter_arn    = aws_sqs_queue.undelivered.arn
    schedules_enabled  = var.schedules_enabled
    maintenance_cron   = var.maintenance_cron
    parallel_streams   = var.parallel_streams
    execution_seconds  = var.execution_timeout_hours * 3600
    log_retention_days = var.log_retention_days
    metrics_namespace  = local.metrics_namespace
  }
}

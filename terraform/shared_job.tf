# One job for several sources, as some prefer it to one each: which source, which streams, from when, on how many workers
# is in the input. It runs streams in the direct pattern. Its role may do what the `sync` jobs of its sources may do.

locals {
  shared = sort([for source in var.shared_job_sources : source if contains(keys(local.pipelines), source)])

  # The statements of all its sources, each kind once, with the resources of all of them.
  shared_statements = { for statement in flatten([for source in local.shared : module.source[source].policies.sync.Statement]) : statement.Sid => statement... }
  shared_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for sid, found in local.shared_statements : merge(
        {
          Sid      = sid
          Effect   = "Allow"
          Action   = found[0].Action
          Resource = distinct(flatten([for statement in found : statement.Resource]))
        },
        sid == "List" ? { Condition = { StringLike = { "s3:prefix" = distinct(flatten([for statement in found : statement.Condition.StringLike["s3:prefix"]])) } } } : {},
        sid != "List" && can(found[0].Condition) ? { Condition = found[0].Condition } : {},
      )
    ]
  })
}

module "shared_job" {
  source   = "./modules/shared_job"
  for_each = length(local.shared) == 0 ? toset([]) : toset(["own"])

  policy       = local.shared_policy
  glue_version = local.pipelines[local.shared[0]].glue.version
  sources = {
    for source in local.shared : source => merge(module.source[source].described, {
      levels = [for level in module.source[source].described.levels : merge(level, { streams = [for one in level.streams : merge(one, { route = "direct" })] })]
    })
  }
  arguments = merge(module.source[local.shared[0]].arguments, {
    "--custom-logGroup-prefix" = "/headwater/${local.prefix}/shared"
    "--TempDir"                = "${local.lake_uri}/_headwater/tmp/shared/"
    "--enable-auto-scaling"    = "true"
    "--pipeline"               = ""
    "--database"               = ""
  })
  platform = {
    prefix                 = local.prefix
    account                = local.account
    partition              = data.aws_partition.current.partition
    region                 = var.region
    lake                   = module.lake.name
    key_arn                = local.key_arn
    topic_arn              = aws_sns_topic.alerts.arn
    script                 = local.platform.scripts.sync
    connections            = local.connections
    security_configuration = aws_glue_security_configuration.this.name
    execution_seconds      = var.execution_timeout_hours * 3600
    log_retention_days     = var.log_retention_days
    metrics_namespace      = local.metrics_namespace
  }
}

# The pipeline files are the only list of sources. Every resource of a source is made by `for_each` over these.

module "pipelines" {
  source = "./modules/pipelines"
  folder = local.pipelines_dir
}

locals {
  pipelines_dir = coalesce(var.pipelines_dir, "${path.root}/../pipelines")
  pipelines     = module.pipelines.pipelines

  prefix          = "${var.name}-${var.environment}"
  database_prefix = var.database_prefix == null ? "${var.environment}_" : var.database_prefix
  databases       = { for source, pipeline in local.pipelines : source => "${local.database_prefix}${pipeline.database}" }

  scripts = toset(["sync", "ingest", "load"])

  # One entry for each job of each source, by the name that the file gives it: "donorbox-sync".
  jobs = merge([
    for source, pipeline in local.pipelines : {
      for script, job in pipeline.jobs : job => { source = source, script = script, name = "${local.prefix}-${job}" }
    }
  ]...)
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

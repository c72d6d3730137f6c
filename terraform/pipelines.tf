# The pipeline files are the only list of sources. Every resource of a source is made by `for_each` over these.

module "pipelines" {
  source = "./modules/pipelines"
  folder = local.pipelines_dir
  schema = "${path.root}/../pipelines/pipeline.schema.json"
}

locals {
  pipelines_dir = coalesce(var.pipelines_dir, "${path.root}/../pipelines")
  pipelines     = module.pipelines.pipelines

  prefix            = "${var.name}-${var.environment}"
  database_prefix   = var.database_prefix == null ? "${var.environment}_" : var.database_prefix
  metrics_namespace = "Headwater/${local.prefix}"

  account = data.aws_caller_identity.current.account_id
  arn     = "arn:${data.aws_partition.current.partition}"
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

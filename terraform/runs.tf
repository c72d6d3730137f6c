# What every run leaves of itself, as one table over all sources.

module "runs" {
  source   = "./modules/runs"
  for_each = length(local.pipelines) == 0 ? toset([]) : toset(["runs"])

  prefix          = local.prefix
  lake_uri        = local.lake_uri
  database        = "${local.database_prefix}headwater"
  other_databases = [for pipeline in local.pipelines : "${local.database_prefix}${pipeline.database}"]
  sources         = keys(local.pipelines)
  workgroup       = aws_athena_workgroup.this.name
}

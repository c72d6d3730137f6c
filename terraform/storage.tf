# Four buckets: the lake (raw/, tables/, _headwater/), what the jobs are made of, what Athena answers, and who asked for
# what. Raw records are a prefix of the lake and not a bucket of their own: see docs/decisions/one-lake-bucket.md.

locals {
  bucket_names = { for kind in ["lake", "artifacts", "results", "logs"] : kind => "${local.prefix}-${kind}-${local.account}" }
  lake_uri     = "s3://${module.lake.name}"
}

module "lake" {
  source           = "./modules/bucket"
  name             = local.bucket_names.lake
  key_arn          = local.key_arn
  account          = local.account
  log_bucket       = module.logs.name
  old_version_days = var.old_version_days
  expiring         = { "_headwater/tmp/" = 7 }
  force_destroy    = var.force_destroy
}

module "artifacts" {
  source           = "./modules/bucket"
  name             = local.bucket_names.artifacts
  key_arn          = local.key_arn
  account          = local.account
  log_bucket       = module.logs.name
  old_version_days = var.old_version_days
  force_destroy    = var.force_destroy
}

module "results" {
  source           = "./modules/bucket"
  name             = local.bucket_names.results
  key_arn          = local.key_arn
  account          = local.account
  log_bucket       = module.logs.name
  old_version_days = 1
  expiring         = { "" = var.query_result_days }
  force_destroy    = var.force_destroy
}

# S3 delivers access logs only to a bucket that its own key encrypts.
module "logs" {
  source           = "./modules/bucket"
  name             = local.bucket_names.logs
  account          = local.account
  old_version_days = 1
  expiring         = { "" = var.log_retention_days }
  force_destroy    = var.force_destroy

  writers = {
    AccessLogs = {
      service = "logging.s3.amazonaws.com"
      source  = "${local.arn}:s3:::${local.prefix}-*"
    }
  }
}

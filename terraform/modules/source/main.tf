# Everything that one pipeline file implies. A file more makes one instance of this module more, and touches no other.

locals {
  source = var.pipeline.source
  name   = "${var.platform.prefix}-${local.source}"
  arn    = "arn:${var.platform.partition}"
  lake   = "${local.arn}:s3:::${var.platform.lake}"
  uri    = "s3://${var.platform.lake}"

  scripts = ["sync", "ingest", "load", "maintain"]

  # A file with streams that run on Lambda has a function.
  functions = contains(values(var.pipeline.runs_on), "lambda") ? toset(["ingest"]) : toset([])

  # How many streams of each level stand side by side; each then gets its share of the source's limits, rounded down.
  # A day's requests are counted in the lake, for all of them together.
  parallel = coalesce(var.pipeline.glue.parallel_streams, var.platform.parallel_streams)
  widths   = [for level in var.pipeline.levels : min(local.parallel, length(level))]
}

resource "aws_glue_catalog_database" "this" {
  name         = var.platform.database
  description  = "Tables of ${local.source}, written by Headwater."
  location_uri = "${local.uri}/tables/${local.source}"

  lifecycle {
    precondition {
      condition     = length(var.platform.database) <= 60
      error_message = "${var.pipeline.file}: `${var.platform.database}` has ${length(var.platform.database)} characters; 60 are allowed for a database. Shorten `database` (or `source`), or the variable `database_prefix`."
    }
  }
}

# The table over what runs leave of themselves: one JSON object a run, so no partition has to be added and no crawler runs.
# Its columns are those of the code, which writes columns.json (`make schema`).

locals {
  columns  = jsondecode(file("${path.module}/columns.json"))
  location = "${var.lake_uri}/_headwater/runs/"
}

resource "aws_glue_catalog_database" "this" {
  name         = var.database
  description  = "What Headwater's runs did, over all sources."
  location_uri = local.location

  lifecycle {
    precondition {
      condition     = !contains(var.other_databases, var.database)
      error_message = "`${var.database}` is the database of run records, and a pipeline file's, too: give the file another `database` (or `source`)."
    }
  }
}

resource "aws_glue_catalog_table" "this" {
  name          = "runs"
  database_name = aws_glue_catalog_database.this.name
  description   = "One row a run: one stream in one execution."
  table_type    = "EXTERNAL_TABLE"

  # Partitions follow from these, and from what a query asks for.
  parameters = {
    EXTERNAL                         = "TRUE"
    classification                   = "json"
    "projection.enabled"             = "true"
    "projection.source.type"         = "enum"
    "projection.source.values"       = join(",", sort(var.sources))
    "projection.month.type"          = "date"
    "projection.month.format"        = "yyyy-MM"
    "projection.month.range"         = "2026-01,NOW"
    "projection.month.interval"      = "1"
    "projection.month.interval.unit" = "MONTHS"
    "storage.location.template"      = "${local.location}$${source}/month=$${month}/"
  }

  partition_keys {
    name    = "source"
    type    = "string"
    comment = "the source"
  }
  partition_keys {
    name    = "month"
    type    = "string"
    comment = "when the run began: `2026-11`"
  }

  storage_descriptor {
    location      = local.location
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
    }

    dynamic "columns" {
      for_each = local.columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}

resource "aws_athena_named_query" "failures" {
  name        = "${var.prefix}-failures"
  description = "Runs of the last seven days that did not complete, with cause and remedy."
  workgroup   = var.workgroup
  database    = aws_glue_catalog_database.this.name
  query       = <<-SQL
    SELECT started_at, source, stream, status, error, remedy, run_id, job_run_id
    FROM ${jsonencode(var.database)}."runs"
    WHERE month >= date_format(current_date - interval '7' day, '%Y-%m')
      AND started_at > current_timestamp - interval '7' day AND status <> 'complete'
    ORDER BY started_at DESC
  SQL
}

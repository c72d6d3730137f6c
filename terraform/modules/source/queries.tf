# Two questions that come first when somebody looks: how fresh is each table, and what was set aside, and why.

locals {
  # Athena quotes a name as JSON does a text.
  database = jsonencode(var.platform.database)
  filled   = [for stream in var.pipeline.streams : stream if !contains(keys(var.pipeline.deletes), stream)]
  queries = {
    freshness = {
      description = "Rows of each table of ${local.source}, and when the newest of them were loaded."
      selects = [
        for stream in local.filled :
        "SELECT '${stream}' AS stream, count(*) AS row_count, max(_hw_loaded_at) AS loaded_at, max(_hw_run_id) AS run_id FROM ${local.database}.${jsonencode(stream)}"
      ]
    }
    quarantine = {
      description = "Records of ${local.source} that were set aside; streams without any have no such table: take their lines out."
      selects = [
        for stream in local.filled :
        "SELECT '${stream}' AS stream, reason, path, count(*) AS records, max(_hw_run_id) AS run_id FROM ${local.database}.${jsonencode("${stream}__quarantine")} GROUP BY reason, path"
      ]
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each    = local.queries
  name        = "${local.name}-${each.key}"
  description = each.value.description
  workgroup   = var.platform.workgroup
  database    = aws_glue_catalog_database.this.name
  query       = join("\nUNION ALL\n", each.value.selects)
}

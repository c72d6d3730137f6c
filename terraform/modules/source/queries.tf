# Two questions that come first when somebody looks: how fresh is each table, and what was set aside, and why.

locals {
  tables = [for stream in var.pipeline.streams : "\"${var.platform.database}\".\"${stream}\"" if !contains(keys(var.pipeline.deletes), stream)]
  queries = {
    freshness = {
      description = "Rows of each table of ${local.source}, and when the newest of them were loaded."
      query = join("\nUNION ALL\n", [
        for table in local.tables : "SELECT '${replace(table, "\"", "")}' AS table_name, count(*) AS row_count, max(_hw_loaded_at) AS loaded_at, max(_hw_run_id) AS run_id FROM ${table}"
      ])
    }
    quarantine = {
      description = "Records of ${local.source} that were set aside; streams without any have no such table: take their lines out."
      query = join("\nUNION ALL\n", [
        for table in local.tables : "SELECT '${replace(table, "\"", "")}' AS table_name, reason, count(*) AS records FROM ${trimsuffix(table, "\"")}__quarantine\" GROUP BY reason"
      ])
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each    = local.queries
  name        = "${local.name}-${each.key}"
  description = each.value.description
  workgroup   = var.platform.workgroup
  database    = aws_glue_catalog_database.this.name
  query       = each.value.query
}

# Terraform makes the databases; the jobs register their tables, after the first commit of each.

resource "aws_glue_catalog_database" "source" {
  for_each     = local.pipelines
  name         = local.databases[each.key]
  description  = "Tables of ${each.key}, written by Headwater."
  location_uri = "${local.lake_uri}/tables/${each.key}"
}

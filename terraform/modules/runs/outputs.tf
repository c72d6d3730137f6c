output "table" {
  description = "The table, as Athena names it."
  value       = "${aws_glue_catalog_database.this.name}.${aws_glue_catalog_table.this.name}"
}

output "database" {
  description = "Name of the Glue database."
  value       = aws_glue_catalog_database.this.name
}

output "jobs" {
  description = "Names of the Glue jobs, by script."
  value       = { for script, job in aws_glue_job.this : script => job.name }
}

output "glue_versions" {
  description = "Glue versions of the jobs, by script."
  value       = { for script, job in aws_glue_job.this : script => job.glue_version }
}

output "state_machine" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "described" {
  description = "What a state machine needs to know of the source, for that of the shared job."
  value       = local.described
}

output "arguments" {
  description = "Default arguments of the Glue jobs."
  value       = merge(local.glue_arguments, local.own_arguments)
}

output "policies" {
  description = "What the role of each job may do."
  value       = local.policies
}

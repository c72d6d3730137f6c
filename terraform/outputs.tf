output "lake" {
  description = "The lake, as `--lake` takes it."
  value       = local.lake_uri
}

output "databases" {
  description = "Glue database of each source, to query in Athena."
  value       = local.databases
}

output "jobs" {
  description = "Names of the Glue jobs, by source and script."
  value       = { for source in keys(local.pipelines) : source => { for script in local.scripts : script => aws_glue_job.this[local.pipelines[source].jobs[script]].name } }
}

output "state_machines" {
  description = "State machine of each source, to start by hand."
  value       = { for source, machine in aws_sfn_state_machine.source : source => machine.arn }
}

output "secrets_to_fill" {
  description = "Commands that put the secrets' values in; Terraform makes the containers only."
  value       = [for name in keys(aws_secretsmanager_secret.this) : "aws secretsmanager put-secret-value --secret-id ${name} --secret-string file://secret.json"]
}

output "pipelines" {
  description = "What was read out of each pipeline file."
  value       = local.pipelines
}

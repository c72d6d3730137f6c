output "lake" {
  description = "The lake, as `--lake` takes it."
  value       = local.lake_uri
}

output "databases" {
  description = "Glue database of each source, to query in Athena."
  value       = { for source, made in module.source : source => made.database }
}

output "workgroup" {
  description = "Athena workgroup in which to query them."
  value       = aws_athena_workgroup.this.name
}

output "runs" {
  description = "Table of what runs did, over all sources."
  value       = one([for runs in module.runs : runs.table])
}

output "jobs" {
  description = "Names of the Glue jobs, by source and script."
  value       = { for source, made in module.source : source => made.jobs }

  precondition {
    condition     = var.log_store == null || alltrue([for pipeline in local.pipelines : pipeline.glue.version == "5.1"])
    error_message = "log_store: it needs version 1 of AWS's SDK, which Glue 6.0 has no longer; leave it out, or let these stay on 5.1: ${join(", ", [for source, pipeline in local.pipelines : source if pipeline.glue.version != "5.1"])}."
  }
}

output "state_machines" {
  description = "State machine of each source, to start by hand."
  value       = { for source, made in module.source : source => made.state_machine }
}

output "start" {
  description = "Commands that run each source now; the input is optional."
  value       = { for source, made in module.source : source => "aws stepfunctions start-execution --region ${var.region} --state-machine-arn ${made.state_machine} --input '{}'" }
}

output "shared_job" {
  description = "State machine of the shared job, where there is one; its input needs `source`."
  value       = one([for shared in module.shared_job : shared.state_machine])

  precondition {
    condition     = length(setsubtract(var.shared_job_sources, keys(local.pipelines))) == 0
    error_message = "shared_job_sources: ${join(", ", setsubtract(var.shared_job_sources, keys(local.pipelines)))}: no pipeline file has this source."
  }
  precondition {
    condition     = length(var.shared_job_sources) == 0 || !contains(keys(local.pipelines), "shared")
    error_message = "shared_job_sources: a source is called `shared`, as the shared job is; call it something else."
  }
  precondition {
    condition     = length(distinct([for source in local.shared : local.pipelines[source].glue.version])) <= 1
    error_message = "shared_job_sources: one job has one Glue version, and the files of ${join(", ", local.shared)} say different ones in `glue.version`."
  }
}

output "alerts" {
  description = "Topic of alarms and failed executions, to subscribe to."
  value       = aws_sns_topic.alerts.arn
}

output "secrets_to_fill" {
  description = "Commands that put the secrets' values in; Terraform makes the containers only."
  value       = [for name in keys(aws_secretsmanager_secret.this) : "aws secretsmanager put-secret-value --region ${var.region} --secret-id ${name} --secret-string file://secret.json"]
}

output "pipelines" {
  description = "What was read out of each pipeline file."
  value       = local.pipelines
}

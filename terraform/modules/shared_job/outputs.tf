output "job" {
  description = "Name of the job."
  value       = aws_glue_job.this.name
}

output "glue_version" {
  description = "Glue version of the job."
  value       = aws_glue_job.this.glue_version
}

output "state_machine" {
  description = "ARN of the state machine; `source` in its input says what it runs."
  value       = aws_sfn_state_machine.this.arn
}

# When the state machine starts: at the file's own times in the file's own zone, and once a week for maintenance.
#
# The schedules call StartExecution themselves instead of the templated target, which cannot name an execution: a
# delivery that is repeated meets the name of the first, and starts nothing twice.

locals {
  times = merge(
    var.pipeline.schedule == null ? {} : {
      sync = {
        cron     = var.pipeline.schedule.cron
        timezone = var.pipeline.schedule.timezone
        enabled  = var.pipeline.schedule.enabled
        minutes  = var.pipeline.schedule.flexible_minutes
      }
    },
    {
      maintain = {
        cron     = var.platform.maintenance_cron
        timezone = try(var.pipeline.schedule.timezone, "UTC")
        enabled  = true
        minutes  = 60
      }
    },
  )

  # Terraform writes `<` as \u003c, which the scheduler does not know: it is put back at each level of JSON in JSON.
  inputs = {
    for task in keys(local.times) : task => replace(replace(
      jsonencode({ task = task, scheduled_at = "<aws.scheduler.scheduled-time>" }), "\\u003c", "<"), "\\u003e", ">"
    )
  }
  starts = {
    for task, input in local.inputs : task => replace(replace(
      jsonencode({
        StateMachineArn = aws_sfn_state_machine.this.arn
        Name            = "${task}-<aws.scheduler.execution-id>"
        Input           = input
      }), "\\u003c", "<"), "\\u003e", ">"
    )
  }
}

resource "aws_scheduler_schedule" "this" {
  for_each                     = local.times
  name                         = "${local.name}-${each.key}"
  group_name                   = var.platform.schedule_group
  description                  = "${each.key} of ${local.source}."
  schedule_expression          = "cron(${each.value.cron})"
  schedule_expression_timezone = each.value.timezone
  state                        = var.platform.schedules_enabled && each.value.enabled ? "ENABLED" : "DISABLED"
  kms_key_arn                  = var.platform.key_arn

  flexible_time_window {
    mode                      = each.value.minutes == 0 ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = each.value.minutes == 0 ? null : each.value.minutes
  }

  target {
    arn      = "${local.arn}:scheduler:::aws-sdk:sfn:startExecution"
    role_arn = aws_iam_role.scheduler.arn
    input    = local.starts[each.key]

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
    dead_letter_config {
      arn = var.platform.dead_letter_arn
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

# One EventBridge schedule for each file that has a `schedule:`, in its own time zone.

locals {
  schedules = { for source, pipeline in local.pipelines : source => pipeline.schedule if pipeline.schedule != null }
}

resource "aws_scheduler_schedule_group" "this" {
  name = local.prefix
}

resource "aws_scheduler_schedule" "source" {
  for_each                     = local.schedules
  name                         = "${local.prefix}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Runs every stream of ${each.key}."
  schedule_expression          = "cron(${each.value.cron})"
  schedule_expression_timezone = each.value.timezone
  state                        = var.schedules_enabled && each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sfn_state_machine.source[each.key].arn
    role_arn = aws_iam_role.scheduler.arn
    input    = "{}"
  }
}

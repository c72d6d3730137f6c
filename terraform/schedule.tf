# The group that all schedules stand in; each source has its own, in modules/source.

resource "aws_scheduler_schedule_group" "this" {
  name = local.prefix
}

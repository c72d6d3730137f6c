# When somebody is told: the file's `alarms:` against the metrics of docs/metrics.md, all of them summed over the source.

locals {
  asked = var.pipeline.alarms
  day   = 24 * 3600

  alarms = {
    for name, alarm in {
      failed = {
        threshold   = local.asked.failed ? 1 : null
        metric      = "Failed"
        statistic   = "Sum"
        period      = 300
        periods     = 1
        missing     = "notBreaching"
        is_below    = false
        description = "A stream of ${local.source} failed."
      }
      incomplete = {
        threshold   = local.asked.incomplete_runs
        metric      = "Incomplete"
        statistic   = "Sum"
        period      = local.day
        periods     = 1
        missing     = "notBreaching"
        is_below    = false
        description = "${local.source} ended incomplete too often in a day: its API's quota, or the time of its jobs, is too short."
      }
      # A missing hour counts as one without a load, so that an execution which never began is noticed, too.
      nothing-loaded = {
        threshold   = local.asked.nothing_loaded_hours == null ? null : 1
        metric      = "Loaded"
        statistic   = "Sum"
        period      = 3600
        periods     = coalesce(local.asked.nothing_loaded_hours, 1)
        missing     = "breaching"
        is_below    = true
        description = "No stream of ${local.source} was loaded for ${coalesce(local.asked.nothing_loaded_hours, 1)} hours."
      }
      quarantine = {
        threshold   = local.asked.quarantined_share
        metric      = "QuarantinedShare"
        statistic   = "Maximum"
        period      = 300
        periods     = 1
        missing     = "notBreaching"
        is_below    = false
        description = "A large share of a run of ${local.source} was set aside; see its quarantine tables."
      }
      duration = {
        threshold   = local.asked.duration_share
        metric      = "DurationShare"
        statistic   = "Maximum"
        period      = 300
        periods     = 1
        missing     = "notBreaching"
        is_below    = false
        description = "A job of ${local.source} came close to its timeout."
      }
    } : name => alarm if alarm.threshold != null
  }

  # What an execution cannot tell of itself: it never began, was stopped, or ran out of time.
  lost = ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = var.platform.metrics_namespace
  metric_name         = each.value.metric
  dimensions          = { source = local.source }
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = each.value.is_below ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold"
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.platform.topic_arn]
  ok_actions          = [var.platform.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "workflow" {
  for_each            = local.asked.failed ? toset(["failed"]) : toset([])
  alarm_name          = "${local.name}-workflow-${each.key}"
  alarm_description   = "The state machine of ${local.source} failed, timed out, or was aborted or throttled."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.topic_arn]

  metric_query {
    id          = "lost"
    expression  = join(" + ", [for number, metric in local.lost : "FILL(m${number}, 0)"])
    label       = "Executions that did not succeed"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.lost

    content {
      id = "m${metric_query.key}"

      metric {
        namespace   = "AWS/States"
        metric_name = metric_query.value
        dimensions  = { StateMachineArn = aws_sfn_state_machine.this.arn }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

# One dashboard for all sources. Its metrics are searched for and not listed: a source more shows up by itself.

locals {
  searched = {
    for metric, statistic in {
      RecordsLoaded      = "Sum"
      Complete           = "Sum"
      Incomplete         = "Sum"
      Failed             = "Sum"
      Requests           = "Sum"
      WaitedSeconds      = "Sum"
      ReceivedBytes      = "Sum"
      RecordsQuarantined = "Sum"
      QuarantinedShare   = "Maximum"
      DurationShare      = "Maximum"
    } : metric => "SEARCH('{\"${local.metrics_namespace}\",source} MetricName=\"${metric}\"', '${statistic}', 3600)"
  }

  graphs = [
    { title = "Records that got into the tables, by source", metrics = ["RecordsLoaded"] },
    { title = "Streams that ended complete, incomplete or failed", metrics = ["Complete", "Incomplete", "Failed"] },
    { title = "Requests, and seconds spent waiting for the API", metrics = ["Requests", "WaitedSeconds"] },
    { title = "Bytes that came from the API", metrics = ["ReceivedBytes"] },
    { title = "Records set aside", metrics = ["RecordsQuarantined"] },
    { title = "Share of a run that was set aside", metrics = ["QuarantinedShare"] },
    { title = "Share of a job's time that an execution took", metrics = ["DurationShare"] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.prefix

  dashboard_body = jsonencode({
    widgets = concat(
      [for number, graph in local.graphs : {
        type   = "metric"
        x      = number % 2 * 12
        y      = floor(number / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = graph.title
          region  = var.region
          view    = "timeSeries"
          stacked = false
          metrics = [for metric in graph.metrics : [{ expression = local.searched[metric], label = "", id = lower(metric) }]]
        }
      }],
      [{
        type   = "metric"
        x      = length(local.graphs) % 2 * 12
        y      = floor(length(local.graphs) / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = "Starts that could not be delivered"
          region  = var.region
          view    = "timeSeries"
          stacked = false
          metrics = [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${local.prefix}-undelivered", { stat = "Maximum" }]]
        }
      }],
    )
  })
}

resource "aws_cloudwatch_metric_alarm" "undelivered" {
  alarm_name          = "${local.prefix}-undelivered"
  alarm_description   = "A schedule could not start its state machine; what it would have started is in the queue."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.undelivered.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

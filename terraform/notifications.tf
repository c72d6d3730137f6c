# Who is told: one topic for alarms and failed executions, and one queue for starts that the scheduler could not deliver.

resource "aws_sns_topic" "alerts" {
  name              = "${local.prefix}-alerts"
  kms_master_key_id = local.key_arn
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for service, source in {
        cloudwatch = "${local.arn}:cloudwatch:${var.region}:${local.account}:alarm:${local.prefix}-*"
        events     = "${local.arn}:events:${var.region}:${local.account}:rule/${local.prefix}-*"
        } : {
        Sid       = title(service)
        Effect    = "Allow"
        Principal = { Service = "${service}.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alerts.arn
        Condition = {
          ArnLike      = { "aws:SourceArn" = source }
          StringEquals = { "aws:SourceAccount" = local.account }
        }
      }
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = var.alert_emails
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = each.key
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${local.prefix}-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  kms_master_key_id         = local.key_arn

  # A queue's policy as a resource of its own costs another half minute; the queue's ARN is therefore written out.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "${local.arn}:sqs:${var.region}:${local.account}:${local.prefix}-undelivered"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

# An execution tells of its own failure; one that was stopped or ran out of time cannot.
resource "aws_cloudwatch_event_rule" "stopped" {
  name        = "${local.prefix}-stopped"
  description = "Executions of ${local.prefix} that were aborted or timed out."

  event_pattern = jsonencode({
    source        = ["aws.states"]
    "detail-type" = ["Step Functions Execution Status Change"]
    detail = {
      status          = ["ABORTED", "TIMED_OUT"]
      stateMachineArn = [{ prefix = "${local.arn}:states:${var.region}:${local.account}:stateMachine:${local.prefix}-" }]
    }
  })
}

resource "aws_cloudwatch_event_target" "stopped" {
  rule      = aws_cloudwatch_event_rule.stopped.name
  target_id = "alerts"
  arn       = aws_sns_topic.alerts.arn

  input_transformer {
    input_paths    = { execution = "$.detail.executionArn", status = "$.detail.status" }
    input_template = "\"<execution> ended <status>\""
  }

  depends_on = [aws_sns_topic_policy.alerts]
}

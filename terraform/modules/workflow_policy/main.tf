# What a state machine may do: start its own jobs and functions, read outcomes, tell of failures, and write its log.

terraform {
  required_version = ">= 1.9"
}

variable "platform" {
  type = object({
    partition = string
    region    = string
    lake      = string
    topic_arn = string
    key_arn   = string
  })
  description = "What stands once for all sources of the environment."
}

variable "jobs" {
  type        = list(string)
  description = "ARNs of the Glue jobs that it starts."
}

variable "functions" {
  type        = list(string)
  description = "ARNs of the functions that it calls; none: no statement."
}

output "json" {
  description = "The policy."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Jobs"
          Effect   = "Allow"
          Action   = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"]
          Resource = var.jobs
        },
        {
          Sid      = "Outcome"
          Effect   = "Allow"
          Action   = ["s3:GetObject"]
          Resource = ["arn:${var.platform.partition}:s3:::${var.platform.lake}/_headwater/outcomes/*"]
        },
        {
          Sid      = "Notify"
          Effect   = "Allow"
          Action   = ["sns:Publish"]
          Resource = [var.platform.topic_arn]
        },
        {
          Sid      = "Key"
          Effect   = "Allow"
          Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource = [var.platform.key_arn]
          Condition = {
            StringEquals = { "kms:ViaService" = [for service in ["s3", "sns"] : "${service}.${var.platform.region}.amazonaws.com"] }
          }
        },
        {
          Sid    = "Log"
          Effect = "Allow"
          Action = [
            "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
          ]
          Resource = ["*"] # Deliveries of logs know no resources.
        },
      ],
      length(var.functions) == 0 ? [] : [{
        Sid      = "Function"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = var.functions
      }],
    )
  })
}

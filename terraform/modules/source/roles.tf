# One role a job, one for the function, one for the workflow, one for the schedules. Each is trusted to one service, and
# to it only where it acts for this account.

locals {
  services = merge(
    { for script in local.scripts : script => "glue.amazonaws.com" },
    length(local.functions) == 0 ? {} : { lambda = "lambda.amazonaws.com" },
  )

  trust = {
    for service in ["glue", "lambda", "states", "scheduler"] : "${service}.amazonaws.com" => jsonencode({
      Version = "2012-10-17"
      Statement = [merge(
        {
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = { Service = "${service}.amazonaws.com" }
        },
        # A function's role is taken on by Lambda itself, which names no account.
        service == "lambda" ? {} : { Condition = { StringEquals = { "aws:SourceAccount" = var.platform.account } } },
      )]
    })
  }
}

resource "aws_iam_role" "job" {
  for_each           = local.services
  name               = "${local.name}-${each.key}"
  description        = "${each.key} of ${local.source}."
  assume_role_policy = local.trust[each.value]

  lifecycle {
    precondition {
      condition     = length(local.name) <= 54
      error_message = "${var.pipeline.file}: `${local.name}` has ${length(local.name)} characters; 54 are allowed, since AWS limits the names of roles and schedules. Shorten `source`, or the variable `name`."
    }
  }
}

resource "aws_iam_role_policy" "job" {
  for_each = local.services
  name     = "job"
  role     = aws_iam_role.job[each.key].id
  policy   = jsonencode(local.policies[each.key])
}

resource "aws_iam_role" "workflow" {
  name               = "${local.name}-workflow"
  description        = "State machine of ${local.source}."
  assume_role_policy = local.trust["states.amazonaws.com"]
}

module "workflow_policy" {
  source    = "../workflow_policy"
  platform  = var.platform
  jobs      = [for job in aws_glue_job.this : job.arn]
  functions = [for function in aws_lambda_function.this : function.arn]
}

resource "aws_iam_role_policy" "workflow" {
  name   = "workflow"
  role   = aws_iam_role.workflow.id
  policy = module.workflow_policy.json
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-scheduler"
  description        = "Starts the state machine of ${local.source} at its times."
  assume_role_policy = local.trust["scheduler.amazonaws.com"]
}

resource "aws_iam_role_policy" "scheduler" {
  name = "start"
  role = aws_iam_role.scheduler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Start"
        Effect   = "Allow"
        Action   = ["states:StartExecution"]
        Resource = [aws_sfn_state_machine.this.arn]
      },
      {
        Sid      = "DeadLetter"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [var.platform.dead_letter_arn]
      },
      {
        Sid       = "Key"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [var.platform.key_arn]
        Condition = { StringEquals = { "kms:ViaService" = [for service in ["scheduler", "sqs"] : "${service}.${var.platform.region}.amazonaws.com"] } }
      },
    ]
  })
}

# One job and one state machine for several sources. `source` in the input says which, and must be there.

locals {
  name            = "${var.platform.prefix}-shared"
  log_group       = "/headwater/${var.platform.prefix}/shared"
  arn             = "arn:${var.platform.partition}"
  timeout_minutes = 480

  # Its own logs and temporary files; all else stands in the policies of the sources' jobs.
  own = [
    {
      Sid      = "OwnLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${local.arn}:logs:${var.platform.region}:${var.platform.account}:log-group:${local.log_group}/*"]
    },
    {
      Sid      = "OwnTemporary"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      Resource = ["${local.arn}:s3:::${var.platform.lake}/_headwater/tmp/shared/*"]
    },
  ]
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(jsondecode(var.policy).Statement, local.own) })

  trust = {
    for service in ["glue", "states"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "${service}.amazonaws.com" }
        Condition = { StringEquals = { "aws:SourceAccount" = var.platform.account } }
      }]
    })
  }
}

resource "aws_cloudwatch_log_group" "job" {
  for_each          = toset(["output", "error"])
  name              = "${local.log_group}/${each.key}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.key_arn
}

resource "aws_iam_role" "job" {
  name               = "${local.name}-sync"
  description        = "Shared job for ${join(", ", keys(var.sources))}."
  assume_role_policy = local.trust.glue
}

resource "aws_iam_role_policy" "job" {
  name   = "job"
  role   = aws_iam_role.job.id
  policy = local.policy

  lifecycle {
    precondition {
      condition     = length(local.policy) <= 10240
      error_message = "shared_job_sources: the policy for ${join(", ", keys(var.sources))} is longer than AWS allows; name fewer."
    }
  }
}

resource "aws_glue_job" "this" {
  name                   = "${local.name}-sync"
  description            = "sync of any of ${join(", ", keys(var.sources))}, as its arguments say"
  role_arn               = aws_iam_role.job.arn
  glue_version           = var.glue_version
  worker_type            = "G.1X"
  number_of_workers      = 2
  timeout                = local.timeout_minutes
  max_retries            = 0
  connections            = var.platform.connections
  security_configuration = var.platform.security_configuration

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = var.platform.script
  }

  execution_property {
    max_concurrent_runs = sum([for source in var.sources : max(source.levels[*].width...)])
  }

  default_arguments = var.arguments

  depends_on = [aws_iam_role_policy.job, aws_cloudwatch_log_group.job]
}

resource "aws_cloudwatch_log_group" "workflow" {
  name              = "/aws/vendedlogs/states/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.key_arn
}

resource "aws_iam_role" "workflow" {
  name               = "${local.name}-workflow"
  description        = "State machine of the shared job."
  assume_role_policy = local.trust.states
}

module "workflow_policy" {
  source    = "../workflow_policy"
  platform  = var.platform
  jobs      = [aws_glue_job.this.arn]
  functions = []
}

resource "aws_iam_role_policy" "workflow" {
  name   = "workflow"
  role   = aws_iam_role.workflow.id
  policy = module.workflow_policy.json
}

resource "aws_sfn_state_machine" "this" {
  name     = local.name
  role_arn = aws_iam_role.workflow.arn

  definition = templatefile("${path.module}/../../workflow.asl.json.tftpl", {
    name              = "shared job"
    arn               = local.arn
    source            = ""
    sources           = var.sources
    jobs              = { Sync = aws_glue_job.this.name }
    function          = ""
    shared            = true
    lake              = var.platform.lake
    metrics_namespace = var.platform.metrics_namespace
    topic             = var.platform.topic_arn
    retries           = jsondecode(file("${path.module}/../../retries.json"))
    task_seconds      = local.timeout_minutes * 60 + 1800
    function_seconds  = 0
    execution_seconds = var.platform.execution_seconds
  })

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.workflow.arn}:*"
  }

  depends_on = [aws_iam_role_policy.workflow]
}

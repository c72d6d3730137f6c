# One state machine, from the template that all share: streams level by level, those of a level side by side.

locals {
  levels = [
    for number, level in var.pipeline.levels : {
      width = local.widths[number]
      share = local.widths[number] == 1 ? "1" : "1/${local.widths[number]}"
      streams = [
        for stream in level : {
          stream = stream
          route  = var.pipeline.runs_on[stream] == "lambda" ? "lambda" : var.pipeline.patterns[stream]
        }
      ]
    }
  ]

  # What a state machine needs to know of a source; the shared job's has this of several.
  described = {
    streams  = var.pipeline.streams
    levels   = local.levels
    pipeline = local.own_arguments["--pipeline"]
    database = var.platform.database
  }
}

resource "aws_sfn_state_machine" "this" {
  name     = local.name
  role_arn = aws_iam_role.workflow.arn

  definition = templatefile("${path.module}/../../workflow.asl.json.tftpl", {
    name              = local.source
    arn               = local.arn
    source            = local.source
    sources           = { (local.source) = local.described }
    jobs              = { for script, job in aws_glue_job.this : title(script) => job.name }
    function          = join("", [for function in aws_lambda_function.this : function.function_name])
    shared            = false
    lake              = var.platform.lake
    metrics_namespace = var.platform.metrics_namespace
    topic             = var.platform.topic_arn
    retries           = jsondecode(file("${path.module}/../../retries.json"))
    task_seconds      = var.pipeline.glue.timeout_minutes * 60 + 1800
    function_seconds  = var.pipeline.lambda.timeout_seconds + 60
    execution_seconds = var.platform.execution_seconds
  })

  # Inputs and results may hold what an API told, so they stay out of the logs.
  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.workflow.arn}:*"
  }

  depends_on = [aws_iam_role_policy.workflow]
}

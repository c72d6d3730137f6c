# One state machine a source, all from one template.

locals {
  # How many streams of each level stand side by side; each then gets its share of the source's limits, rounded down;
  # a day's requests are counted in the lake, for all of them together.
  widths = { for source, pipeline in local.pipelines : source => [for level in pipeline.levels : min(var.parallel_streams, length(level))] }
  shares = {
    for source, pipeline in local.pipelines : source => [
      for width in local.widths[source] : {
        for limit, share in {
          "limits.requests_per_second" = try(floor(pipeline.limits.requests_per_second / width * 1000) / 1000, null)
          "limits.concurrency"         = try(max(1, floor(pipeline.limits.concurrency / width)), null)
        } : limit => share if share != null && width > 1
      }
    ]
  }

  levels = {
    for source, pipeline in local.pipelines : source => [
      for number, level in pipeline.levels : {
        streams = level
        set     = jsonencode(merge({ database = local.databases[source] }, local.shares[source][number]))
      }
    ]
  }
}

resource "aws_sfn_state_machine" "source" {
  for_each = local.pipelines
  name     = "${local.prefix}-${each.key}"
  role_arn = aws_iam_role.workflow[each.key].arn

  definition = templatefile("${path.module}/workflow.asl.json.tftpl", {
    source            = each.key
    job               = aws_glue_job.this[each.value.jobs.sync].name
    lake              = aws_s3_bucket.lake.bucket
    streams           = jsonencode(each.value.streams)
    levels            = jsonencode(local.levels[each.key])
    parallel_streams  = var.parallel_streams
    task_seconds      = each.value.glue.timeout_minutes * 60 + 1800
    execution_seconds = var.execution_timeout_hours * 3600
  })
}

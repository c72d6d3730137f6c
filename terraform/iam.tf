# One role a job. What a job may do is data: `statements` says it for each source, `needs` which of it each script uses.
# Ingest sees the secret and never the tables; load sees the tables and never the secret.

locals {
  needs = {
    ingest = ["code", "list", "temporary", "records", "raw_write", "secret", "kept_secret", "logs", "metrics"]
    load   = ["code", "list", "temporary", "records", "raw_read", "tables", "catalog", "probe", "logs", "metrics"]
    sync   = ["code", "list", "temporary", "records", "raw_write", "secret", "kept_secret", "tables", "catalog", "probe", "logs", "metrics"]
  }

  read  = ["s3:GetObject"]
  write = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]

  account = data.aws_caller_identity.current.account_id
  arn     = "arn:${data.aws_partition.current.partition}"
  glue    = "${local.arn}:glue:${var.region}:${local.account}"
  lake    = aws_s3_bucket.lake.arn

  # Where a source's objects are in the lake; the outcome of a run is found by the run's id alone.
  prefixes = {
    for source in keys(local.pipelines) : source => {
      raw       = ["raw/${source}/*"]
      tables    = ["tables/${source}/*"]
      records   = concat([for kind in ["positions", "leases", "quota", "calls"] : "_headwater/${kind}/${source}/*"], ["_headwater/outcomes/*"])
      temporary = ["_headwater/tmp/${source}/*"]
    }
  }

  statements = {
    for source, pipeline in local.pipelines : source => {
      code = {
        actions   = local.read
        resources = ["${aws_s3_bucket.artifacts.arn}/jobs/*", "${aws_s3_bucket.artifacts.arn}/lib/*", "${aws_s3_bucket.artifacts.arn}/pipelines/${source}/*"]
      }
      # S3 compares the prefix of the objects asked for, too: without this, one that is absent is a 403 instead of a 404.
      list = {
        actions   = ["s3:ListBucket"]
        resources = [local.lake]
        condition = { StringLike = { "s3:prefix" = flatten([for prefixes in values(local.prefixes[source]) : [for prefix in prefixes : [trimsuffix(prefix, "/*"), prefix]]]) } }
      }
      raw_read  = { actions = local.read, resources = [for prefix in local.prefixes[source].raw : "${local.lake}/${prefix}"] }
      raw_write = { actions = local.write, resources = [for prefix in local.prefixes[source].raw : "${local.lake}/${prefix}"] }
      records   = { actions = local.write, resources = [for prefix in local.prefixes[source].records : "${local.lake}/${prefix}"] }
      tables    = { actions = local.write, resources = [for prefix in local.prefixes[source].tables : "${local.lake}/${prefix}"] }
      temporary = { actions = local.write, resources = [for prefix in local.prefixes[source].temporary : "${local.lake}/${prefix}"] }
      secret = {
        actions   = ["secretsmanager:GetSecretValue"]
        resources = [for name in pipeline.secrets : local.secret_arns[name]]
      }
      # An API may put a new refresh token in the place of the one that it was shown.
      kept_secret = {
        actions   = ["secretsmanager:PutSecretValue"]
        resources = [for name in pipeline.kept_secrets : local.secret_arns[name]]
      }
      catalog = {
        actions   = ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:CreateTable", "glue:UpdateTable"]
        resources = ["${local.glue}:catalog", "${local.glue}:database/${local.databases[source]}", "${local.glue}:table/${local.databases[source]}/*"]
      }
      # Spark looks for both when it opens the catalog, and a denial ends the job.
      probe = {
        actions   = ["glue:GetDatabase"]
        resources = ["${local.glue}:catalog", "${local.glue}:database/default", "${local.glue}:database/global_temp"]
      }
      logs = {
        actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        resources = ["${local.arn}:logs:${var.region}:${local.account}:log-group:/aws-glue/*"]
      }
      metrics = {
        actions   = ["cloudwatch:PutMetricData"]
        resources = ["*"] # The action knows no resources; the namespace narrows it.
        condition = { StringEquals = { "cloudwatch:namespace" = ["Glue", "Headwater"] } }
      }
    }
  }

  # A statement without resources is no statement: a source without secrets.
  policies = {
    for key, job in local.jobs : key => {
      Version = "2012-10-17"
      Statement = [
        for name in local.needs[job.script] : merge(
          {
            Sid      = replace(title(replace(name, "_", " ")), " ", "")
            Effect   = "Allow"
            Action   = local.statements[job.source][name].actions
            Resource = local.statements[job.source][name].resources
          },
          can(local.statements[job.source][name].condition) ? { Condition = local.statements[job.source][name].condition } : {},
        ) if length(local.statements[job.source][name].resources) > 0
      ]
    }
  }
}

resource "aws_iam_role" "job" {
  for_each    = local.jobs
  name        = each.value.name
  description = "Glue job ${each.value.name}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "glue.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "job" {
  for_each = local.jobs
  name     = "job"
  role     = aws_iam_role.job[each.key].id
  policy   = jsonencode(local.policies[each.key])
}

resource "aws_iam_role" "workflow" {
  for_each    = local.pipelines
  name        = "${local.prefix}-${each.key}-workflow"
  description = "State machine of ${each.key}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "workflow" {
  for_each = local.pipelines
  name     = "workflow"
  role     = aws_iam_role.workflow[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Job"
        Effect   = "Allow"
        Action   = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"]
        Resource = [aws_glue_job.this[each.value.jobs.sync].arn]
      },
      {
        Sid      = "Outcome"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.lake}/_headwater/outcomes/*"]
      },
    ]
  })
}

resource "aws_iam_role" "scheduler" {
  name        = "${local.prefix}-scheduler"
  description = "Starts the state machines at their times."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "start"
  role = aws_iam_role.scheduler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Start"
      Effect   = "Allow"
      Action   = ["states:StartExecution"]
      Resource = [for machine in aws_sfn_state_machine.source : machine.arn]
    }]
  })
}

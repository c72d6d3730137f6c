# What a job may do is data: `statements` says it, `needs` which of it each script uses. Ingest sees the secret and never
# the tables; load sees the tables and never the secret.

locals {
  needs = {
    ingest   = concat(local.on_glue, ["raw_write", "secret", "kept_secret"])
    load     = concat(local.on_glue, ["raw_read", "tables", "above", "catalog", "log_store", "jar"])
    sync     = concat(local.on_glue, ["raw_write", "secret", "kept_secret", "tables", "above", "catalog", "log_store", "jar"])
    maintain = concat(local.on_glue, ["raw_write", "tables", "above", "catalog", "log_store", "jar"])
    lambda   = concat(["pipeline", "list", "records", "key", "raw_write", "secret", "kept_secret", "function_logs"], length(var.platform.networks) == 0 ? [] : ["function_interfaces", "describe"])
  }
  on_glue = ["code", "pipeline", "list", "temporary", "records", "key", "probe", "logs", "metrics", "connection", "interfaces", "tags", "vpc", "describe"]

  read  = ["s3:GetObject"]
  write = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]

  here      = "${var.platform.region}:${var.platform.account}"
  artifacts = "${local.arn}:s3:::${var.platform.artifacts}"
  glue      = "${local.arn}:glue:${local.here}"
  ec2       = "${local.arn}:ec2:${local.here}"

  # Where the source's objects are in the lake; the outcome of a run is found by the run's id alone.
  prefixes = {
    raw       = ["raw/${local.source}/*"]
    tables    = ["tables/${local.source}/*"]
    records   = concat([for kind in ["positions", "leases", "quota", "calls", "replays", "runs", "running"] : "_headwater/${kind}/${local.source}/*"], ["_headwater/outcomes/*"])
    temporary = ["_headwater/tmp/${local.source}/*"]
  }
  # Before Delta makes a table it looks for the log of one in each folder above, and S3A for an object in the folder's place.
  # None of these exists, and S3 must say so: where it answers 403 instead of 404, the first load of a source fails.
  logs_above = ["_delta_log", "tables/_delta_log", "_headwater/_delta_log", "_headwater/tmp/_delta_log"]
  above      = concat(local.logs_above, ["tables/${local.source}", "_headwater/tmp/${local.source}"])

  objects = { for kind, prefixes in local.prefixes : kind => [for prefix in prefixes : "${local.lake}/${prefix}"] }

  # Where the interfaces of jobs and functions may stand. A connection that a file names is somebody else's: its subnet is
  # not looked up, since the answer would put the connection's password into the state.
  foreign    = length(var.pipeline.glue.connections) == 0 ? [] : ["*"]
  subnets    = concat(flatten(values(var.platform.networks)[*].subnet_ids), local.foreign)
  groups     = concat(flatten(values(var.platform.networks)[*].security_group_ids), local.foreign)
  interfaces = length(local.subnets) == 0 ? [] : concat(["${local.ec2}:network-interface/*"], [for id in local.subnets : "${local.ec2}:subnet/${id}"], [for id in local.groups : "${local.ec2}:security-group/${id}"])

  # One without resources is no statement: a source without secrets, jobs without a network.
  statements = {
    code     = { actions = local.read, resources = ["${local.artifacts}/jobs/*", "${local.artifacts}/lib/*"] }
    pipeline = { actions = local.read, resources = ["${local.artifacts}/pipelines/${local.source}/*"] }
    # S3 compares the prefix of the objects asked for, too: without this, one that is absent is a 403 instead of a 404.
    list = {
      actions   = ["s3:ListBucket"]
      resources = [local.lake]
      condition = {
        StringLike = {
          "s3:prefix" = flatten(concat(
            [for prefix in flatten(values(local.prefixes)) : [trimsuffix(prefix, "/*"), prefix]],
            [for key in local.logs_above : [key, "${key}/"]],
          ))
        }
      }
    }
    raw_read  = { actions = local.read, resources = local.objects.raw }
    raw_write = { actions = local.write, resources = local.objects.raw }
    records   = { actions = local.write, resources = local.objects.records }
    tables    = { actions = local.write, resources = local.objects.tables }
    temporary = { actions = local.write, resources = local.objects.temporary }
    above     = { actions = local.read, resources = [for key in local.above : "${local.lake}/${key}"] }
    key = {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.platform.key_arn]
      condition = { StringEquals = { "kms:ViaService" = [for service in concat(["s3", "secretsmanager"], var.platform.log_store == null ? [] : ["dynamodb"]) : "${service}.${var.platform.region}.amazonaws.com"] } }
    }
    secret = {
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [for name in var.pipeline.secrets : var.platform.secret_arns[name]]
    }
    # An API may put a new refresh token in the place of the one that it was shown.
    kept_secret = {
      actions   = ["secretsmanager:PutSecretValue"]
      resources = [for name in var.pipeline.kept_secrets : var.platform.secret_arns[name]]
    }
    catalog = {
      actions   = ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:CreateTable", "glue:UpdateTable"]
      resources = ["${local.glue}:catalog", "${local.glue}:database/${var.platform.database}", "${local.glue}:table/${var.platform.database}/*"]
    }
    # Spark looks for both when it opens the catalog, and a denial ends the job.
    probe = {
      actions   = ["glue:GetDatabase"]
      resources = ["${local.glue}:catalog", "${local.glue}:database/default", "${local.glue}:database/global_temp"]
    }
    log_store = {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query", "dynamodb:DescribeTable"]
      resources = var.platform.log_store == null ? [] : [var.platform.log_store.arn]
    }
    jar = {
      actions   = local.read
      resources = var.platform.log_store == null ? [] : [replace(var.platform.log_store.jar, "s3://", "${local.arn}:s3:::")]
    }
    # The second is where Glue writes before it knows of the first.
    logs = {
      actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["${local.arn}:logs:${local.here}:log-group:${local.log_prefix}/*", "${local.arn}:logs:${local.here}:log-group:/aws-glue/*"]
    }
    function_logs = {
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = [for group in aws_cloudwatch_log_group.function : "${local.arn}:logs:${local.here}:log-group:${group.name}:*"]
    }
    metrics = {
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"] # The action knows no resources; the namespace narrows it.
      condition = { StringEquals = { "cloudwatch:namespace" = ["Glue", var.platform.metrics_namespace] } }
    }
    connection = {
      actions   = ["glue:GetConnection"]
      resources = length(local.connections) == 0 ? [] : concat(["${local.glue}:catalog"], [for name in local.connections : "${local.glue}:connection/${name}"])
    }
    interfaces = {
      actions   = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]
      resources = local.interfaces
    }
    # Lambda asks for these on everything before it makes the function, whatever its subnets are.
    function_interfaces = {
      actions   = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
      resources = ["${local.ec2}:*/*"]
    }
    tags = {
      actions   = ["ec2:CreateTags", "ec2:DeleteTags"]
      resources = length(local.interfaces) == 0 ? [] : ["${local.ec2}:network-interface/*"]
      condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["aws-glue-service-resource"] } }
    }
    vpc = {
      actions   = ["ec2:DescribeVpcAttribute"]
      resources = length(local.interfaces) == 0 ? [] : ["${local.ec2}:vpc/*"]
    }
    describe = {
      actions   = [for kind in ["NetworkInterfaces", "VpcEndpoints", "RouteTables", "Subnets", "SecurityGroups"] : "ec2:Describe${kind}"]
      resources = length(local.interfaces) == 0 ? [] : ["*"] # No action of this kind knows resources.
    }
  }
  connections = distinct(concat(var.platform.connections, var.pipeline.glue.connections))

  policies = {
    for job, needs in local.needs : job => {
      Version = "2012-10-17"
      Statement = [
        for name in needs : merge(
          {
            Sid      = replace(title(replace(name, "_", " ")), " ", "")
            Effect   = "Allow"
            Action   = local.statements[name].actions
            Resource = local.statements[name].resources
          },
          can(local.statements[name].condition) ? { Condition = local.statements[name].condition } : {},
        ) if length(local.statements[name].resources) > 0
      ]
    }
  }
}

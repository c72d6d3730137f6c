# One key for all that the platform stores: buckets, secrets, logs, messages. Who may decrypt is said by the roles, each
# through the one service that it needs; what a role may reach there is narrowed to its own prefix or secret.

locals {
  key_arn = var.kms_key_arn == null ? aws_kms_key.this["own"].arn : var.kms_key_arn

  # CloudWatch and EventBridge publish to the encrypted topic, Logs writes into the encrypted groups.
  key_users = {
    Messages = {
      services  = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "scheduler.amazonaws.com"]
      condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }
    Logs = {
      services  = ["logs.${var.region}.amazonaws.com"]
      condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "${local.arn}:logs:${var.region}:${local.account}:log-group:*" } }
    }
  }
}

resource "aws_kms_key" "this" {
  for_each                = var.kms_key_arn == null ? toset(["own"]) : toset([])
  description             = "Data, secrets, logs and messages of ${local.prefix}."
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "${local.arn}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*" # In a key's policy: this key.
      }],
      [for name, user in local.key_users : {
        Sid       = name
        Effect    = "Allow"
        Principal = { Service = user.services }
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = user.condition
      }],
    )
  })
}

resource "aws_kms_alias" "this" {
  for_each      = aws_kms_key.this
  name          = "alias/${local.prefix}"
  target_key_id = each.value.key_id
}

# Log groups carry the key themselves: with CloudWatch encryption in here, Glue would write to groups of other names.
resource "aws_glue_security_configuration" "this" {
  name = local.prefix

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "DISABLED"
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = local.key_arn
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = local.key_arn
    }
  }
}

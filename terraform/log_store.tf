# Only where several writers of one table are asked for: the table in which Delta notes who wrote which commit.

resource "aws_dynamodb_table" "log_store" {
  for_each     = var.log_store == null ? toset([]) : toset(["own"])
  name         = "${local.prefix}-delta-log"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "tablePath"
  range_key    = "fileName"

  attribute {
    name = "tablePath"
    type = "S"
  }
  attribute {
    name = "fileName"
    type = "S"
  }
  ttl {
    attribute_name = "expireTime"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }
}

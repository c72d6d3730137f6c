# Containers only: a value is put in by hand, `aws secretsmanager put-secret-value`, and never stands in the state.
# A secret that several files refer to is made once; one that a file names by its ARN is somebody else's.

locals {
  references = distinct(flatten([for pipeline in local.pipelines : pipeline.secrets]))
  own        = toset([for name in local.references : name if !startswith(name, "arn:")])
  secret_arns = merge(
    { for name in local.references : name => name if startswith(name, "arn:") },
    { for name, secret in aws_secretsmanager_secret.this : name => secret.arn },
  )
}

resource "aws_secretsmanager_secret" "this" {
  for_each                = local.own
  name                    = each.key
  kms_key_id              = local.key_arn
  description             = "Read by ${join(", ", [for source, pipeline in local.pipelines : source if contains(pipeline.secrets, each.key)])}; a JSON object, one member a field."
  recovery_window_in_days = var.secret_recovery_days
}

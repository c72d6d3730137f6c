# A secret that is written to: only the one of the refresh token, and only by the jobs that ask the API.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_secretsmanager_secret.this["headwater/app"]
  values = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/app-AbCdEf" }
}

override_resource {
  target = aws_secretsmanager_secret.this["headwater/ledger"]
  values = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/ledger-AbCdEf" }
}

variables {
  pipelines_dir = "./tests/refreshed"
  wheel         = "./tests/headwater-0.0.0-py3-none-any.whl"
}

run "written_secrets" {
  assert {
    condition = alltrue([
      for job in ["ledger-ingest", "ledger-sync"] : [
        for statement in jsondecode(aws_iam_role_policy.job[job].policy).Statement : statement.Resource
        if contains(statement.Action, "secretsmanager:PutSecretValue")
      ] == [["arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/ledger-AbCdEf"]]
    ])
    error_message = "A job that asks the API may keep a new refresh token, and write no other secret."
  }
  assert {
    condition = alltrue([
      for job in ["ledger-ingest", "ledger-sync"] : toset(flatten([
        for statement in jsondecode(aws_iam_role_policy.job[job].policy).Statement : statement.Resource
        if contains(statement.Action, "secretsmanager:GetSecretValue")
        ])) == toset([
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/app-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/ledger-AbCdEf",
      ])
    ])
    error_message = "What may be written may be read too, and so may the other secrets of the file."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.job["ledger-load"].policy, "secretsmanager")
    error_message = "Load neither reads nor writes a secret."
  }
}

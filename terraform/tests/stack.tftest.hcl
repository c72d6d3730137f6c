# What comes out of four pipeline files: one with sizes and fan-outs, one that is decoupled, one whose API changes
# its secret, one that says the least.
# Offline: the provider is mocked. The resources of a source are looked at by tests/terraform, in the state that this makes.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_secretsmanager_secret.this["headwater/donorbox"]
  values = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/donorbox-AbCdEf" }
}

override_resource {
  target = aws_secretsmanager_secret.this["headwater/account"]
  values = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/account-AbCdEf" }
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
  pipelines_dir  = "./tests/pipelines"
  wheel          = "./tests/headwater-0.0.0-py3-none-any.whl"
  lambda_package = "./tests/headwater-lambda.zip"

  shared_job_sources = ["open_data", "donorbox"]
}

run "stack" {
  assert {
    condition = output.jobs == {
      for source in ["crm", "donorbox", "ledger", "open_data"] : source => { for script in ["sync", "ingest", "load", "maintain"] : script => "headwater-dev-${source}-${script}" }
    }
    error_message = "Each file makes its four jobs."
  }
  assert {
    condition     = output.databases == { crm = "dev_crm", donorbox = "dev_donorbox", ledger = "dev_ledger", open_data = "dev_open_data" }
    error_message = "A database carries the environment's prefix."
  }
  assert {
    condition     = module.source["donorbox"].arguments["--database"] == "dev_donorbox" && module.source["donorbox"].arguments["--set"] == ""
    error_message = "The database is an argument of its own, which a --set by hand does not lose."
  }
  assert {
    condition     = module.source["donorbox"].arguments["--conf"] == "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog --conf spark.sql.session.timeZone=UTC"
    error_message = "Delta's settings stand in one chained --conf."
  }
  assert {
    condition     = can(regex("^([A-Za-z-]+==[0-9.]+,)+s3://headwater-dev-artifacts-123456789012/lib/[0-9a-f]{12}/headwater-0.0.0-py3-none-any.whl$", module.source["donorbox"].arguments["--additional-python-modules"]))
    error_message = "What Glue lacks is pinned, and the wheel's key holds its content's hash."
  }
  assert {
    condition     = join(" ", sort(keys(aws_secretsmanager_secret.this))) == "headwater/account headwater/app headwater/donorbox headwater/ledger"
    error_message = "Each secret that a file refers to has a container, wherever in the file the reference stands."
  }
  assert {
    condition     = length(aws_dynamodb_table.log_store) == 0 && length(aws_glue_connection.network) == 0
    error_message = "What nobody asked for is not made: a log store, a network."
  }
  assert {
    condition     = length(aws_kms_key.this) == 1 && alltrue([for bucket in [module.lake, module.artifacts, module.results] : bucket.key_arn == local.key_arn]) && module.logs.key_arn == null
    error_message = "One key encrypts every bucket but that of the access logs, which S3 must write to."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "Headwater/headwater-dev") && !strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "donorbox")
    error_message = "The dashboard finds the sources by itself: a file more does not change it."
  }
  assert {
    condition = alltrue([
      for source in ["crm", "donorbox", "ledger", "open_data"] : alltrue([
        for job, policy in module.source[source].policies : alltrue([
          for statement in policy.Statement : !contains(statement.Resource, "*") || contains(["Metrics", "Describe"], statement.Sid)
        ])
      ])
    ])
    error_message = "No statement is for every resource, but those whose actions know none."
  }
  assert {
    condition = alltrue([
      for source in ["crm", "donorbox", "ledger", "open_data"] : alltrue([
        for job, policy in module.source[source].policies : alltrue([
          for statement in policy.Statement : alltrue([for action in statement.Action : !strcontains(action, "*")])
        ])
      ])
    ])
    error_message = "No action is a star."
  }
  assert {
    condition     = !strcontains(jsonencode(module.source["open_data"].policies), "donorbox") && !strcontains(jsonencode(module.source["donorbox"].policies), "open_data")
    error_message = "No role names another source's secret, prefix or database."
  }
  assert {
    condition     = !strcontains(jsonencode(module.source["donorbox"].policies.load), "secretsmanager:") && !strcontains(jsonencode(module.source["donorbox"].policies.ingest), "/tables/donorbox/*")
    error_message = "Load sees no secret; ingest writes no table."
  }
  assert {
    condition = toset(flatten([for statement in module.source["donorbox"].policies.sync.Statement : statement.Resource if statement.Sid == "Secret"])) == toset([
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/donorbox-AbCdEf",
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/account-AbCdEf",
    ])
    error_message = "The secrets are named in full."
  }
  assert {
    condition     = length([for statement in module.source["open_data"].policies.sync.Statement : statement if statement.Sid == "Secret"]) == 0
    error_message = "A source without secrets has no statement about them."
  }
  assert {
    condition = alltrue([
      for job in ["ingest", "sync"] : [
        for statement in module.source["ledger"].policies[job].Statement : statement.Resource
        if contains(statement.Action, "secretsmanager:PutSecretValue")
      ] == [["arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/ledger-AbCdEf"]]
    ])
    error_message = "A job that asks the API may keep a new refresh token, and write no other secret."
  }
  assert {
    condition = alltrue([
      for job in ["ingest", "sync"] : toset(flatten([
        for statement in module.source["ledger"].policies[job].Statement : statement.Resource
        if contains(statement.Action, "secretsmanager:GetSecretValue")
        ])) == toset([
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/app-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:headwater/ledger-AbCdEf",
      ])
    ])
    error_message = "What may be written may be read too, and so may the other secrets of the file."
  }
  assert {
    condition     = !strcontains(jsonencode([for job in ["load", "maintain"] : module.source["ledger"].policies[job]]), "secretsmanager:")
    error_message = "Load and maintain neither read nor write a secret."
  }
}

run "another_environment" {
  command = plan
  variables {
    environment        = "prod"
    database_prefix    = ""
    dependencies       = "./tests/headwater.gluewheels.zip"
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/theirs"
    log_store          = { jar = "s3://libraries/delta-storage-s3-dynamodb-3.3.2.jar" }
    network            = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    shared_job_sources = []
    alert_emails       = ["data@example.org"]
  }

  assert {
    condition     = output.databases.donorbox == "donorbox"
    error_message = "A prefix can be none."
  }
  assert {
    condition     = length(local.python_modules["5.1"]) == 2 && length(local.python_modules["6.0"]) == 4 && length(aws_s3_object.dependencies) == 1
    error_message = "With the zip of wheels nothing is named that pip would fetch."
  }
  assert {
    condition     = length(aws_kms_key.this) == 0 && local.key_arn == "arn:aws:kms:us-east-1:123456789012:key/theirs"
    error_message = "A key that is given is used, and none is made."
  }
  assert {
    condition     = aws_dynamodb_table.log_store["own"].hash_key == "tablePath" && aws_dynamodb_table.log_store["own"].range_key == "fileName" && length(regexall("S3DynamoDBLogStore.ddb.tableName=headwater-prod-delta-log", module.source["crm"].arguments["--conf"])) == 1
    error_message = "A log store that is asked for is made as Delta wants it, and every job knows it."
  }
  assert {
    condition     = module.source["crm"].arguments["--extra-jars"] == "s3://libraries/delta-storage-s3-dynamodb-3.3.2.jar"
    error_message = "Every job has the log store's jar."
  }
  assert {
    condition = alltrue([
      for job in ["ingest", "load", "lambda"] : contains(flatten([
        for statement in module.source["crm"].policies[job].Statement : statement.Condition.StringEquals["kms:ViaService"] if statement.Sid == "Key"
      ]), "dynamodb.us-east-1.amazonaws.com")
    ])
    error_message = "Who uses the log store may have DynamoDB use the key of its table."
  }
  assert {
    condition = anytrue([
      for statement in module.source["crm"].policies.lambda.Statement : statement.Sid == "FunctionInterfaces" && statement.Resource == ["arn:aws:ec2:us-east-1:123456789012:*/*"]
    ])
    error_message = "A function in a network may do what Lambda asks for on everything."
  }
  assert {
    condition     = aws_glue_connection.network["own"].connection_type == "NETWORK" && aws_glue_connection.network["own"].physical_connection_requirements[0].subnet_id == "subnet-1"
    error_message = "A network that is given becomes a connection."
  }
  assert {
    condition     = keys(aws_sns_topic_subscription.email) == ["data@example.org"]
    error_message = "Who is to be told is subscribed."
  }
  assert {
    condition     = length(module.shared_job) == 0 && output.shared_job == null
    error_message = "A shared job is made only where sources are named for it."
  }
}

# The environment that people rely on.
environment        = "prod"
region             = "eu-central-1"
parallel_streams   = 3
log_retention_days = 365
alert_emails       = ["data-team@example.org"]
dependencies       = "../dist/headwater.gluewheels.zip" # of `make package`: jobs fetch nothing from outside

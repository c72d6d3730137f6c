# An environment to try things in: nothing fires by itself, and destroying it takes its data along.
environment          = "dev"
region               = "eu-central-1"
schedules_enabled    = false
log_retention_days   = 30
secret_recovery_days = 0
force_destroy        = true

variable "pipeline" {
  type = object({
    source       = string
    file         = string
    database     = string
    streams      = list(string)
    levels       = list(list(string))
    runs_on      = map(string)
    patterns     = map(string)
    secrets      = list(string)
    kept_secrets = list(string)
    deletes      = map(string)
    jobs         = map(string)

    schedule = object({
      cron             = string
      timezone         = string
      enabled          = bool
      flexible_minutes = number
    })
    glue = object({
      version          = string
      worker_type      = string
      workers          = number
      timeout_minutes  = number
      execution_class  = string
      queueing         = bool
      auto_scaling     = bool
      connections      = list(string)
      parallel_streams = number
    })
    lambda = object({
      memory_mb       = number
      timeout_seconds = number
      disk_mb         = number
    })
    alarms = object({
      failed               = bool
      incomplete_runs      = number
      nothing_loaded_hours = number
      quarantined_share    = number
      duration_share       = number
    })
  })
  description = "What the pipeline file implies, as modules/pipelines reads it."
}

variable "platform" {
  type = object({
    prefix    = string
    region    = string
    account   = string
    partition = string

    lake      = string
    artifacts = string
    key_arn   = string
    topic_arn = string
    workgroup = string

    metrics_namespace = string
    scripts           = map(string)
    modules           = list(string)
    lambda_zip        = object({ key = string, hash = string })
    database          = string
    pipeline_key      = string
    secret_arns       = map(string)
    log_store         = object({ arn = string, name = string, jar = string })

    connections            = list(string)
    networks               = map(object({ subnet_ids = list(string), security_group_ids = list(string) }))
    security_configuration = string

    schedule_group     = string
    dead_letter_arn    = string
    schedules_enabled  = bool
    maintenance_cron   = string
    parallel_streams   = number
    execution_seconds  = number
    log_retention_days = number
  })
  description = "What stands once for all sources of the environment, and what this source has of it."
}

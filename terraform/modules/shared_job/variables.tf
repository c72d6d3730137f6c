variable "sources" {
  type = map(object({
    pipeline = string
    database = string
    streams  = list(string)
    levels = list(object({
      width   = number
      share   = string
      streams = list(object({ stream = string, route = string }))
    }))
  }))
  description = "What the state machine needs to know of each source that the job may run."
}

variable "policy" {
  type        = string
  description = "What the job may do: the statements of its sources' own jobs, as JSON."
}

variable "glue_version" {
  type        = string
  description = "Glue version of the job, which is that of all its sources."
}

variable "arguments" {
  type        = map(string)
  description = "Default arguments of the job."
}

variable "platform" {
  type = object({
    prefix                 = string
    account                = string
    partition              = string
    region                 = string
    lake                   = string
    key_arn                = string
    topic_arn              = string
    script                 = string
    connections            = list(string)
    security_configuration = string
    execution_seconds      = number
    log_retention_days     = number
    metrics_namespace      = string
  })
  description = "What stands once for all sources of the environment."
}

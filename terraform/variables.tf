variable "name" {
  type        = string
  description = "First word of every resource's name."
  default     = "headwater"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "name: 2 to 20 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "environment" {
  type        = string
  description = "Environment, second word of every resource's name: `dev`, `prod`."
  default     = "dev"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,11}$", var.environment))
    error_message = "environment: 1 to 12 lower-case letters and digits, starting with a letter."
  }
}

variable "region" {
  type        = string
  description = "AWS region that everything is made in."
  default     = "us-east-1"
}

variable "tags" {
  type        = map(string)
  description = "Tags added to every resource, beside `project` and `environment`."
  default     = {}
}

variable "pipelines_dir" {
  type        = string
  description = "Folder of the pipeline files; null means `pipelines/` of this repository."
  default     = null

  validation {
    condition     = var.pipelines_dir == null || try(length(fileset(var.pipelines_dir, "*.yaml")) > 0, false)
    error_message = "pipelines_dir: the folder holds no *.yaml file."
  }
}

variable "wheel" {
  type        = string
  description = "Path of the project's wheel; null means the one that `make wheel` left in `dist/`."
  default     = null

  validation {
    condition     = var.wheel == null || can(regex("\\.whl$", var.wheel))
    error_message = "wheel: the path of a `.whl` file, such as dist/headwater-0.1.0-py3-none-any.whl."
  }
}

variable "dependencies" {
  type        = string
  description = "Path of `headwater.gluewheels.zip`, for jobs without internet; null lets a job install `python_modules` from PyPI."
  default     = null

  validation {
    condition     = var.dependencies == null || can(regex("\\.gluewheels\\.zip$", var.dependencies))
    error_message = "dependencies: the name must end in `.gluewheels.zip`, by which Glue knows a zip of wheels."
  }
}

variable "dependencies_glue_6" {
  type        = string
  description = "Path of `headwater-glue-6.0.gluewheels.zip`, the same for the sources whose `glue.version` is 6.0."
  default     = null

  validation {
    condition     = var.dependencies_glue_6 == null || can(regex("\\.gluewheels\\.zip$", var.dependencies_glue_6))
    error_message = "dependencies_glue_6: the name must end in `.gluewheels.zip`, by which Glue knows a zip of wheels."
  }
}

variable "python_modules" {
  type        = list(string)
  description = "What Glue lacks, pinned; not used by the sources whose zip of wheels is given."
  default     = ["msgspec==0.22.0", "pydantic==2.13.5", "PyYAML==6.0.3"]

  validation {
    condition     = alltrue([for module in var.python_modules : can(regex("^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$", module))])
    error_message = "python_modules: each one pinned, as in `msgspec==0.22.0`."
  }
}

variable "database_prefix" {
  type        = string
  description = "Put before each source's database name; null means the environment and `_`."
  default     = null

  validation {
    condition     = var.database_prefix == null || can(regex("^([a-z][a-z0-9]*_([a-z0-9]+_)*)?$", var.database_prefix))
    error_message = "database_prefix: lower-case words, each followed by one `_`, as in `acme_dev_`; or empty."
  }
}

variable "parallel_streams" {
  type        = number
  description = "Most streams of one source that run side by side, each with its share of the source's rate limit."
  default     = 2

  validation {
    condition     = var.parallel_streams >= 1 && var.parallel_streams <= 15 && floor(var.parallel_streams) == var.parallel_streams
    error_message = "parallel_streams: a whole number from 1 to 15; Glue throttles more starts at once."
  }
}

variable "schedules_enabled" {
  type        = bool
  description = "Whether schedules fire in this environment; a file can switch off its own with `schedule.enabled`."
  default     = true
}

variable "execution_timeout_hours" {
  type        = number
  description = "How long one execution of a workflow may take, waiting for an API's quota included."
  default     = 72

  validation {
    condition     = var.execution_timeout_hours >= 1
    error_message = "execution_timeout_hours: at least 1."
  }
}

variable "old_version_days" {
  type        = number
  description = "Days that replaced and deleted objects are kept; each vacuumed file of a table is paid for that long."
  default     = 30

  validation {
    condition     = var.old_version_days >= 1
    error_message = "old_version_days: at least 1."
  }
}

variable "secret_recovery_days" {
  type        = number
  description = "Days that a deleted secret can be recovered; 0 deletes it at once."
  default     = 30

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days: 0, or 7 to 30."
  }
}

variable "lambda_package" {
  type        = string
  description = "Path of the zip for streams with `runs_on: lambda`; null means the one that `make package` left in `dist/`."
  default     = null

  validation {
    condition     = var.lambda_package == null || can(regex("\\.zip$", var.lambda_package))
    error_message = "lambda_package: the path of a `.zip` file."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts everything, whose policy lets CloudWatch, Logs and EventBridge use it; null makes one."
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn: the ARN of a key, as in arn:aws:kms:eu-central-1:123456789012:key/…; an alias is not enough."
  }
}

variable "network" {
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  description = "Private subnets and security groups of jobs and functions; null leaves them outside of a network."
  default     = null

  validation {
    condition     = var.network == null || try(length(var.network.subnet_ids) > 0 && length(var.network.security_group_ids) > 0, false)
    error_message = "network: at least one subnet and one security group."
  }
}

variable "alert_emails" {
  type        = set(string)
  description = "Addresses that are told of alarms and failed executions; each one confirms by a link first."
  default     = []

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "alert_emails: addresses such as data@example.org."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days that logs and access logs are kept."
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: one of CloudWatch's steps, such as 30, 90, 365 or 731."
  }
}

variable "maintenance_cron" {
  type        = string
  description = "When tables are compacted and old files deleted, in each source's time zone: the six fields of an AWS cron expression."
  default     = "0 3 ? * SUN *"

  validation {
    condition     = length(split(" ", var.maintenance_cron)) == 6
    error_message = "maintenance_cron: six fields (minutes, hours, day of month, month, day of week, year), such as `0 3 ? * SUN *`."
  }
}

variable "query_limit_gb" {
  type        = number
  description = "Most gigabytes that one Athena query may read."
  default     = 100

  validation {
    condition     = var.query_limit_gb >= 1
    error_message = "query_limit_gb: at least 1."
  }
}

variable "query_result_days" {
  type        = number
  description = "Days that the answers of Athena queries are kept."
  default     = 30

  validation {
    condition     = var.query_result_days >= 1
    error_message = "query_result_days: at least 1."
  }
}

variable "log_store" {
  type = object({
    jar = string
  })
  description = "Delta's log store in DynamoDB, for those who write a table from outside too: the jar of delta-storage-s3-dynamodb on S3; null: one writer a table."
  default     = null

  validation {
    condition     = var.log_store == null || try(can(regex("^s3://[^/]+/.+\\.jar$", var.log_store.jar)), false)
    error_message = "log_store.jar: an object such as s3://my-libraries/delta-storage-s3-dynamodb-3.3.2.jar."
  }
}

variable "shared_job_sources" {
  type        = set(string)
  description = "Sources that one shared job and state machine may run too, each by its name in the input; none: there is no shared job."
  default     = []

  validation {
    condition     = length(var.shared_job_sources) <= 8
    error_message = "shared_job_sources: at most 8, since one role's policy names all that they may reach."
  }
}

variable "force_destroy" {
  type        = bool
  description = "Whether destroying the environment deletes the data in its buckets; for environments that come and go."
  default     = false
}

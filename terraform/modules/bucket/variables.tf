variable "name" {
  type        = string
  description = "Name of the bucket."

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.name))
    error_message = "name: 3 to 63 lower-case letters, digits, hyphens and dots."
  }
}

variable "key_arn" {
  type        = string
  description = "KMS key of the objects; null leaves them to the key of S3, as a bucket of access logs needs it."
  default     = null
}

variable "log_bucket" {
  type        = string
  description = "Bucket that requests are logged to, below the name of this one; null: they are not."
  default     = null
}

variable "old_version_days" {
  type        = number
  description = "Days that replaced and deleted objects are kept."
}

variable "expiring" {
  type        = map(number)
  description = "Prefixes whose objects go by themselves, with the days after which they do; an empty prefix is the whole bucket."
  default     = {}
}

variable "writers" {
  type = map(object({
    service = string
    source  = string
  }))
  description = "AWS services that may put objects, by a name for the statement, and the ARN (or pattern) that they do it for."
  default     = {}
}

variable "account" {
  type        = string
  description = "Account that a writing service must act for."
}

variable "force_destroy" {
  type        = bool
  description = "Whether destroying the bucket takes its objects along."
  default     = false
}

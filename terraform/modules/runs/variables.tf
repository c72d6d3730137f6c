variable "prefix" {
  type        = string
  description = "What the names of this environment's resources begin with."
}

variable "lake_uri" {
  type        = string
  description = "The lake, without a slash at its end: `s3://bucket`."
}

variable "database" {
  type        = string
  description = "The database that the table stands in."
}

variable "other_databases" {
  type        = list(string)
  description = "The databases of the sources, none of which may have that name."
}

variable "sources" {
  type        = list(string)
  description = "The sources whose runs are looked for."
}

variable "workgroup" {
  type        = string
  description = "The Athena workgroup."
}

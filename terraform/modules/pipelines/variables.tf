variable "folder" {
  type        = string
  description = "Folder of the pipeline files: every *.yaml in it is one source."
}

variable "schema" {
  type        = string
  description = "Path of `pipeline.schema.json`, by which the files are checked."
}

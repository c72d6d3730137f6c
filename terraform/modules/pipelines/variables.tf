variable "folder" {
  type        = string
  description = "Folder of the pipeline files: every *.yaml in it is one source."
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ project = var.name, environment = var.environment }, var.tags)
  }
}

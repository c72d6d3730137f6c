# Scripts, wheel, zips and pipeline files. A key holds the content's hash, so that what a job points to never changes
# under it; the new object is there before the old one goes.

locals {
  scripts = toset(["sync", "ingest", "load", "maintain"])
  built   = sort(tolist(fileset("${path.root}/../dist", "headwater-*.whl")))
  wheel   = coalesce(var.wheel, try("${path.root}/../dist/${local.built[length(local.built) - 1]}", "dist/headwater.whl, which `make wheel` builds"))
  # Each Glue version has wheels of its own, since each has a Python of its own.
  zips         = { "5.1" = { key = "zip", path = var.dependencies }, "6.0" = { key = "zip-6.0", path = var.dependencies_glue_6 } }
  dependencies = { for zip in values(local.zips) : zip.key => zip.path if zip.path != null }
  packaged     = [for name in fileset("${path.root}/../dist", "headwater-lambda.zip") : "${path.root}/../dist/${name}"]
  lambda_zips  = { for path in var.lambda_package == null ? local.packaged : [var.lambda_package] : "zip" => path }

  # Headwater's wheel comes last: pip then finds what it needs already installed.
  python_modules = {
    for version, zip in local.zips : version => concat(
      zip.path == null ? var.python_modules : [],
      [for key, object in aws_s3_object.dependencies : "s3://${object.bucket}/${object.key}" if key == zip.key],
      ["s3://${aws_s3_object.wheel.bucket}/${aws_s3_object.wheel.key}"],
    )
  }
}

resource "aws_s3_object" "script" {
  for_each     = local.scripts
  bucket       = module.artifacts.name
  key          = "jobs/${substr(filesha256("${path.root}/../jobs/${each.key}.py"), 0, 12)}/${each.key}.py"
  source       = "${path.root}/../jobs/${each.key}.py"
  source_hash  = filesha256("${path.root}/../jobs/${each.key}.py")
  content_type = "text/x-python"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "pipeline" {
  for_each     = local.pipelines
  bucket       = module.artifacts.name
  key          = "pipelines/${each.key}/${substr(filesha256("${local.pipelines_dir}/${each.value.file}"), 0, 12)}/${each.value.file}"
  source       = "${local.pipelines_dir}/${each.value.file}"
  source_hash  = filesha256("${local.pipelines_dir}/${each.value.file}")
  content_type = "application/yaml"

  lifecycle {
    create_before_destroy = true
  }
}

# The hash stands in the folder: pip reads a wheel's name.
resource "aws_s3_object" "wheel" {
  bucket       = module.artifacts.name
  key          = "lib/${substr(filesha256(local.wheel), 0, 12)}/${basename(local.wheel)}"
  source       = local.wheel
  source_hash  = filesha256(local.wheel)
  content_type = "application/zip"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "dependencies" {
  for_each     = local.dependencies
  bucket       = module.artifacts.name
  key          = "lib/${substr(filesha256(each.value), 0, 12)}/${basename(each.value)}"
  source       = each.value
  source_hash  = filesha256(each.value)
  content_type = "application/zip"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "lambda" {
  for_each     = local.lambda_zips
  bucket       = module.artifacts.name
  key          = "lambda/${substr(filesha256(each.value), 0, 12)}/${basename(each.value)}"
  source       = each.value
  source_hash  = filebase64sha256(each.value)
  content_type = "application/zip"

  lifecycle {
    create_before_destroy = true
  }
}

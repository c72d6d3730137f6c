# The one file that differs from production, laid beside the others. The address comes from AWS_ENDPOINT_URL.

provider "aws" {
  s3_use_path_style = true # no names of buckets below 127.0.0.1
  max_retries       = 3    # by default an action that is missing is asked for 25 times
}

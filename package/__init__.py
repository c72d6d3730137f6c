"""What Terraform uploads beside the scripts: the zips of wheels for Glue's jobs, and the zip of the Lambda function."""

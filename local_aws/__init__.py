"""An AWS on loopback that runs what Terraform makes: moto, and what moto lacks for it.

`python -m local_aws` serves it; `make demo-aws` applies `terraform/` to it and starts a workflow, whose jobs then
really run. Nothing here travels to Glue.
"""

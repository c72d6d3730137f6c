"""What Glue runs: each script is arguments in, one call, and the commit."""

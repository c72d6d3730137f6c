"""What a pipeline file could say, proposed from what an API, its specification or another tool's file says."""

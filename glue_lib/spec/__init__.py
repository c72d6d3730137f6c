"""The pipeline file: what may stand in it, how it is read, and what a wrong one is told."""

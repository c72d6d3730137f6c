"""Frames into Delta tables. Importing it needs neither pyspark nor Delta; using it does."""

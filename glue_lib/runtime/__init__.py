"""Where we run: on Glue, in Glue's Docker image or on a laptop. What differs there is settled here and handed in."""

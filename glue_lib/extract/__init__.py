"""From the API to the raw zone: Spec → Slice → Page → Run. Needs neither pyspark nor Delta: it runs on Lambda too."""

"""Where files lie: Glue's scripts say `s3://`, open-source Spark reads that as `s3a://`."""


def spark_uri(path: str) -> str:
    return "s3a://" + path.removeprefix("s3://") if path.startswith("s3://") else path

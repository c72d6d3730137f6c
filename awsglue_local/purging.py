"""Files deleted because they are old: `purge_s3_path` and `purge_table`."""

from __future__ import annotations

import time
from typing import Any

from pyspark.sql import SparkSession

from awsglue_local.absent import absent
from awsglue_local.files import delete, listed

WEEK_HOURS = 168
OPTIONS = {"retentionPeriod", "excludeStorageClasses", "partitionPredicate"}


def purge(session: SparkSession, path: str, options: dict[str, Any]) -> None:
    """Delete the files under the path that are older than the retention period: a week, when nothing is said."""
    unknown = options.keys() - OPTIONS
    if unknown or options.get("partitionPredicate") or options.get("excludeStorageClasses"):
        absent("purge with more than a retentionPeriod", "delete the files with Python or boto3")
    newest = (time.time() - 3600 * float(options.get("retentionPeriod", WEEK_HOURS))) * 1000
    for file in listed(session, [path]):
        if file.modified <= newest:
            delete(session, file)

"""The twin of `ingest.py` for AWS Lambda, for small and quick streams: API → raw zone, without Spark.

The event has the names of the job's arguments: `{"pipeline": "s3://…", "lake": "s3://…", "streams": ["donations"]}`.
Before the function's time is over the streams end `incomplete`; the next call with the same event goes on with them.
"""

from collections.abc import Mapping
from typing import Any

from glue_lib.pipeline import ingest
from glue_lib.runtime.call import call


def handler(event: Mapping[str, Any], context: object) -> list[dict[str, Any]]:
    """Land what the event asks for; return the outcome of each stream, or raise when one failed."""
    with call(event, context) as execution:
        outcomes = ingest(execution)
    return [outcome.to_json() for outcome in outcomes]

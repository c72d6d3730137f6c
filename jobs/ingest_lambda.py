"""The twin of `ingest.py` for AWS Lambda, for small and quick streams: API → raw zone, without Spark.

The event has the names of the job's arguments: `{"pipeline": "s3://…", "lake": "s3://…", "streams": ["donations"]}`.
"""

from collections.abc import Mapping
from typing import Any

from glue_lib.pipeline import ingest
from glue_lib.runtime.arguments import from_event
from glue_lib.runtime.execution import execution, no_engine


def handler(event: Mapping[str, Any], context: object) -> list[dict[str, Any]]:
    """Land what the event asks for; return the outcome of each stream, or raise when one failed."""
    outcomes = ingest(execution(from_event(event), no_engine))
    return [outcome.to_json() for outcome in outcomes]

"""What the patches ask moto with: clients of an AWS that exists in this process only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/probe"


@contextmanager
def probing(*services: str, execute: bool = False) -> Iterator[list[Any]]:
    """Yield a client for each service; `execute` lets state machines really run."""
    import boto3
    from moto import mock_aws

    with mock_aws(config={"stepfunctions": {"execute_state_machine": execute}}):
        yield [
            boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
            for service in services
        ]

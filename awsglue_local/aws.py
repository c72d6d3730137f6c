"""The door to AWS's APIs: boto3, as it is configured. With `AWS_ENDPOINT_URL` that is an AWS on this machine."""

from typing import Any


def client(service: str, why: str) -> Any:
    """Return boto3's client; `why` begins the message that boto3 is not installed."""
    try:
        import boto3
    except ImportError as error:
        raise ValueError(f"{why} boto3: pip install boto3") from error
    return boto3.client(service)


def is_answer(error: Exception) -> bool:
    """Say whether this is what AWS, or the lack of a way to it, answers: no fault of the program."""
    return isinstance(error, ValueError) or type(error).__module__.startswith("botocore")

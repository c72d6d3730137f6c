"""Where this AWS stands: its address, its folder, and how quickly its time goes."""

from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "123456789012"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}  # any pair is taken


@dataclass(frozen=True)
class Place:
    """`folder` holds what the jobs say, their scripts and their libraries."""

    folder: Path
    endpoint: str
    minute_seconds: float = 60.0  # how long a minute of a job's timeout lasts
    pause_factor: float = 1.0  # what a workflow's pauses before a retry are multiplied by

    def environment(self, region: str) -> dict[str, str]:
        """Return the variables with which boto3, S3A and Terraform find this AWS and no other."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
        }

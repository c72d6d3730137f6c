"""The AWS Lambda function that reads the streams which are marked `runs_on: lambda`."""

from pydantic import Field

from glue_lib.kind import Kind


class Function(Kind):
    """Size and patience of the source's Lambda function: `lambda: {memory_mb: 512, timeout_seconds: 900}`.

    A call stops asking before its time is over and ends `incomplete`; the workflow then calls again, and it goes on.
    """

    memory_mb: int = Field(512, ge=256, le=10_240, description="Memory of the function; its processor grows with it.")
    timeout_seconds: int = Field(900, ge=60, le=900, description="A call that lasts longer is stopped.")
    disk_mb: int = Field(512, ge=512, le=10_240, description="Room for the answers that are being read.")

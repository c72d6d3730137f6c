"""The machines on which AWS Glue runs the source."""

from typing import Literal

from pydantic import Field, model_validator

from glue_lib.kind import Kind

FLEX_WORKERS = ("G.1X", "G.2X")


class Glue(Kind):
    """Size and patience of the source's Glue jobs: `glue: {worker_type: G.1X, workers: 2, timeout_minutes: 120}`."""

    worker_type: Literal[
        "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"
    ] = Field("G.1X", description="Size of a worker; G.1X has 4 cores and 16 GB, each step doubles it.")  # fmt: skip
    workers: int = Field(2, ge=2, le=299, description="Number of workers, the driver being one of them.")
    timeout_minutes: int = Field(480, ge=1, le=10_079, description="A run that lasts longer is stopped.")
    execution_class: Literal["STANDARD", "FLEX"] = Field(
        "STANDARD", description="FLEX costs less and may wait for machines; for nightly loads."
    )
    version: Literal["5.1"] = Field("5.1", description="The Glue version.")

    @model_validator(mode="after")
    def _flex_has_its_workers(self) -> "Glue":
        if self.execution_class == "FLEX" and self.worker_type not in FLEX_WORKERS:
            raise ValueError(
                f"`execution_class: FLEX` runs on {' or '.join(FLEX_WORKERS)} only, not on `{self.worker_type}`"
            )
        return self

"""The machines on which AWS Glue runs the source."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from glue_lib.kind import Kind

FLEX_WORKERS = ("G.1X", "G.2X")


def connection_name(text: str) -> str:
    """Return the name of a Glue connection; a ValueError says what is wrong."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}", text):
        raise ValueError(f"`{text}` is no name of a Glue connection such as `headwater-vpc`; no ARN")
    return text


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
    queueing: bool = Field(
        False, description="A run waits where an account's runs, machines or the job's own runs are used up, not fails."
    )
    auto_scaling: bool = Field(True, description="Workers come when they have work; `workers` is then the most.")
    connections: list[Annotated[str, AfterValidator(connection_name)]] = Field(
        [],
        description="Glue connections that stand already, beside the environment's own: networks the jobs run in.",
        examples=[["headwater-vpc"]],
    )
    parallel_streams: int | None = Field(
        None, ge=1, le=40, description="Most streams that the workflow runs side by side; left out: the environment's."
    )
    version: Literal["5.1", "6.0"] = Field(
        "5.1", description="The Glue version: 5.1 has Spark 3.5 and Python 3.11, 6.0 has Spark 4.1 and Python 3.13."
    )

    @model_validator(mode="after")
    def _flex_is_possible(self) -> "Glue":
        if self.execution_class == "FLEX" and self.worker_type not in FLEX_WORKERS:
            raise ValueError(
                f"`execution_class: FLEX` runs on {' or '.join(FLEX_WORKERS)} only, not on `{self.worker_type}`"
            )
        if self.execution_class == "FLEX" and self.queueing:
            raise ValueError(
                "`queueing: true` and `execution_class: FLEX` exclude each other, since FLEX waits anyway; take one out"
            )
        return self

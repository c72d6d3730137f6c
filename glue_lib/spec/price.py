"""What AWS asks for the machines of a source, as listed for us-east-1; other regions differ."""

from glue_lib.spec.glue import Glue

DPU_HOUR_USD = {"STANDARD": 0.44, "FLEX": 0.29}
MEMORY_DPU_HOUR_USD = 0.52
GB_SECOND_USD = 0.0000166667
"""Of an AWS Lambda function on x86."""


def dpus(worker_type: str) -> int:
    """Return how many DPUs a worker counts: the number in its name."""
    return int(worker_type.partition(".")[2].rstrip("X"))


def dpu_hour_usd(glue: Glue) -> float:
    """Return the price of a DPU for an hour."""
    return MEMORY_DPU_HOUR_USD if glue.worker_type.startswith("R") else DPU_HOUR_USD[glue.execution_class]

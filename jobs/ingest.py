"""API → raw zone only: the first half of the decoupled pattern."""

import sys

from glue_lib.pipeline import ingest
from glue_lib.runtime.job import job

if __name__ == "__main__":
    with job(sys.argv) as execution:
        outcomes = ingest(execution)

"""API → raw zone → tables, in one job."""

import sys

from glue_lib.pipeline import sync
from glue_lib.runtime.job import job

if __name__ == "__main__":
    with job(sys.argv) as execution:
        outcomes = sync(execution)

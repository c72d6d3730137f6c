"""Raw zone → tables only: the second half of the decoupled pattern, and every replay."""

import sys

from glue_lib.pipeline import load
from glue_lib.runtime.job import job

if __name__ == "__main__":
    with job(sys.argv) as execution:
        outcomes = load(execution)

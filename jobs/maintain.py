"""Tables compacted and vacuumed, old raw runs deleted: what a lake needs once a day or a week, and no request."""

import sys

from glue_lib.pipeline import maintain
from glue_lib.runtime.job import job

if __name__ == "__main__":
    with job(sys.argv) as execution:
        outcomes = maintain(execution)

"""Ours, into the raw zone of a folder. Prints records, seconds and processor seconds.

python bench/contenders/ours_to_raw.py URL
"""

import json
import sys
import tempfile
import time
from typing import Any

from glue_lib import pipeline
from glue_lib.execution import Execution
from glue_lib.landing.storage import open_storage
from glue_lib.spec.loader import loads

PIPELINE = """
source: bench
base_url: {base_url}
limits: {{requests_per_second: 100000}}
streams:
  {name}:
    path: /{name}
    records: data
    write: append
    pagination: {{type: token, read: body.next, write: query.after}}
"""


def main(url: str) -> None:
    base_url, _, name = url.rpartition("/")
    spec = loads(PIPELINE.format(base_url=base_url, name=name), "bench")
    started, processor = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        (outcome,) = pipeline.ingest(Execution(spec, open_storage(folder), engine=_no_spark, secrets=str))
        print(json.dumps([outcome.records, time.perf_counter() - started, time.process_time() - processor]))


def _no_spark() -> Any:
    raise AssertionError("reading needs no Spark")


if __name__ == "__main__":
    main(sys.argv[1])

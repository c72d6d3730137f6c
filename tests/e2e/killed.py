"""Does an execution's work in this process and kills it, as `kill -9` would, at the step that is asked for.

    python -m tests.e2e.killed JOB LAKE BASE_URL STEP [PART_BYTES]

A step is `before:PATTERN:N` or `after:PATTERN:N`, the N-th write of a key that the pattern is found in, or `table:N`,
right after the N-th table was loaded.
"""

import os
import re
import signal
import sys
import threading
from collections.abc import Iterable
from typing import Any, BinaryIO

from glue_lib import pipeline
from glue_lib.execution import Execution
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.job import spark_uri
from glue_lib.spec.loader import loads
from tests.e2e.small_api import PIPELINE, TOKEN


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class KillingStorage(FolderStorage):
    """A folder that ends the process at one of its writes."""

    def __init__(self, root: str, step: str) -> None:
        super().__init__(root)
        self._moment, _, rest = step.partition(":")
        self._pattern, _, count = rest.rpartition(":")
        self._left = int(count)
        self._turn = threading.Lock()  # slices write side by side

    def write(self, key: str, content: bytes | BinaryIO) -> None:
        self._step(key, lambda: FolderStorage.write(self, key, content))

    def write_if_absent(self, key: str, content: bytes) -> bool:
        return bool(self._step(key, lambda: FolderStorage.write_if_absent(self, key, content)))

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        return bool(self._step(key, lambda: FolderStorage.replace(self, key, content, tag)))

    def delete(self, keys: Iterable[str]) -> None:
        super().delete(keys)

    def _step(self, key: str, write: Any) -> Any:
        if self._moment == "table" or not re.search(self._pattern, key):
            return write()
        with self._turn:
            self._left -= 1
            is_due = self._left == 0
        if is_due and self._moment == "before":
            kill()
        result = write()
        if is_due:
            kill()
        return result


class KillingEngine(SparkEngine):
    """Spark, until the N-th table was loaded."""

    def __init__(self, uri: str, step: str) -> None:
        super().__init__(uri, is_on_glue=False)
        self.left = int(step.rpartition(":")[2]) if step.startswith("table:") else 0

    def register(self, lake: Any, table: Any) -> None:
        super().register(lake, table)
        self.left -= 1
        if self.left == 0:
            kill()


def main(job: str, lake: str, base_url: str, step: str, part_bytes: str = "1") -> None:
    engine = KillingEngine(spark_uri(lake), step)
    execution = Execution(
        pipeline=loads(PIPELINE.format(base_url=base_url), "small.yaml"),
        storage=KillingStorage(lake, step),
        engine=lambda: engine,
        secrets=lambda text: text.replace("${secret:small#token}", TOKEN),
        part_bytes=int(part_bytes),
    )
    getattr(pipeline, job)(execution)


if __name__ == "__main__":
    main(*sys.argv[1:])

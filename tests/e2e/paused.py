"""Does an execution's work in this process and stops it, as `SIGSTOP` does, at the step that is asked for.

    python -m tests.e2e.paused JOB LAKE BASE_URL STEP LEASE_SECONDS

A step is `after:PATTERN`, the first write of a key that the pattern is found in; `commit:N`, where the N-th commit of a
table has been let pass by its lease and not begun yet; or `never`. All that this process has started stops with it.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from glue_lib import pipeline
from glue_lib.execution import Execution, ExecutionFailed
from glue_lib.lake.lake import Lake
from glue_lib.landing.leases import Lease
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.job import spark_uri
from glue_lib.spec.loader import loads
from tests.e2e.small_api import PIPELINE, TOKEN


class Step:
    """Where this process stops, once."""

    def __init__(self, text: str) -> None:
        self._moment, _, self._what = text.partition(":")
        self._left = int(self._what) if self._moment == "commit" else 1

    def written(self, key: str) -> None:
        if self._moment == "after" and re.search(self._what, key):
            self._stop()

    def let_pass(self) -> None:
        if self._moment == "commit":
            self._stop()

    def _stop(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.killpg(os.getpgrp(), signal.SIGSTOP)


class PausedStorage:
    """A storage that stops the process after one of its writes."""

    def __init__(self, storage: Any, step: Step) -> None:
        self._storage, self._step = storage, step

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._storage, name)
        if name not in ("write", "write_if_absent", "replace"):
            return method

        def write(key: str, *rest: Any) -> Any:
            result = method(key, *rest)
            self._step.written(key)
            return result

        return write


class PausedLake(Lake):
    """A lake that stops the process right before one of its commits, when its lease has let that pass."""

    step: ClassVar[Step]

    def guarded(self, check: Callable[[], None], *rest: Any) -> Lake:
        def checked() -> None:
            check()
            self.step.let_pass()

        return super().guarded(checked, *rest)


class PausedEngine(SparkEngine):
    """Spark for such a lake."""

    def lake(self, source: str, database: str) -> Lake:
        return PausedLake(**vars(super().lake(source, database)))


def main(job: str, lake: str, base_url: str, text: str, lease_seconds: str) -> None:
    step = Step(text)
    Lease.__init__.__kwdefaults__["seconds"] = float(lease_seconds)  # a minute is too long for a test
    PausedLake.step = step
    engine = PausedEngine(spark_uri(lake), is_on_glue=False)
    storage: Any = PausedStorage(open_storage(lake), step)
    execution = Execution(
        pipeline=loads(PIPELINE.format(base_url=base_url), "small.yaml"),
        storage=storage,
        engine=lambda: engine,
        secrets=lambda text: text.replace("${secret:small#token}", TOKEN),
        streams=("orders",),
        part_bytes=1,
    )
    try:
        getattr(pipeline, job)(execution)
    except ExecutionFailed as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main(*sys.argv[1:])

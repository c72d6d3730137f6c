"""Calls the `headwater` command as `one_session` does it: in one other process, so that Spark starts once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from glue_lib.runtime.secrets import variable_of
from tests.e2e.small_api import TOKEN


class Headwater(Protocol):
    def __call__(self, *words: str) -> dict[str, Any]: ...


@contextmanager
def one_session(folder: Path) -> Iterator[Headwater]:
    """Yield what calls the command in `folder`; a call returns its exit code and what it printed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.one_session"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, variable_of("small", "token"): TOKEN, "PYTHONPATH": str(Path(__file__).parents[2])},
    )

    def call(*words: str) -> dict[str, Any]:
        assert child.stdin and child.stdout
        child.stdin.write(json.dumps(words) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline() or '{"code": "none: the process is gone"}')

    yield call
    child.communicate()

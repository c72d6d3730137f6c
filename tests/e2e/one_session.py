"""The `headwater` command, one call after the other in one process: Spark starts once, which is what costs.

    python -m tests.e2e.one_session < a line for each call: its words as a JSON list

Each call answers with a line: `{"code": 0, "stdout": "…", "stderr": "…"}`. Both texts are read from the descriptors, so
that what Spark's JVM prints stands in them, too.
"""

import json
import os
import sys
from tempfile import TemporaryFile
from typing import IO

from glue_lib.cli import main


def call(words: list[str]) -> int:
    """Run the command; return its exit code."""
    try:
        main(words)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0


def new_text(file: IO[bytes], place: int) -> str:
    """Return what a file has got since its end was there."""
    file.seek(place)
    return file.read().decode()


def serve() -> None:
    """Answer until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    with TemporaryFile() as out, TemporaryFile() as err:
        for descriptor, file in ((1, out), (2, err)):
            os.dup2(file.fileno(), descriptor)  # now, since the JVM keeps those that it is started with
        for line in sys.stdin:
            places = [os.fstat(file.fileno()).st_size for file in (out, err)]
            code = call(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            stdout, stderr = (new_text(file, place) for file, place in zip((out, err), places, strict=True))
            answers.write(json.dumps({"code": code, "stdout": stdout, "stderr": stderr}) + "\n")


if __name__ == "__main__":
    serve()

"""One call of a Lambda function, in a process of its own: the event on stdin, the answer in `answer.json`."""

import importlib
import json
import logging
import sys
import time
import traceback
import uuid
from pathlib import Path
from typing import Any


class Context:
    """What Lambda hands to a handler, as far as ours asks for it."""

    def __init__(self, seconds: float) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the call may still take."""
        return int((self._end - time.monotonic()) * 1000)


def main(code: str, handler: str, runtime: str, seconds: str) -> None:
    """Call the handler; its libraries come from its zip where they were built for this Python, else from this one."""
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    sys.path.insert(0, code) if runtime == here else sys.path.append(code)
    logging.getLogger().setLevel(logging.INFO)
    event = json.load(sys.stdin)
    answer: dict[str, Any]
    try:
        module, _, name = handler.rpartition(".")
        found = getattr(importlib.import_module(module.replace("/", ".")), name)(event, Context(float(seconds)))
        answer = {"failed": False, "answer": found}
    except Exception as error:  # Lambda tells a caller of any, and lives on
        traceback.print_exc()
        answer = {"failed": True, "answer": {"errorType": type(error).__name__, "errorMessage": str(error)}}
    Path("answer.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])

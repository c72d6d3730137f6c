"""A script as a process of its own, with all the processes that it starts: Spark's JVM goes when the script goes."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_FOREIGN = ("AWS_", "HEADWATER_SECRET", "PYSPARK_", "SPARK_", "MOTO_", "PYTEST_")

_running: set["Program"] = set()
_lock = threading.Lock()


@dataclass(eq=False)
class Program:
    """One process; what it prints stands in `output.log` and `error.log` of its folder."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    given: bytes = b""
    is_stopped: bool = False
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def run(self, timeout_seconds: float | None = None) -> int | None:
        """Run it to its end; return its exit code, or None where its time was over first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "input").write_bytes(self.given)
        with (
            (self.folder / "input").open("rb") as given,
            (self.folder / "output.log").open("wb") as output,
            (self.folder / "error.log").open("wb") as error,
        ):
            with _lock:
                if self.is_stopped:
                    return -signal.SIGTERM
                self._process = subprocess.Popen(
                    list(self.command), stdin=given, stdout=output, stderr=error, cwd=self.folder,
                    env=dict(self.environment), start_new_session=True,
                )  # fmt: skip
                _running.add(self)
            try:
                return self._process.wait(timeout_seconds)
            except subprocess.TimeoutExpired:
                return None
            finally:
                self._end()
                with _lock:
                    _running.discard(self)

    def stop(self) -> None:
        """End it and what it started; nothing happens where it has ended already."""
        with _lock:
            self.is_stopped = True
            started = self._process
        if started is not None and started.poll() is None:
            self._end()

    def _end(self) -> None:
        """A group may outlive its first process, so it is ended in any case."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def last_line(self) -> str:
        """Return the last line that it wrote to stderr."""
        lines = (self.folder / "error.log").read_text(errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def stop_all() -> None:
    """End every process that this AWS has started."""
    with _lock:
        programs = list(_running)
    for program in programs:
        program.stop()


def clean_environment() -> dict[str, str]:
    """Return the variables of this process without those that a job on AWS would not have."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}

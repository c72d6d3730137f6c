"""The demo's API in a process of its own, for as long as a block lasts."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served() -> Iterator[int]:
    """Yield the port, a free one, on which the API answers."""
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        command = [sys.executable, "-m", "demo", "--port", "0", "--port-file", str(port_file)]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            while not port_file.exists():
                if server.poll() is not None:
                    raise SystemExit("the demo's API did not start; `python -m demo` tells why")
                time.sleep(0.05)
            yield int(port_file.read_text())
        finally:
            server.terminate()
            server.wait()

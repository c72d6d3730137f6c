"""The server ends with whoever started it, however that ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
STARTER = """
import sys, time
from pathlib import Path
from local_aws.running import running
with running(Path(sys.argv[1])) as aws:
    print(aws.endpoint, flush=True)
    time.sleep(60)
"""


def test_a_server_does_not_outlive_a_starter_that_was_killed(tmp_path: Path):
    command = [sys.executable, "-c", STARTER, str(tmp_path / "aws")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        port = int(urlsplit(starter.stdout.readline().strip()).port or 0)
        answered = is_open(port)
        os.kill(starter.pid, signal.SIGKILL)

    end = time.monotonic() + 30
    while is_open(port) and time.monotonic() < end:
        time.sleep(0.1)
    assert answered
    assert not is_open(port)


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0

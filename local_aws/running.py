"""This AWS as a process, for those who use it: its address, its clients, and what it has to tell."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from local_aws.place import CREDENTIALS, Place

REGION = "us-east-1"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class LocalAws:
    """A server that answers."""

    endpoint: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables with which a process finds this AWS and no other."""
        return Place(self.folder, self.endpoint).environment(REGION)

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        import boto3

        given = {"aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"], "region_name": REGION}
        secret = CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
        return boto3.client(service, endpoint_url=self.endpoint, aws_secret_access_key=secret, **given)

    def told(self, page: str) -> list[dict[str, Any]]:
        """Return what stands on a page of its own: `messages`, `runs`."""
        with urlopen(f"{self.endpoint}/local-aws/{page}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


@contextmanager
def running(folder: Path, *options: str) -> Iterator[LocalAws]:
    """Serve an AWS from a process of its own, on a free port; its jobs end with it."""
    folder.mkdir(parents=True, exist_ok=True)
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "local_aws",
        "--port",
        "0",
        "--port-file",
        str(port_file),
        "--folder",
        str(folder),
        "--with-parent",
    ]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*command, *options], cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            while not port_file.exists():
                if server.poll() is not None:
                    raise SystemExit(f"the local AWS did not start; {folder / 'server.log'} tells why")
                time.sleep(0.05)
            yield LocalAws(f"http://127.0.0.1:{port_file.read_text()}", folder)
        finally:
            server.terminate()
            server.wait()

"""The platform behind a socket on loopback."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

from demo.platform import Platform
from demo.quota import Quota

REQUESTS_PER_TEN_SECONDS = 60


class DemoServer(ThreadingHTTPServer):
    """Serves until `shutdown`; port 0 takes a free one, which `server_port` then tells."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0, *, requests_per_ten_seconds: int = REQUESTS_PER_TEN_SECONDS) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.platform = Platform(Quota(requests_per_ten_seconds))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open between pages
    wbufsize = -1  # head and body leave together: in two small packets, the second waits for the first one's receipt
    server: DemoServer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.title(): value for name, value in self.headers.items()}
        answer = self.server.platform.answer(self.command, self.path, headers, body)
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  names that http.server looks for

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the reader of the demo reports its own requests."""


def ask(port: int, path: str, body: dict[str, Any] | None = None) -> Any:
    """Return the JSON that a running demo answers at `path` under /demo; with a body the request is a POST."""
    request = Request(f"http://127.0.0.1:{port}/demo/{path}", data=json.dumps(body).encode() if body else None)
    with urlopen(request, timeout=10) as response:
        return json.load(response)

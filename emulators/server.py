"""An emulator behind a socket on loopback.

Beside the API it answers `POST /_emulator/change`, which moves the data on, with what changed.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .kit import Answer, Call, Emulator, Headers

CHANGE = "/_emulator/change"


class Server(ThreadingHTTPServer):
    """Serves one emulator until `shutdown`; port 0 takes a free one. `said` is told each request in a line."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, emulator: Emulator, port: int = 0, said: Callable[[str], object] | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.emulator = emulator
        self.said = said

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def base_url(self) -> str:
        """Return what a pipeline's `base_url` must be."""
        return self.origin + self.emulator.base_path


@contextmanager
def serving(emulator: Emulator, port: int = 0) -> Iterator[Server]:
    """Serve in a thread for as long as the block lasts."""
    server = Server(emulator, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open between pages
    wbufsize = -1  # head and body leave together: in two small packets, the second waits for the first one's receipt
    server: Server

    def do_GET(self) -> None:
        answer = self._answer()
        content = b"" if self.command == "HEAD" else answer.content
        self.send_response(answer.status)
        told = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.content))} | dict(answer.headers)
        if answer.status in (204, 304):
            del told["Content-Length"]
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        if self.server.said:
            self.server.said(f"{self.command} {self.path} {answer.status}")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815  names that http.server looks for

    def _answer(self) -> Answer:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if (self.command, url.path) == ("POST", CHANGE):
            return Answer(200, self.server.emulator.change())
        query = parse_qs(url.query, keep_blank_values=True)
        headers = Headers(dict(self.headers.items()))
        call = Call(self.command, unquote(url.path), query, headers, body, self.server.origin)
        return self.server.emulator.respond(call)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: `said` is told what there is to tell."""

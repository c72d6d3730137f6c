"""A bad road to an S3 server: a proxy on loopback that passes requests on, but for those that a fault takes.

Faults go by the number of the request among those that they could take, so that the same test meets the same ones.
"""

import http.client
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)

Sort = Literal["slow_down", "reset", "lost_answer", "slow", "truncated"]


@dataclass(frozen=True)
class Fault:
    """Takes each `every`-th request of these methods whose target the pattern is found in, `most` of them at most."""

    sort: Sort
    methods: str = "GET PUT POST DELETE HEAD"
    pattern: str = ""
    every: int = 1
    most: int = 10**9
    first: int = 1  # the first one that is taken

    def could_take(self, method: str, target: str) -> bool:
        return method in self.methods.split() and re.search(self.pattern, target) is not None


@dataclass
class BadRoad:
    """What stands in the way, and what has met it."""

    faults: tuple[Fault, ...] = ()
    url: str = ""
    slow_seconds: float = 1.5
    asked: list[tuple[str, str]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)  # by sort and method
    hits: Counter[Fault] = field(default_factory=Counter)
    _candidates: Counter[Fault] = field(default_factory=Counter)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def fault_of(self, method: str, target: str) -> Sort | None:
        """Return what happens to a request; the first fault that takes it counts."""
        with self._turn:
            self.asked.append((method, target))
            for fault in self.faults:
                if not fault.could_take(method, target):
                    continue
                self._candidates[fault] += 1
                number = self._candidates[fault] - fault.first
                if number >= 0 and number % fault.every == 0 and number // fault.every < fault.most:
                    self.met[f"{fault.sort} {method}"] += 1
                    self.hits[fault] += 1
                    return fault.sort
        return None


@contextmanager
def bad_road(upstream: str, *faults: Fault) -> Iterator[BadRoad]:
    """Serve the way to the S3 server at `upstream`."""
    road = BadRoad(faults)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(road, urlsplit(upstream).netloc))
    server.daemon_threads = True
    road.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield road
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(road: BadRoad, upstream: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _pass_on(self) -> None:
            body = self._body()
            fault = road.fault_of(self.command, self.path)
            if fault == "slow":
                time.sleep(road.slow_seconds)
            if fault == "slow_down":
                self._answer(503, [("Content-Type", "application/xml")], SLOW_DOWN)
            elif fault == "reset":
                self._reset()
            else:
                status, headers, content = self._upstream(body)
                if fault == "lost_answer":
                    self._reset()
                elif fault == "truncated" and len(content) > 1:
                    self._answer(status, headers, content, content[: len(content) // 2])
                    self.close_connection = True
                else:
                    self._answer(status, headers, content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return b"".join(iter(self._chunk, b""))
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _chunk(self) -> bytes:
            size = int(self.rfile.readline().partition(b";")[0], 16)
            content = self.rfile.read(size)
            self.rfile.readline()
            return content

        def _upstream(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            connection = http.client.HTTPConnection(upstream, timeout=60)
            try:
                given = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
                sent = body if body or self.command in ("PUT", "POST") else None
                connection.request(self.command, self.path, sent, given)
                answer = connection.getresponse()
                headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
                if self.command == "HEAD":  # tells the length of a body that does not come
                    headers.append(("Content-Length", answer.getheader("Content-Length") or "0"))
                return answer.status, headers, answer.read()
            finally:
                connection.close()

        def _answer(
            self, status: int, headers: list[tuple[str, str]], content: bytes, sent: bytes | None = None
        ) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if self.command != "HEAD" or status == 503:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content if sent is None else sent)

        def _reset(self) -> None:
            """Break the connection off, so that the other side gets `connection reset by peer`."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.wfile = _Nowhere()
            self.connection.close()

    return Handler


_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "expect")


class _Nowhere:
    """Takes what the server would still write to a connection that is gone."""

    closed = True

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def write(self, _: bytes) -> int:
        return 0

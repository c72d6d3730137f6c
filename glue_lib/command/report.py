"""`headwater report`: the page as a file, or served on this machine for as long as somebody wants to look on."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

from glue_lib.command.printing import say
from glue_lib.command.runs import found_in
from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.landing.run_records import RunRecords
from glue_lib.landing.storage import Storage, open_storage
from glue_lib.report.page import page

MOST_RUNS = 1000


def write_page(lake: str, path: str, *, limit: int = MOST_RUNS) -> None:
    """Write the page of a lake to a file."""
    records = list(islice(found_in(lake), limit))
    file = Path(path).expanduser()
    try:
        file.write_text(page(lake, records, datetime.now(UTC)), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"report: `{path}` cannot be written: {error.strerror}; name another with `-o`") from error
    say(f"{file}: {len(records):,} runs")


def serve(lake: str, port: int, *, limit: int = MOST_RUNS, told: Callable[[str], None] = say) -> None:
    """Serve the page until Ctrl-C; a lake without a run yet is as good as one with many."""
    try:
        server = page_server(lake, open_storage(lake), port, limit=limit)
    except OSError as error:
        raise ConfigError(f"report: port {port}: {error.strerror}; `--port 0` takes a free one") from error
    with server:
        told(f"The runs of {lake} are at http://127.0.0.1:{server.server_port}/; Ctrl-C ends this")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            told("ended")


def page_server(
    lake: str, storage: Storage, port: int, *, limit: int = MOST_RUNS, changed: Callable[[str], str] = str
) -> ThreadingHTTPServer:
    """Return a server on loopback that makes the page anew at each request; `changed` is what becomes of it."""
    records = RunRecords(storage)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.headers.get("Host", "").rpartition(":")[0]
            if name not in ("127.0.0.1", "localhost"):  # a page elsewhere that gave itself our address
                return self._answer(403, "text/plain", "only as 127.0.0.1 or localhost")
            try:
                if self.path == "/":
                    now = datetime.now(UTC)
                    found = list(islice(records.newest(now), limit))
                    return self._answer(200, "text/html", changed(page(lake, found, now, is_live=True)))
                if self.path == "/stamp":
                    return self._answer(200, "text/plain", records.stamp())
            except HeadwaterError as error:
                return self._answer(503, "text/plain", str(error))
            self._answer(404, "text/plain", "there is only /")

        def _answer(self, status: int, kind: str, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what is of interest stands on the page."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of a reader that went away while it was answered."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    return Server(("127.0.0.1", port), Handler)

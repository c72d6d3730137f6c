"""What a run is about to ask, and what the figure rests on."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from glue_lib import pipeline as line
from glue_lib.api.client import Client
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.command.estimate import Expected
from glue_lib.command.forecast import Forecast
from glue_lib.command.preview import Previews
from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SHOPS = "  shops: {path: /shops, pagination: {type: page, total: body.count}, records: data}"
ORDERS = "  orders: {path: '/shops/{shops.id}/orders'}"


@pytest.fixture
def execution_of(tmp_path):
    def make(*streams: str, base_url: str = "https://api.example.org", **options: Any) -> Execution:
        text = "\n".join([f"source: shop\nbase_url: {base_url}\nstreams:", *streams])
        pipeline = loads(text, "shop.yaml")
        return Execution(pipeline, open_storage(str(tmp_path)), no_engine, str, now=lambda: NOW, **options)

    return make


def expected(execution: Execution, answer: Callable[[str], Any] | None = None) -> dict[str, Expected]:
    def send(request: SignedRequest, timeout_seconds: float) -> Response:
        assert answer is not None
        found = answer(request.url.removeprefix("https://api.example.org"))
        return Response(200, {}, json.dumps(found).encode())

    pipeline = execution.pipeline
    previews = Previews(pipeline, lambda of: Client(pipeline.base_url, name=of.name, secrets=str, send=send), NOW)
    forecast = Forecast(execution, previews if answer else None)
    return {stream.name: forecast.of(stream) for stream in execution.in_order()}


def test_without_a_run_or_a_look_the_first_requests_are_the_least(execution_of, tmp_path):
    cursor = "{field: at, from: query.from, until: query.to, start: 2026-11-01, slice: 7d}"
    execution = execution_of(f"  events: {{path: /events, write: append, cursor: {cursor}}}")

    found = expected(execution)["events"]

    assert (found.mode, found.slices, found.requests, found.is_least) == ("full", 4, 4, True)
    assert list(tmp_path.iterdir()) == []  # nothing is stored


def test_a_span_that_a_run_would_refuse_is_refused_before(execution_of):
    with pytest.raises(ConfigError, match=r"shop\.shops: has no `cursor`, so `--from` and `--to` say nothing of it"):
        expected(execution_of(SHOPS, start="2026-01-01"))


def test_a_total_on_the_page_that_is_looked_at_tells_the_pages(execution_of):
    def answer(path: str) -> Any:
        return {"data": [{"id": 1}, {"id": 2}], "count": 7} if path.startswith("/shops?") else [{"n": 1}]

    found = expected(execution_of(SHOPS, ORDERS), answer)

    assert (found["shops"].requests, found["shops"].is_least) == (4, False)
    assert (found["orders"].requests, found["orders"].is_least) == (7, True)
    assert found["orders"].basis == "one for each record of `shops`"


def test_an_error_at_the_look_is_told_and_not_raised(execution_of):
    found = expected(execution_of(SHOPS), lambda path: {"error": "no such shop"})["shops"]

    assert found.is_least
    assert "no such shop" in found.basis


def test_the_last_run_tells_the_pages_and_its_records_the_fan_outs_requests(execution_of, one_shop):
    execution = execution_of(SHOPS, ORDERS, base_url=one_shop)
    line.ingest(execution)

    found = expected(execution)

    assert (found["shops"].requests, found["shops"].is_least) == (2, False)
    assert found["shops"].basis.startswith("2 pages in run 2026")
    assert (found["orders"].requests, found["orders"].slices) == (3, 3)


def test_a_stream_that_stands_above_another_parent_is_not_counted_twice(execution_of):
    def answer(path: str) -> Any:
        if path.startswith("/shops?"):
            return {"data": [{"id": 1}, {"id": 2}], "count": 7}
        return [{"id": 1}] if path.endswith("/orders") else [{"n": 1}]

    found = expected(execution_of(SHOPS, ORDERS, "  items: {path: '/shops/{shops.id}/{orders.id}/items'}"), answer)

    assert found["items"].basis in ("one for each record of `orders`", "`orders` was never landed")


@pytest.fixture
def one_shop():
    """A real server: three shops on two pages, and an order for each."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shops = [{"id": 1}, {"id": 2}] if self.path.endswith("page=1") else [{"id": 3}]
            found = {"data": shops, "count": 3} if self.path.startswith("/shops?") else [{"n": 1}]
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()

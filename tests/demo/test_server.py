import http.client
import json
from collections.abc import Iterator
from threading import Thread

import pytest

from demo.server import DemoServer, ask


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(requests_per_ten_seconds=0) as running:
        Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


def test_one_connection_serves_many_requests(server: DemoServer):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/v1/donations?limit=2", headers={"authorization": "Bearer demo-token"})
        response = connection.getresponse()
        assert (response.status, response.getheader("Content-Type")) == (200, "application/json; charset=utf-8")
        assert len(json.load(response)["data"]) == 2
    connection.close()


def test_it_is_reached_on_loopback_only(server: DemoServer):
    assert server.server_address[0] == "127.0.0.1"
    assert server.base_url == f"http://127.0.0.1:{server.server_port}/v1"


def test_its_version_is_moved_over_http(server: DemoServer):
    assert ask(server.server_port, "version", {"version": 2}) == {"version": 2, "versions": 2}
    assert ask(server.server_port, "version") == {"version": 2, "versions": 2}

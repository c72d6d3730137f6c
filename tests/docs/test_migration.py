"""The page about migration is true: its script runs and does what the page says is wrong, and its queries prove it."""

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.docs.blocks import blocks
from tests.e2e.conftest import Lake

PAGE = "how-to/migrate.md"
(SCRIPT,) = (block.text for block in blocks("python", of=PAGE))
(FILE,) = (block.text for block in blocks("yaml", of=PAGE))
COUNTS, VALUES, _ = (block.text for block in blocks("sql", of=PAGE))
PER_PAGE = 2


def order(number: int, status: str) -> dict[str, Any]:
    return {
        "id": number,
        "updated_at": f"2026-01-0{number}T00:00:00Z",
        "status": status,
        "total": number + 0.5,
        "customer": {"address": {"city": "Rome"}},
        "items": [{"sku": f"a{number}"}, {"sku": "b"}],
    }


class Api:
    """Three orders, two a page, and their notes."""

    def __init__(self) -> None:
        self.orders = [order(number, "new") for number in (1, 2, 3)]

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        begin = (int(query["page"][0]) - 1) * PER_PAGE
        if path == "/v1/orders":
            found = [one for one in self.orders if one["updated_at"] >= query.get("updated_since", [""])[0]]
        else:
            found = [{"id": int(path.split("/")[3]) * 10, "text": "call back"}]
        return {"orders": found[begin : begin + PER_PAGE]}


@pytest.fixture
def api() -> Iterator[Any]:
    served = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            body = json.dumps(served.answer(place.path, parse_qs(place.query))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(served=served, url=f"http://127.0.0.1:{server.server_port}/v1")
    server.shutdown()
    server.server_close()
    thread.join()


def run_script(api: Any, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the page's script, with the API's address, the secret and the lake's place of this machine."""
    text = re.sub(r"^secret = .*$", 'secret = {"SecretString": "t"}', SCRIPT, flags=re.M)
    text = text.replace("https://api.example.org/v1", api.url).replace("s3://lake", str(lake))
    monkeypatch.setattr(sys, "argv", ["job", "--JOB_NAME", "shop", "--since", "2026-01-01"])
    exec(compile(text, PAGE, "exec"), {"__name__": "__main__"})


def asked(spark: Any, query: str) -> list[dict[str, Any]]:
    return [row.asDict() for row in spark.sql(query).collect()]


@pytest.mark.slow
def test_the_script_doubles_its_rows_and_the_queries_prove_what_the_file_makes(
    api: Any, glue_context: Any, spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run_script(api, tmp_path / "old", monkeypatch)
    api.served.orders[2] |= {"status": "paid", "updated_at": "2026-01-04T00:00:00Z"}
    run_script(api, tmp_path / "old", monkeypatch)
    lake = Lake(tmp_path / "new", FILE.replace("https://api.example.org/v1", api.url), spark)
    ended = lake.sync(overrides={"database": "shop_new"}, secrets=lambda text: text.replace("${secret:shop}", "t"))
    assert {outcome.status for outcome in ended} == {"complete"}, ended

    old, new = (
        spark.read.format("delta").load(str(tmp_path / place))
        for place in ("old/shop/orders", "new/tables/shop/orders")
    )
    old.createOrReplaceTempView("old_orders")
    new.createOrReplaceTempView("new_orders")
    counts, values = (
        query.replace("shop_new.orders", "new_orders").replace("shop.orders", "old_orders")
        for query in (COUNTS, VALUES)
    )

    assert old.count() == 6, "as the page says, a second run adds every row once more"
    assert asked(spark, counts) == [{"old_rows": 3, "new_rows": 3, "only_old": 0, "only_new": 0}]
    assert asked(spark, values) == []
    assert {path.name for path in (tmp_path / "old/shop").iterdir()} >= {"orders", "orders_items", "orders_notes"}
    assert "customer.address.city" in old.columns and "customer_address_city" in new.columns
    assert len(lake.rows("orders__items")) == 6 and len(lake.rows("notes")) == 3

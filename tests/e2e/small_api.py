"""A small API on loopback whose records a test holds in its hand: orders with items, shops, and reviews of shops."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "small-token"
LIMIT = 2

PIPELINE = """
source: small
base_url: {base_url}
auth: {{type: bearer, token: "${{secret:small#token}}"}}
limits: {{requests_per_second: 1000, concurrency: 2}}
retry: {{tries: 3, base_seconds: 0.01, longest_wait_seconds: 5}}
defaults:
  records: data
  pagination: {{type: token, read: body.next, write: query.after}}
streams:
  orders:
    path: /orders
    key: [id]
    cursor: {{field: updated_at, from: query.since, start: 2020-01-01}}
    write: upsert
  shops: {{path: /shops, key: [id], write: replace}}
  reviews: {{path: "/shops/{{shops.id}}/reviews", key: [id], write: upsert}}
"""


@dataclass
class SmallApi:
    """`records` by path; `before` sees each request's path and may answer in place of the API."""

    records: dict[str, list[dict[str, Any]]]
    before: Callable[[str, int], tuple[int, dict[str, str], bytes] | None] = lambda path, count: None
    asked: list[str] = field(default_factory=list)
    base_url: str = ""

    def answer(self, target: str, authorization: str | None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        self.asked.append(target)
        if authorization != f"Bearer {TOKEN}":
            return 401, {}, b'{"error": "no token"}'
        instead = self.before(target, len(self.asked))
        if instead:
            return instead
        found = [one for one in self.records.get(path, []) if one.get("updated_at", "") >= query.get("since", "")]
        start = int(query.get("after", 0))
        following = str(start + LIMIT) if start + LIMIT < len(found) else None
        return 200, {}, json.dumps({"data": found[start : start + LIMIT], "next": following}).encode()


def serve(api: SmallApi) -> ThreadingHTTPServer:
    """Start serving on a free port; `shutdown` the server that is returned."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            status, headers, body = api.answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api.base_url = f"http://127.0.0.1:{server.server_port}"
    return server


def first_edition() -> dict[str, list[dict[str, Any]]]:
    """Return seven orders, four shops and the reviews of three."""
    orders = [
        {
            "id": number,
            "updated_at": f"2024-01-0{number}T00:00:00Z",
            "total": f"{number}.50",
            "reference": number * 10,
            "customer": {"name": f"n{number}", "address": {"city": "Rome"}},
            "items": [{"sku": f"s{place}", "tags": ["a", "b"][:place]} for place in range(number % 4)],
        }
        for number in range(1, 8)
    ]
    shops = [{"id": f"shop {letter}", "rating": 4.5, "hours": [9, 17]} for letter in "abcd"]
    reviews = {
        f"/shops/shop%20{letter}/reviews": [{"id": number, "stars": number} for number in range(1, 4)]
        for letter in "abc"
    }
    return {"/orders": orders, "/shops": shops, **reviews}


def second_edition() -> dict[str, list[dict[str, Any]]]:
    """Return the same some days later: orders changed, elements gone at every depth, a new field, a changed type."""
    edition = first_edition()
    orders = {order["id"]: order for order in edition["/orders"]}
    orders[2] |= {"updated_at": "2024-02-01T00:00:00Z", "total": "99.00", "items": []}
    orders[3] |= {"updated_at": "2024-02-02T00:00:00Z", "reference": "R-30", "items": orders[3]["items"][:1]}
    orders[6] |= {"updated_at": "2024-02-03T00:00:00Z", "items": None, "coupon": {"code": "X"}}
    orders[7] |= {
        "updated_at": "2024-02-04T00:00:00Z",
        "items": [{"sku": "s0", "tags": []}, {"sku": "s1", "tags": ["b"]}],
    }
    edition["/orders"].append({"id": 8, "updated_at": "2024-02-05T00:00:00Z", "total": "8.50", "reference": 80})
    shops = {shop["id"]: shop for shop in edition["/shops"] if shop["id"] != "shop d"}  # gone, and it had no reviews
    shops["shop b"] |= {"rating": 5, "hours": []}
    edition["/shops"] = list(shops.values())
    edition["/shops/shop%20a/reviews"].append({"id": 4, "stars": 1, "text": "late"})
    return edition

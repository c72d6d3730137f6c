"""Shopify's Admin API: REST orders whose next page is a sealed `page_info`, GraphQL products behind a cost limit.

Served are `GET /admin/api/2025-07/orders.json` (`limit`, `status`, `updated_at_min`, `updated_at_max`, `page_info`) and
`POST /admin/api/2025-07/graphql.json`, of which it understands one query: a connection `products(first:, after:,
query:)` with the variables `$first`, `$after` and `$query`.
"""

import base64
import json
import math
import re
import time
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from .kit import Answer, Call, Clock, Emulator, Record, Refused
from .moments import epoch_of, iso
from .seeds import Seed

TOKEN = "emulated-shopify-token"
SHOP = "/admin/api/2025-07"
BUCKET = 40  # calls that may wait in the bucket, as for a standard shop; here they leave it 20 times as fast
_LEAKS_PER_SECOND = 40.0
_COST = {"maximumAvailable": 400, "restoreRate": 200}  # of a GraphQL query; a tenth of what a shop has


class Shopify(Emulator):
    """A shop: page_info that takes no filters, a call limit as a fraction, GraphQL throttled under HTTP 200."""

    name = "shopify"
    base_path = SHOP
    secrets: ClassVar = {"HEADWATER_SECRET_SHOPIFY_ACCESS_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        # Another app has used up both; time counts from the first call, so that every reading meets a limit.
        self._level, self._leaked_at = float(BUCKET), math.inf
        self._points, self._restored_at = 0.0, math.inf
        self.throttled = 0
        self._orders = [_order(n, made) for n, made in enumerate(Seed("shopify orders").epochs(300), 1)]
        self._products = [_product(n, made) for n, made in enumerate(Seed("shopify products").epochs(90), 1)]

    def answer(self, call: Call) -> Answer:
        """Return a page of orders or products, or the API's own error."""
        if call.headers.get("X-Shopify-Access-Token") != TOKEN:
            unknown = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            raise Refused(Answer(401, {"errors": unknown}))
        if (call.method, call.path) == ("POST", f"{SHOP}/graphql.json"):
            return self._graphql(call)
        told = self._poured()
        if (call.method, call.path) != ("GET", f"{SHOP}/orders.json"):
            raise Refused(Answer(404, {"errors": "Not Found"}, told))
        page = self._orders_page(call)
        return Answer(200, page.body, told | dict(page.headers))

    def truth(self) -> dict[str, list[Record]]:
        """Return the records as they are sent."""
        return {"orders": self._orders, "products": self._products}

    def change(self) -> dict[str, list[Record]]:
        """Refund an old order, take a new one, reprice a product."""
        now = self.clock()
        refund = {"id": 990_001, "note": None, "transactions": [{"amount": "5.00", "kind": "refund"}]}
        self._orders[3] |= {"updated_at": _local(now), "refunds": [refund], "financial_status": "partially_refunded"}
        self._orders.append(_order(900, now))
        self._products[5] |= {"updatedAt": iso(now), "title": "Repriced"}
        return {"orders": [self._orders[3], self._orders[-1]], "products": [self._products[5]]}

    @property
    def times_limited(self) -> int:
        """Return how often a call found the bucket full or too few points."""
        return self.throttled

    def _poured(self) -> dict[str, str]:
        """Put a REST call into the bucket; return the headers that tell how full it is, or refuse the call."""
        now = self.clock()
        leaked = max(0.0, now - self._leaked_at) * _LEAKS_PER_SECOND
        level, self._leaked_at = max(0.0, self._level - leaked) + 1, now
        self._level = min(level, float(BUCKET))
        fraction = {"X-Shopify-Shop-Api-Call-Limit": f"{math.ceil(self._level)}/{BUCKET}"}
        if level <= BUCKET:
            return fraction | {"X-Shopify-API-Version": "2025-07"}
        self.throttled += 1
        message = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
        raise Refused(Answer(429, {"errors": message}, fraction | {"Retry-After": "0.5"}))

    def _orders_page(self, call: Call) -> Answer:
        asked = {name: values[-1] for name, values in call.query.items()}
        if "page_info" in asked:
            return self._continued(call, asked)
        return self._from(call, asked, 0, _limit(asked))

    def _continued(self, call: Call, asked: dict[str, str]) -> Answer:
        for name in asked:
            if name not in ("page_info", "limit", "fields"):
                raise _wrong({name: [f"{name} cannot be passed when page_info is present"]})
        try:
            sealed = json.loads(base64.urlsafe_b64decode(asked["page_info"]))
        except ValueError:
            raise _wrong({"page_info": ["Invalid value."]}) from None
        return self._from(call, sealed["filters"], sealed["start"], _limit(asked))

    def _from(self, call: Call, filters: dict[str, str], start: int, limit: int) -> Answer:
        """Return a page of the orders that pass the filters, the newest first."""
        orders = [one for one in reversed(self._orders) if _wanted(one, filters)]
        links = []
        for rel, to in (("previous", start - limit), ("next", start + limit)):
            if 0 <= to < len(orders) or (rel == "previous" and start > 0):
                sealed = json.dumps({"filters": filters, "start": max(0, to), "direction": rel}).encode()
                query = urlencode({"limit": limit, "page_info": base64.urlsafe_b64encode(sealed).decode()})
                links.append(f'<{call.origin}{SHOP}/orders.json?{query}>; rel="{rel}"')
        headers = {"Link": ", ".join(links)} if links else {}
        return Answer(200, {"orders": orders[start : start + limit]}, headers)

    def _graphql(self, call: Call) -> Answer:
        asked = call.json if isinstance(call.json, dict) else {}
        query, variables = str(asked.get("query", "")), asked.get("variables") or {}
        if not re.search(r"\bproducts\s*\(", query) or not isinstance(variables.get("first"), int):
            raise Refused(
                Answer(200, {"errors": [{"message": "Variable $first of type Int! was provided invalid value"}]})
            )
        first = variables["first"]
        if first > 250:
            raise Refused(
                Answer(200, {"errors": [{"message": f"Argument 'first' is {first}; at most 250 are allowed"}]})
            )
        status = self._paid(first * 2)
        cost = {"requestedQueryCost": first * 2, "actualQueryCost": first * 2, "throttleStatus": status}
        if status["currentlyAvailable"] < 0:
            self.throttled += 1
            self._points += first * 2
            status["currentlyAvailable"] = int(self._points)
            told = [
                {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev"}}
            ]
            return Answer(200, {"errors": told, "extensions": {"cost": cost | {"actualQueryCost": None}}})
        return Answer(200, {"data": {"products": self._connection(variables)}, "extensions": {"cost": cost}})

    def _paid(self, points: int) -> dict[str, Any]:
        now = self.clock()
        restored = self._points + max(0.0, now - self._restored_at) * _COST["restoreRate"]
        self._points, self._restored_at = min(restored, _COST["maximumAvailable"]) - points, now
        return _COST | {"currentlyAvailable": math.floor(self._points)}

    def _connection(self, variables: dict[str, Any]) -> Record:
        since = re.search(r"updated_at:>='?([^'\s]+)'?", str(variables.get("query") or ""))
        least = (epoch_of(since[1]) or 0) if since else 0
        products = [one for one in self._products if (epoch_of(one["updatedAt"]) or 0) >= least]
        after = variables.get("after")
        start = int(base64.b64decode(after)) if after else 0
        part = products[start : start + variables["first"]]
        end = base64.b64encode(str(start + len(part)).encode()).decode() if part else None
        more = start + len(part) < len(products)
        return {"nodes": part, "pageInfo": {"hasNextPage": more, "endCursor": end}}


def _limit(asked: dict[str, str]) -> int:
    text = asked.get("limit", "50")
    return min(int(text), 250) if text.isdecimal() and int(text) else 50


def _wanted(order: Record, filters: dict[str, str]) -> bool:
    status = filters.get("status", "open")
    updated = epoch_of(order["updated_at"]) or 0
    least, most = (epoch_of(filters.get(f"updated_at_{end}", "")) for end in ("min", "max"))
    is_wanted = status == "any" or (status == "closed") == (order["closed_at"] is not None)
    return is_wanted and (least is None or updated >= least) and (most is None or updated <= most)


def _wrong(errors: dict[str, list[str]]) -> Refused:
    return Refused(Answer(400, {"errors": errors}))


def _local(epoch: float) -> str:
    return iso(epoch - 4 * 3600).replace("Z", "-04:00")  # in the shop's time zone


def _order(number: int, made: float) -> Record:
    seed = Seed(f"shopify order {number}")
    lines = [_line(seed, number, n) for n in range(seed.whole(1, 4))]
    shipped = [
        {"id": 660_000 + number, "status": "success", "tracking_numbers": [seed.code(10)], "line_items": lines[:1]}
    ]
    total = sum((line["quantity"] * float(line["price"]) for line in lines), 0.0)
    return {
        "id": 5_000_000_000_000 + number,
        "name": f"#{1000 + number}",
        "created_at": _local(made),
        "updated_at": _local(made + seed.whole(0, 20) * 3600),
        "closed_at": _local(made + 86_400) if seed.chance(0.5) else None,
        "currency": "USD",
        "total_price": f"{total:.2f}",
        "financial_status": "paid",
        "email": f"buyer{seed.whole(1, 60)}@example.org",
        "customer": {
            "id": 77_000 + seed.whole(1, 60),
            "tags": "",
            "default_address": {"city": seed.words(1), "zip": "02139"},
        },
        "line_items": lines,
        "shipping_lines": [{"title": "Standard", "price": "0.00", "tax_lines": []}] if seed.chance(0.8) else [],
        "fulfillments": shipped if seed.chance(0.6) else [],
        "refunds": [],
        "note_attributes": [{"name": "gift", "value": seed.words(2)}] if seed.chance(0.3) else [],
        "tags": ", ".join(seed.some(("vip", "wholesale"), 2)),
    }


def _line(seed: Seed, order: int, number: int) -> Record:
    return {
        "id": 8_000_000_000_000 + order * 10 + number,
        "sku": f"{seed.whole(0, 9999):04}",
        "title": seed.words(2),
        "quantity": seed.whole(1, 3),
        "price": f"{seed.money(90):.2f}",
        "tax_lines": [{"title": "State Tax", "rate": seed.pick((Decimal("0.0625"), Decimal("0.070"))), "price": "0.63"}]
        if seed.chance(0.6)
        else [],
        "discount_allocations": [{"amount": "1.00", "discount_application_index": 0}] if seed.chance(0.2) else [],
        "properties": [],
    }


def _product(number: int, made: float) -> Record:
    seed = Seed(f"shopify product {number}")
    variants = [
        {"id": f"gid://shopify/ProductVariant/{number * 10 + n}", "sku": seed.code(5), "price": f"{seed.money(90):.2f}"}
        for n in range(seed.whole(1, 3))
    ]
    return {
        "id": f"gid://shopify/Product/{number}",
        "title": seed.words(2),
        "updatedAt": iso(made),
        "tags": seed.some(("new", "sale", "eco"), 3),
        "variants": {"nodes": variants},
    }

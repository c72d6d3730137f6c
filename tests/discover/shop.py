"""A small API with a specification, for discovery: filters, a fan-out, several ways to the next page, a closed door."""

from typing import Any

from emulators.kit import Answer, Call, Emulator, Record, Refused

TOKEN = "shop-token"


def _moment(number: int) -> str:
    return f"2024-0{1 + number // 28}-{1 + number % 28:02}T00:00:00Z"


class Shop(Emulator):
    """Orders by cursor with a filter, their notes below them, customers by page from 0, and products on one page."""

    name = "shop"
    base_path = "/v2"

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Record] = [
            {"id": n, "updated_at": _moment(n), "lines": [{"sku": f"s{n}", "tags": ["a"]}], "total": "1.10"}
            for n in range(1, 46)
        ]
        self.customers: list[Record] = [{"customer_id": f"c{n}", "name": f"n{n % 3}"} for n in range(25)]
        self.products: list[Record] = [{"sku": f"s{n}", "price": n} for n in range(6)]
        self.redirects_to = ""

    def answer(self, call: Call) -> Answer:
        """Return a page."""
        path = call.path.removeprefix("/v2")
        if path in ("/openapi.json", "/openapi.yaml", "/v3.json"):
            return Answer(200, specification(f"{call.origin}/v2"))
        if call.headers.get("X-Shop-Key") != TOKEN:
            raise Refused(Answer(401, {"message": "who are you?"}))
        if self.redirects_to:
            return Answer(302, None, {"Location": self.redirects_to})
        limit = call.whole("limit", 10)
        if path == "/orders":
            found = [one for one in self.orders if one["updated_at"] >= (call.one("updated_since") or "")]
            start = int(call.one("cursor") or 0)
            following = str(start + limit) if start + limit < len(found) else None
            return Answer(200, {"orders": found[start : start + limit], "paging": {"next_cursor": following}})
        if path.startswith("/orders/") and path.endswith("/notes"):
            return Answer(200, {"notes": [{"id": 1, "text": path.split("/")[2]}]})
        if path == "/customers":
            start = call.whole("page", 0) * 10
            return Answer(200, {"data": self.customers[start : start + 10], "totalPages": 3})
        if path in ("/login", "/report"):
            return Answer(200, "<html>log in</html>" if path == "/login" else "a;b", {"Content-Type": "text/plain"})
        if path == "/odd":
            return Answer(200, [{"id: !!x": n, "updated at\nb": _moment(n)} for n in range(6)])
        if path == "/products":
            return Answer(200, self.products if call.one("page", "1") == "1" else [])
        raise Refused(Answer(404, {"message": "no such path"}))

    def truth(self) -> dict[str, list[Record]]:
        """Return the records by stream."""
        return {
            "orders": self.orders,
            "orders_notes": [{"id": 1, "text": str(one["id"]), "_orders_id": one["id"]} for one in self.orders],
            "customers": self.customers,
            "products": self.products,
        }


def specification(base_url: str) -> dict[str, Any]:
    """Return the API's own specification, in OpenAPI 3.1."""

    def listed(name: str, item: str, *parameters: str, **around: Any) -> dict[str, Any]:
        schema = {
            "type": "object",
            "properties": {name: {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}}, **around},
        }
        return {"get": _operation(schema, *parameters)}

    text = {"type": ["string", "null"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "2"},
        "servers": [{"url": "{origin}", "variables": {"origin": {"default": base_url}}}],
        "security": [{"key": []}],
        "paths": {
            "/orders": listed(
                "orders",
                "Order",
                "limit",
                "cursor",
                "updated_since",
                paging={"type": "object", "properties": {"next_cursor": text}},
            ),
            "/orders/{order_id}": {"get": _operation({"$ref": "#/components/schemas/Order"})},
            "/orders/{order_id}/notes": listed("notes", "Note"),
            "/customers": listed("data", "Customer", "page", totalPages={"type": "integer"}),
            "/products": {
                "get": _operation(
                    {"type": "array", "items": {"$ref": "#/components/schemas/Product"}}, "per_page", "page"
                )
            },
            "/stores/{store}/shelves": listed("shelves", "Note"),
            "/reports/search": {"post": {"operationId": "searchReports"}},
            "/health": {"get": _operation({"type": "object", "properties": {"ok": {"type": "boolean"}}})},
        },
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Shop-Key"}},
            "parameters": {
                "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 20}},
                "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}},
                "updated_since": {"name": "updated_since", "in": "query", "schema": {"type": "string"}},
                "page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 0}},
                "per_page": {"name": "per_page", "in": "query", "schema": {"type": "integer"}},
            },
            "schemas": {
                "Order": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "integer"},
                        "updated_at": {"type": "string", "format": "date-time"},
                        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                        "parent": {"$ref": "#/components/schemas/Order"},
                    },
                },
                "Line": {
                    "allOf": [
                        {"type": "object", "properties": {"sku": {"type": "string"}}},
                        {"properties": {"tags": {"type": "array", "items": {"type": "string"}}}},
                    ]
                },
                "Note": {"type": "object", "properties": {"id": {"type": "integer"}, "text": {"type": "string"}}},
                "Customer": {"type": "object", "properties": {"customer_id": {"type": "string"}, "name": text}},
                "Product": {"oneOf": [{"type": "object", "properties": {"sku": {"type": "string"}}}]},
            },
        },
    }


def _operation(schema: dict[str, Any], *parameters: str) -> dict[str, Any]:
    return {
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
        "responses": {"200": {"content": {"application/json; charset=utf-8": {"schema": schema}}}},
    }

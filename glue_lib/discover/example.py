"""An answer as it could be, made from its schema: so that what is found in answers is found in specifications, too."""

from typing import Any

from glue_lib.discover.names import plain
from glue_lib.discover.pointers import Document

_DEEPEST = 8
_MOST_NODES = 3000
_MOST_PROPERTIES = 300
_TEXTS = {"date-time": "2024-01-01T00:00:00Z", "date": "2024-01-01", "uuid": "00000000-0000-4000-8000-000000000000"}
_TEXTS |= {"uri": "https://example.org/next", "url": "https://example.org/next", "uri-reference": "/next"}
_LINKS = ("next", "nexturl", "nextlink", "nexturi", "nextpageurl", "odatanextlink", "nexthref", "nextrecordsurl")
_MOMENTS = ("created", "updated", "modified", "timestamp", "createdat", "updatedat", "modifiedat", "ts")


class Examples:
    """Makes one answer; `link_at_next` says what a text named `next` is: a URL, or else a token."""

    def __init__(self, document: Document, *, link_at_next: bool) -> None:
        self._document, self._link_at_next = document, link_at_next
        self._left = _MOST_NODES

    def of(self, schema: Any, name: str = "", depth: int = 0, seen: tuple[str, ...] = ()) -> Any:
        """Return a value that the schema allows; None where it is a circle, too deep, or says nothing."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST or not isinstance(schema, dict):
            return None
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference in seen:
                return None
            return self.of(self._document.at(schema), name, depth, (*seen, reference))
        for parts in (schema.get("oneOf"), schema.get("anyOf")):
            if isinstance(parts, list):
                return self._first(parts, name, depth, seen)
        kind = _type(schema)
        if isinstance(schema.get("allOf"), list) or kind == "object":
            return self._object(schema, name, depth, seen)
        if kind == "array":
            element = self.of(schema.get("items"), name, depth + 1, seen)
            return [] if element is None else [element]
        return self._scalar(schema, kind, name)

    def _first(self, parts: list[Any], name: str, depth: int, seen: tuple[str, ...]) -> Any:
        values = (self.of(part, name, depth + 1, seen) for part in parts[:5])
        return next((value for value in values if value is not None), None)

    def _object(self, schema: dict[str, Any], name: str, depth: int, seen: tuple[str, ...]) -> Any:
        made: dict[str, Any] = {}
        parts = schema.get("allOf")
        for part in parts[:20] if isinstance(parts, list) else ():
            value = self.of(part, name, depth + 1, seen)
            if isinstance(value, list) and not made:
                return value
            made |= value if isinstance(value, dict) else {}
        properties = schema.get("properties")
        if isinstance(properties, dict):
            for key, inner in list(properties.items())[:_MOST_PROPERTIES]:
                made[str(key)] = self.of(inner, str(key), depth + 1, seen)
        return made

    def _scalar(self, schema: dict[str, Any], kind: str, name: str) -> Any:
        for key in ("example", "default", "const"):
            value = schema.get(key)
            if isinstance(value, str | int | float) and value != "":
                return value
        choices = schema.get("enum")
        if isinstance(choices, list) and choices and isinstance(choices[0], str | int | float):
            return choices[0]
        match kind:
            case "boolean":
                return True
            case "integer" | "number":
                return 1_700_000_000 if plain(name) in _MOMENTS else 1
            case "string":
                return self._text(schema, name)
        return None

    def _text(self, schema: dict[str, Any], name: str) -> str:
        style = schema.get("format")
        if isinstance(style, str) and style in _TEXTS:
            return _TEXTS[style]
        is_link = plain(name) in _LINKS and (self._link_at_next or plain(name) != "next")
        return _TEXTS["uri"] if is_link else "text"


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):  # OpenAPI 3.1: `[string, "null"]`
        kind = next((one for one in kind if one != "null"), None)
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "array" if "items" in schema else ""

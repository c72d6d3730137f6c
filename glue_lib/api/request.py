"""A request: what is asked of the API, as a frozen value that can be stored and sent again.

Credentials are never in a request: auth acts on the signed copy, at the moment of sending.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from glue_lib.api.number import NumberText
from glue_lib.api.place import keys
from glue_lib.api.wording import shortened

QueryValue = str | tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """One call of the API; `path` is relative to the base URL, or an absolute URL that the API gave."""

    path: str
    method: str = "GET"
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None  # sent as JSON
    fill: Mapping[str, str] = field(default_factory=dict)  # the values of the `{name}`s in `path`

    def put(self, target: str, value: str | int) -> "Request":
        """Return this request with `value` at `query.x`, `header.x`, `body.a.b`, `path.x` (fills `{x}`) or `url`."""
        part, _, name = target.partition(".")
        match part:
            case "url":
                return replace(self, path=str(value), query={}, fill={})
            case "query":
                return replace(self, query={**self.query, name: str(value)})
            case "header":
                return replace(self, headers={**self.headers, name: str(value)})
            case "path":
                return replace(self, fill={**self.fill, name: str(value)})
            case "body":
                plain = value.json_value() if isinstance(value, NumberText) else value
                return replace(self, body=_put(self.body or {}, keys(name), plain))
        raise ValueError(f"`{target}` is no place in a request")

    def get(self, target: str) -> Any:
        """Return what stands at `target`, or None."""
        part, _, name = target.partition(".")
        match part:
            case "url":
                return self.path
            case "query":
                return self.query.get(name)
            case "header":
                return self.headers.get(name)
            case "path":
                return self.fill.get(name)
            case "body":
                return _get(self.body or {}, keys(name))
        raise ValueError(f"`{target}` is no place in a request")

    def stored(self) -> dict[str, Any]:
        """Return the request as JSON values, without what is empty."""
        parts = {
            "method": self.method,
            "path": self.path,
            "query": {name: list(value) if isinstance(value, tuple) else value for name, value in self.query.items()},
            "headers": dict(self.headers),
            "fill": dict(self.fill),
        }
        body = {} if self.body is None else {"body": dict(self.body)}
        return {name: part for name, part in parts.items() if part} | body

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Request":
        """Return the request that `stored` once wrote down."""
        query = stored.get("query", {})
        lists = {name: tuple(value) for name, value in query.items() if isinstance(value, list)}
        return cls(**{**stored, "query": {**query, **lists}})

    def fingerprint(self) -> str:
        """Return the same text for the same request, whatever the order of its parameters."""
        canonical = json.dumps(self.stored(), sort_keys=True).encode()
        return hashlib.sha256(canonical).hexdigest()[:32]

    def __str__(self) -> str:
        """Return the request as an error names it: `GET /contacts?cursor=b`."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        filled = self.path
        for name, value in self.fill.items():
            filled = filled.replace(f"{{{name}}}", value)
        body = f" {json.dumps(self.body)}" if self.body else ""
        mark = "" if not query else "&" if "?" in filled else "?"
        return shortened(f"{self.method} {filled}{mark}{query}{body}", 240)


def _put(body: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = path
    inner = body.get(first)
    below = _put(inner if isinstance(inner, Mapping) else {}, tuple(rest), value) if rest else value
    return {**body, first: below}


def _get(body: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body

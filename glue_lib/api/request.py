"""A request: what is asked of the API, as a frozen value that can be stored and sent again.

Credentials are never in a request: auth acts on the signed copy, at the moment of sending.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from glue_lib.api import cookies
from glue_lib.api.number import exact_json, plain
from glue_lib.api.place import keys
from glue_lib.api.wording import shortened
from glue_lib.errors import ConfigError

QueryValue = str | tuple[str, ...]

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """One call of the API; `path` is relative to the base URL, or an absolute URL that the API gave."""

    path: str
    method: str = "GET"
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None  # sent as JSON, or as a form where header `Content-Type` says so
    fill: Mapping[str, str] = field(default_factory=dict)  # the values of the `{name}`s in `path`
    carried: Mapping[str, Any] = field(default_factory=dict)  # what pagination remembers on its way; never sent

    def put(self, target: str, value: Any) -> "Request":
        """Return this request with a JSON value, its numbers as `NumberText`, at a place.

        Places: `query.x`, `header.x`, `cookie.x`, `body.a.b`, `path.x` (fills `{x}` in the path), `text.x` (fills `{x}`
        in all other texts), `url`. Outside a body an array or object goes as its JSON text.
        """
        part, _, name = target.partition(".")
        match part:
            case "url":
                return replace(self, path=str(value), query={}, fill={})
            case "body":
                return replace(self, body=_put(self.body or {}, keys(name), plain(value)))
            case "cookie":
                return replace(self, headers=cookies.put(self.headers, name, _header_text(value)))
            case "header":
                return replace(self, headers={**self.headers, name: _header_text(value)})
            case "text":
                return self._filled(f"{{{name}}}", exact_json(value))
            case "query":
                return replace(self, query={**self.query, name: exact_json(value)})
            case "path":
                return replace(self, fill={**self.fill, name: exact_json(value)})
        raise ValueError(f"`{target}` is no place in a request")

    def get(self, target: str) -> Any:
        """Return what stands at `target`, or None."""
        part, _, name = target.partition(".")
        match part:
            case "url":
                return self.path
            case "body":
                return _get(self.body or {}, keys(name))
            case "cookie":
                return cookies.read(self.headers).get(name)
            case "header":
                return self.headers.get(name)
            case "text":
                return None  # once it is filled, nobody can tell it from the text around
            case "query":
                return self.query.get(name)
            case "path":
                return self.fill.get(name)
        raise ValueError(f"`{target}` is no place in a request")

    def without(self, target: str) -> "Request":
        """Return this request with nothing at `target`, a place other than `url`, `cookie.x` and `path.x`."""
        part, _, name = target.partition(".")
        match part:
            case "body":
                return replace(self, body=_without(self.body or {}, keys(name)))
            case "query":
                return replace(self, query={key: value for key, value in self.query.items() if key != name})
            case "header":
                return replace(self, headers={key: value for key, value in self.headers.items() if key != name})
        raise ValueError(f"`{target}` is no place that can be emptied")

    def carry(self, **values: Any) -> "Request":
        """Return this request with JSON values that go with it from page to page and are never sent."""
        return replace(self, carried={**self.carried, **values})

    def content(self) -> tuple[str, bytes] | None:
        """Return the body as it is sent, with its content type in front; None without one."""
        if self.body is None:
            return None
        declared = next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")
        if not declared.lower().startswith(_FORM):
            return declared or "application/json", json.dumps(self.body).encode()
        return declared, urlencode(list(_pairs(self.body)), quote_via=quote).encode()

    def stored(self) -> dict[str, Any]:
        """Return the request as JSON values, without what is empty."""
        return self._sent() | ({"carried": dict(self.carried)} if self.carried else {})

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Request":
        """Return the request that `stored` once wrote down."""
        return cls(**{**stored, "query": _from_lists(stored.get("query", {}))})

    def fingerprint(self) -> str:
        """Return the same text for requests that ask for the same, whatever the order of their parameters."""
        canonical = json.dumps(self._sent(), sort_keys=True).encode()
        return hashlib.sha256(canonical).hexdigest()[:32]

    def _filled(self, hole: str, value: str) -> "Request":
        query, headers, body = (_fill(one, hole, value) for one in (self.query, self.headers, self.body))
        filled = replace(self, query=query, headers=headers, body=body)
        if filled == self:
            raise ConfigError(
                f"no parameter, header or body of the request has `{hole}` in it; write it where it belongs"
            )
        return filled

    def _sent(self) -> dict[str, Any]:
        parts = {
            "method": self.method,
            "path": self.path,
            "query": {name: list(value) if isinstance(value, tuple) else value for name, value in self.query.items()},
            "headers": dict(self.headers),
            "fill": dict(self.fill),
        }
        body = {} if self.body is None else {"body": dict(self.body)}
        return {name: part for name, part in parts.items() if part} | body

    def __str__(self) -> str:
        """Return the request as an error names it: `GET /contacts?cursor=b`."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        filled = self.path
        for name, value in self.fill.items():
            filled = filled.replace(f"{{{name}}}", value)
        body = f" {json.dumps(self.body)}" if self.body else ""
        mark = "" if not query else "&" if "?" in filled else "?"
        return shortened(f"{self.method} {filled}{mark}{query}{body}", 240)


def _header_text(value: Any) -> str:
    # Headers are sent in Latin-1; this way the bytes of any other text are those of UTF-8.
    text = exact_json(value)
    return text if text.isascii() else text.encode().decode("latin-1")


def _pairs(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a form: an array is one field several times, an object its JSON text."""
    for name, value in body.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            yield name, "" if each is None else exact_json(each)


def _from_lists(values: Mapping[str, Any]) -> dict[str, QueryValue]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _fill(value: Any, hole: str, filling: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _fill(inner, hole, filling) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_fill(inner, hole, filling) for inner in value)
    return value.replace(hole, filling) if isinstance(value, str) else value


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


def _without(body: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = path
    inner = body.get(first)
    if rest and isinstance(inner, Mapping):
        return {**body, first: _without(inner, tuple(rest))}
    return {key: value for key, value in body.items() if rest or key != first}

"""An API's specification (OpenAPI 2, 3.0, 3.1): where it is served, how it is signed, what is listed by GET."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from glue_lib.discover import names
from glue_lib.discover.answer import records_of
from glue_lib.discover.endpoint import Endpoint, Parameter
from glue_lib.discover.example import Examples
from glue_lib.discover.names import plain
from glue_lib.discover.noted import one_line
from glue_lib.discover.paging import TOKEN_PARAMS
from glue_lib.discover.pointers import Document
from glue_lib.errors import ConfigError

_MOST_PATHS = 5000
_JSON = re.compile(r"application/([\w.+-]+\+)?json\b.*|\*/\*|text/json.*")


@dataclass(frozen=True)
class Listed:
    """What a specification has to read: endpoints, and what was left out with the reason."""

    endpoints: tuple[Endpoint, ...]
    left_out: tuple[tuple[str, str], ...]  # path, reason


class Specification:
    """One specification, as plain values."""

    def __init__(self, root: Any, name: str, url: str = "") -> None:
        if not is_specification(root):
            told = "is no OpenAPI specification: it has no `openapi: 3…` or `swagger: 2…`, or no `paths`"
            raise ConfigError(f"{name}: {told}")
        self.document = Document(root)
        self._root, self._url = root, url
        self.is_old = "swagger" in root

    @property
    def title(self) -> str:
        """Return what the API is called."""
        info = _mapping(self._root.get("info"))
        return one_line(str(info.get("title") or ""))

    def base_url(self) -> str | None:
        """Return where the API is served; None where the specification does not say so on its own."""
        if self.is_old:
            return self._old_base_url()
        servers = self._root.get("servers")
        server = _mapping(servers[0]) if isinstance(servers, list) and servers else {}
        url = str(server.get("url") or "/")
        for name, variable in _mapping(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(_mapping(variable).get("default", "")))
        return self._absolute(url)

    def listed(self, *, is_probing: bool) -> Listed:
        """Return the endpoints that give records; where they are asked anyway, those of unknown answers, too."""
        found: list[Endpoint] = []
        left_out: list[tuple[str, str]] = []
        paths = list(_mapping(self._root.get("paths")).items())
        if len(paths) > _MOST_PATHS:
            left_out.append((f"{len(paths) - _MOST_PATHS} paths", f"only the first {_MOST_PATHS} are looked at"))
        for path, given in paths[:_MOST_PATHS]:
            item = _mapping(self.document.at(given))
            if not isinstance(path, str) or not path.startswith("/") or re.search(r"[\s?#]", path):
                left_out.append((str(path), "it is no path of an endpoint"))
                continue
            operation = _mapping(item.get("get"))
            if not operation:
                left_out += [(path, "it is asked by POST, which discovery does not try")] if _may_list(item) else []
                continue
            endpoint = self._endpoint(path, item, operation, {one.name for one in found})
            reason = _useless(endpoint, is_probing=is_probing)
            if reason:
                left_out.append((path, reason))
            else:
                found.append(endpoint)
        return Listed(tuple(found), tuple(left_out))

    def security(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the security schemes, those that requests need by the specification first."""
        components = _mapping(self._root.get("components"))
        schemes = _mapping(self._root.get("securityDefinitions") if self.is_old else components.get("securitySchemes"))
        wanted = self._root.get("security")
        first = [name for one in wanted if isinstance(one, dict) for name in one] if isinstance(wanted, list) else []
        for name in dict.fromkeys([*first, *schemes]):
            scheme = _mapping(self.document.at(schemes.get(name)))
            if scheme:
                yield str(name), scheme

    def _endpoint(self, path: str, item: Mapping[str, Any], operation: Mapping[str, Any], taken: set[str]) -> Endpoint:
        parameters = list(self._parameters(item, operation))
        has_token = any(plain(one.name) in TOKEN_PARAMS for one in parameters)
        example, headers = self._answer(operation, link_at_next=not has_token)
        return Endpoint(
            names.unlike(names.of_path(path), taken),
            path,
            known=tuple(parameters),
            example=example,
            headers=headers,
            about=one_line(str(operation.get("summary") or "")),
        )

    def _parameters(self, item: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Parameter]:
        given = [*_list(item.get("parameters")), *_list(operation.get("parameters"))]
        for one in (_mapping(self.document.at(each)) for each in given[:200]):
            name = one.get("name")
            if one.get("in") != "query" or not isinstance(name, str) or not name.strip():
                continue
            schema = one if self.is_old else _mapping(self.document.at(one.get("schema")))
            default = schema.get("default")
            yield Parameter(
                name,
                one.get("required") is True,
                default if isinstance(default, str | int | float) else None,
                _whole(schema.get("minimum")),
                _whole(schema.get("maximum")),
                one_line(str(one.get("description") or "")),
            )

    def _answer(self, operation: Mapping[str, Any], *, link_at_next: bool) -> tuple[Any, tuple[str, ...]]:
        responses = _mapping(operation.get("responses"))
        good = next((key for key in responses if str(key) in ("200", "2XX", "2xx", "default")), None)
        answer = _mapping(self.document.at(responses.get(good)))
        headers = tuple(str(name) for name in _mapping(answer.get("headers")))
        media = answer
        if not self.is_old:
            content = _mapping(answer.get("content"))
            media = _mapping(next((content[kind] for kind in content if _JSON.fullmatch(str(kind))), None))
        made = Examples(self.document, link_at_next=link_at_next).of(media.get("schema"))
        return (made if made not in (None, {}) else _shown(self.document, media)), headers

    def _old_base_url(self) -> str | None:
        host, path = self._root.get("host"), str(self._root.get("basePath") or "/")
        if not isinstance(host, str) or not host:
            return self._absolute(path)
        schemes = _list(self._root.get("schemes"))
        scheme = "https" if "https" in schemes or not schemes else str(schemes[0])
        return f"{scheme}://{host}{path}".rstrip("/")

    def _absolute(self, url: str) -> str | None:
        absolute = urljoin(self._url, url) if self._url else url
        return absolute.rstrip("/") if re.match(r"https?://[^/]", absolute) else None


def is_specification(root: Any) -> bool:
    """Return whether a document is a specification of a version that is read here."""
    if not isinstance(root, dict) or not isinstance(root.get("paths"), dict):
        return False
    return str(root.get("openapi", "")).startswith("3") or str(root.get("swagger", "")).startswith("2")


def _useless(endpoint: Endpoint, *, is_probing: bool) -> str:
    """Return why an endpoint is no stream, or nothing."""
    if endpoint.is_one_record:
        return "it gives one record of a list"
    if endpoint.example is None:
        return "" if is_probing else "the specification does not say what it answers"
    found = records_of(endpoint.example, endpoint.words)
    if found is None or found.where == "[@]":
        return "its answer has no array of records"
    return ""


def _may_list(item: Mapping[str, Any]) -> bool:
    operation = _mapping(item.get("post"))
    words = plain(f"{operation.get('operationId')} {operation.get('summary')}")
    return any(word in words for word in ("search", "list", "query", "find"))


def _shown(document: Document, media: Mapping[str, Any]) -> Any:
    """Return the example that an answer has in place of a schema."""
    if isinstance(media.get("example"), dict | list):
        return media["example"]
    for one in _mapping(media.get("examples")).values():
        shown = _mapping(document.at(one)).get("value", one)
        if isinstance(shown, dict | list):
            return shown
    return None


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None

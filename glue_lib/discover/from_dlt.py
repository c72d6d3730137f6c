"""dlt's REST API source: its configuration of `client`, `resource_defaults` and `resources`, as far as it maps."""

import re
from collections.abc import Mapping
from typing import Any

from glue_lib.discover import names
from glue_lib.discover.foreign import (
    EMPTY,
    Fields,
    Import,
    as_text,
    body_place,
    dotted_path,
    elements,
    found_at,
    mapping,
    plain,
)
from glue_lib.discover.noted import Noted
from glue_lib.discover.python_literal import CODE
from glue_lib.spec.document import Node
from glue_lib.spec.layers import merged

_WRITES = {"merge": "upsert", "append": "append", "replace": "replace"}
_CODE = "is Python code, which is not run"


def configuration(root: Node) -> Node | None:
    """Return the configuration in a JSON or YAML file: the mapping of `client` and `resources`."""
    return next(found_at(root, "client", "resources"), None)


def imported(root: Node, source: str) -> Import:
    """Return the pipeline that a configuration says."""
    into = Import(source)
    client = Fields(root.child("client"), into)
    into.base_url = Noted(_base_url(client, into))
    into.auth = _auth(client.take("auth"), into)
    for name, node in mapping(client.take("headers")).items():
        into.headers[name] = into.secret(names.fit(name), node) if _is_secret(name) else _told(node, into)
    paginator = client.take("paginator")
    defaults = root.child("resource_defaults") or EMPTY
    for node in elements(root.child("resources")):
        _resource(node, defaults, paginator, into)
    client.rest()
    Fields(root, into).rest(("client", "resource_defaults", "resources", "type"))
    return into


def _base_url(client: Fields, into: Import) -> str:
    node = client.take("base_url")
    if node is None or not isinstance(node.value, str):
        into.lose(node or client.node, "`base_url` is not there, or Python code; write it into the file")
        return "https://api.example.org"
    return node.value.rstrip("/")


def _resource(node: Node, defaults: Node, paginator: Node | None, into: Import) -> None:
    if isinstance(node.value, str):
        node = Node({"name": node, "endpoint": Node({"path": node}, node.path, node.line)}, node.path, node.line)
    if not isinstance(node.value, dict):
        into.lose(node, _CODE)
        return
    endpoint = node.child("endpoint")
    if endpoint is not None and isinstance(endpoint.value, str):
        node = Node(
            {**node.value, "endpoint": Node({"path": endpoint}, endpoint.path, endpoint.line)}, node.path, node.line
        )
    resource = Fields(merged(defaults, node), into)
    given = resource.text("name") or Fields(resource.take("endpoint"), into).text("path", default="records")
    name = names.unlike(names.fit(given), into.streams)
    stream = _endpoint(Fields(resource.take("endpoint"), into), given, paginator, into)
    key = resource.take("primary_key")
    if key is not None and key.value is not CODE:
        stream["key"] = [as_text(one) for one in elements(key)] or [as_text(key)]
    copied = [as_text(one) for one in elements(resource.take("include_from_parent"))]
    if copied and "{" in str(stream["path"]):
        stream["copy"] = copied
    _write(stream, resource.take("write_disposition"), into)
    resource.rest(("selected", "parallelized"))
    into.streams[name] = stream


def _endpoint(endpoint: Fields, name: str, paginator: Node | None, into: Import) -> dict[str, Any]:
    path = endpoint.text("path", default=name)
    query = path.partition("?")[2]
    stream: dict[str, Any] = {"path": f"/{path.partition('?')[0].lstrip('/')}"}
    if re.match(r"https?://", path):
        into.lose(endpoint.node, f"`{path}` is a whole address; only its path is taken")
        stream["path"] = "/" + path.split("/", 3)[-1].partition("?")[0]
    params = {key: value for key, _, value in (part.partition("=") for part in query.split("&") if part)}
    cursor: dict[str, Any] = {}
    for key, node in mapping(endpoint.take("params")).items():
        _param(key, node, stream, params, cursor, into)
    method = endpoint.text("method", default="GET").upper()
    if method == "POST":
        stream["method"] = "POST"
    elif method != "GET":
        into.lose(endpoint.node, f"method `{method}` is not asked; only GET and POST are")
    body = endpoint.take("json")
    if body is not None and isinstance(body.value, dict):
        stream["body"] = _holes(_without_code(plain(body)))
    stream["path"] = _holes(stream["path"])
    _incremental(endpoint.take("incremental"), cursor, params, into)
    own = endpoint.take("paginator") or paginator
    pagination = _pagination(own, params, into)
    if params:
        stream["params"] = params
    stream["records"] = _records(endpoint.take("data_selector"), into)
    stream["pagination"] = pagination
    if cursor:
        stream["cursor"] = cursor
    endpoint.rest()
    return stream


def _param(
    key: str, node: Node, stream: dict[str, Any], params: dict[str, Any], cursor: dict[str, Any], into: Import
) -> None:
    kind = Fields(node, into)
    type_ = as_text(node.child("type") or EMPTY) if isinstance(node.value, dict) else ""
    if type_ == "resolve":
        hole = f"{{{names.fit(kind.text('resource'))}.{kind.text('field')}}}"
        if f"{{{key}}}" in stream["path"]:
            stream["path"] = stream["path"].replace(f"{{{key}}}", hole)
        else:
            params[key] = hole
        kind.rest()
    elif type_ == "incremental":
        cursor |= {"field": dotted_path(kind.text("cursor_path")) or "updated_at", "from": f"query.{key}"}
        _start(kind, cursor, into)
    elif isinstance(node.value, str) and "{incremental." in node.value:
        if re.fullmatch(r"\{incremental\.(start_value|last_value|initial_value)\}", node.value):
            cursor["from"] = f"query.{key}"
        elif re.fullmatch(r"\{incremental\.end_value\}", node.value):
            cursor["until"] = f"query.{key}"
        else:
            into.lose(
                node, f"`{node.value}` has the cursor inside of a text; use `from: text.since` and a hole `{{since}}`"
            )
    elif node.value is CODE:
        into.lose(node, _CODE)
    elif node.value is not None:
        params[key] = _holes(plain(node)) if isinstance(node.value, str) else _scalars(plain(node))


def _incremental(node: Node | None, cursor: dict[str, Any], params: dict[str, Any], into: Import) -> None:
    kind = Fields(node, into)
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            into.lose(node, _CODE)
        if cursor and "field" not in cursor:
            cursor.clear()
        return
    cursor.setdefault("field", dotted_path(kind.text("cursor_path")) or "updated_at")
    if start := kind.text("start_param"):
        cursor["from"] = f"query.{start}"
    if end := kind.text("end_param"):
        cursor["until"] = f"query.{end}"
    _start(kind, cursor, into)


def _start(kind: Fields, cursor: dict[str, Any], into: Import) -> None:
    node = kind.take("initial_value")
    if node is not None and node.value is not CODE and not isinstance(node.value, dict | list):
        text = as_text(node)
        cursor["start"] = text
        if re.fullmatch(r"\d{10}", text):
            cursor["format"] = "epoch_s"
        elif re.fullmatch(r"\d{13}", text):
            cursor["format"] = "epoch_ms"
        elif re.fullmatch(r"\d+", text):
            cursor["format"] = "integer"
    elif node is not None:
        into.lose(node, _CODE)
    if "until" in cursor and "from" not in cursor:
        del cursor["until"]
    kind.rest(("type",), "has no counterpart; a cursor begins at `start`, and `--from`/`--to` read a span")


def _records(node: Node | None, into: Import) -> Noted:
    if node is None or not isinstance(node.value, str):
        return Noted("", (), ("dlt looks for the records by itself; say where they are: a path such as `data`",))
    path = dotted_path(node.value)
    if path is None:
        into.lose(node, f"`{node.value}` is no plain path; `records` takes a JMESPath")
        return Noted("", (), (f"was `{node.value}`",))
    return Noted(path)


def _pagination(node: Node | None, params: dict[str, Any], into: Import) -> Any:
    kind = Fields(node, into)
    if node is None or node.value == "auto":
        return Noted(
            "none", (), ("dlt finds out how pages follow; `headwater discover` on the endpoint's address does, too",)
        )
    if node.value is CODE:
        into.lose(node, _CODE)
        return Noted("none", (), ("the paginator is Python code",))
    word = node.value if isinstance(node.value, str) else as_text(node.child("type") or EMPTY)
    made = _PAGINATIONS.get(str(word), _unknown)(kind, params, into)
    if isinstance(node.value, dict):
        kind.rest(("type",), "has no counterpart; the stream ends where the API says so, or with an empty page")
    return made


def _next_url(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    return {"type": "next_url", "read": body_place(kind.text("next_url_path", default="next")) or "body.next"}


def _link(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    if (relation := kind.text("links_next_key", default="next")) != "next":
        into.lose(kind.node, f"a `Link` of relation `{relation}` is not followed, only `next`")
    return {"type": "link"}


def _cursor_pages(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    read = body_place(kind.text("cursor_path", default="cursors.next")) or "body.cursors.next"
    body = kind.text("cursor_body_path")
    write = f"body.{body}" if body else f"query.{kind.text('cursor_param', default='cursor')}"
    return {"type": "token", "read": read, "write": write}


def _header_cursor(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    read = f"header.{kind.text('cursor_key', default='next')}"
    return {"type": "token", "read": read, "write": f"query.{kind.text('cursor_param', default='cursor')}"}


def _offset(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    if limit := kind.text("limit"):
        params.setdefault(kind.text("limit_param", default="limit"), limit)
    kind.take("limit_param")
    pages: dict[str, Any] = {"type": "offset", "write": f"query.{kind.text('offset_param', default='offset')}"}
    if (first := kind.text("offset")) not in ("", "0") and first.isdecimal():
        pages["start"] = int(first)
    if total := body_place(kind.text("total_path")) if kind.text("total_path") else None:
        pages["total"] = total
    kind.take("stop_after_empty_page")
    return pages


def _numbers(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    first = kind.text("base_page", default="0")
    pages: dict[str, Any] = {"type": "page", "write": f"query.{kind.text('page_param', default='page')}"}
    pages["start"] = int(first) if first.isdecimal() else 0
    if total := body_place(kind.text("total_path")) if kind.text("total_path") else None:
        pages["total_pages"] = total
    kind.take("stop_after_empty_page")
    return pages


def _single(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    return {"type": "none"}


def _unknown(kind: Fields, params: dict[str, Any], into: Import) -> Any:
    into.lose(kind.node, "this paginator is not known")
    return Noted("none", (), ("the paginator did not map",))


_PAGINATIONS: Mapping[str, Any] = {
    "json_link": _next_url,
    "json_response": _next_url,
    "header_link": _link,
    "cursor": _cursor_pages,
    "header_cursor": _header_cursor,
    "offset": _offset,
    "page_number": _numbers,
    "single_page": _single,
}


def _auth(node: Node | None, into: Import) -> Any:
    kind = Fields(node, into)
    if node is None:
        return None
    word = node.value if isinstance(node.value, str) else as_text(node.child("type") or EMPTY) or "bearer"
    match word if isinstance(word, str) else "":
        case "bearer":
            return {"type": "bearer", "token": into.secret("token", kind.take("token"))}
        case "http_basic":
            username, password = kind.take("username"), kind.take("password")
            return {
                "type": "basic",
                "username": as_text(username)
                if username and isinstance(username.value, str)
                else into.secret("username", None),
                "password": into.secret("password", password),
            }
        case "api_key":
            place = {"query": "query", "param": "query", "cookie": "cookie"}.get(kind.text("location"), "header")
            write = f"{place}.{kind.text('name', default='Authorization')}"
            return {"type": "api_key", "write": write, "key": into.secret("api_key", kind.take("api_key"))}
        case "oauth2_client_credentials":
            made = {
                "type": word,
                "token_url": kind.text("access_token_url") or "/oauth/token",
                "client_id": into.secret("client_id", kind.take("client_id")),
                "client_secret": into.secret("client_secret", kind.take("client_secret")),
            }
            kind.rest()
            return made
    into.lose(node, "this kind of auth did not map; see `auth:` in docs/apis.md")
    return None


def _write(stream: dict[str, Any], node: Node | None, into: Import) -> None:
    word = "append"
    if node is not None and isinstance(node.value, dict):
        kind = Fields(node, into)
        word = kind.text("disposition", default="append")
        kind.rest((), "has no counterpart; `write: history` keeps old versions")
    elif node is not None and isinstance(node.value, str):
        word = node.value
    write = _WRITES.get(word, "append")
    if write == "upsert" and not stream.get("key"):
        stream["write"] = Noted("append", (), ("was `merge` without a key; name one, and write `upsert`",))
    elif write == "replace" and stream.get("cursor"):
        told = "was `replace`, which would delete what the cursor does not bring"
        stream["write"] = Noted("upsert" if stream.get("key") else "append", (), (told,))
    else:
        stream["write"] = write


def _holes(value: Any) -> Any:
    """Return texts with `{resources.posts.id}` as `{posts.id}`."""
    if isinstance(value, dict):
        return {key: _holes(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_holes(inner) for inner in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\{resources\.(\w+)\.([^{}]+)\}", lambda found: f"{{{names.fit(found[1])}.{found[2]}}}", value)


def _without_code(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_code(inner) for key, inner in value.items() if inner is not CODE}
    return [_without_code(inner) for inner in value if inner is not CODE] if isinstance(value, list) else value


def _scalars(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _told(node: Node, into: Import) -> str:
    if isinstance(node.value, str | int | float):
        return as_text(node)
    into.lose(node, _CODE)
    return ""


def _is_secret(name: str) -> bool:
    return re.fullmatch(r"(proxy-)?authorization|cookie|.*(api-?key|-token|secret)", name, re.IGNORECASE) is not None

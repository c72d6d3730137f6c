"""Configurations in Python source, read from its syntax tree: nothing in it is ever run.

What a value would become only by running it is `CODE`, and told; a few well known calls are read by their arguments.
"""

import ast
from collections.abc import Mapping
from typing import Any

from glue_lib.errors import ConfigError
from glue_lib.spec.document import Node
from glue_lib.spec.problem import Path

CODE = object()
_DEEPEST = 100
_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {  # class -> `type:`, and the names of its first arguments
    "BearerTokenAuth": ("bearer", ("token",)),
    "APIKeyAuth": ("api_key", ("name", "api_key", "location")),
    "HttpBasicAuth": ("http_basic", ("username", "password")),
    "OAuth2ClientCredentials": ("oauth2_client_credentials", ("access_token_url", "client_id", "client_secret")),
    "JSONLinkPaginator": ("json_link", ("next_url_path",)),
    "JSONResponsePaginator": ("json_link", ("next_url_path",)),
    "HeaderLinkPaginator": ("header_link", ("links_next_key",)),
    "HeaderCursorPaginator": ("header_cursor", ("cursor_key", "cursor_param")),
    "JSONResponseCursorPaginator": ("cursor", ("cursor_path", "cursor_param")),
    "OffsetPaginator": ("offset", ("limit", "offset", "offset_param", "limit_param", "total_path")),
    "PageNumberPaginator": ("page_number", ("base_page", "page", "page_param", "total_path")),
    "SinglePagePaginator": ("single_page", ()),
    "incremental": ("incremental", ("cursor_path", "initial_value")),
}


class Source:
    """One Python file."""

    def __init__(self, text: str, name: str, secret: str) -> None:
        try:
            self._tree = ast.parse(text)
        except SyntaxError as error:
            raise ConfigError(f"{name}:{error.lineno or 1}: is not Python: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError):
            raise ConfigError(f"{name}: is no Python that can be read") from None
        self._secret = secret
        self._constants = {
            target.id: node.value
            for node in self._tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def configurations(self) -> list[Node]:
        """Return the dictionaries, and the arguments of calls, that have `client` and `resources`."""
        found: list[Node] = []
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Dict):
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                if {"client", "resources"} <= keys:
                    found.append(self._node(node, (), 0))
            elif isinstance(node, ast.Call):
                given = {word.arg: word.value for word in node.keywords if word.arg}
                if {"client", "resources"} <= set(given):
                    inner = {name: self._node(value, (name,), 1) for name, value in given.items()}
                    found.append(Node(inner, (), node.lineno))
        return found

    def _node(self, node: ast.expr, path: Path, depth: int) -> Node:
        line = getattr(node, "lineno", None)
        if depth > _DEEPEST:
            return Node(CODE, path, line)
        if isinstance(node, ast.Dict):
            return Node(self._entries(node, path, depth), path, line)
        if isinstance(node, ast.List | ast.Tuple):
            inner = [self._node(one, (*path, number), depth + 1) for number, one in enumerate(node.elts)]
            return Node(inner, path, line)
        if isinstance(node, ast.Name) and node.id in self._constants:
            return self._node(self._constants[node.id], path, depth + 10)
        if isinstance(node, ast.Call):
            return self._call(node, path, depth)
        return Node(self._scalar(node, depth), path, line)

    def _entries(self, node: ast.Dict, path: Path, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:  # `**other`
                other = self._node(value, path, depth + 1)
                entries |= other.value if isinstance(other.value, dict) else {"**": other}
            elif isinstance(key, ast.Constant):
                entries[str(key.value)] = self._node(value, (*path, str(key.value)), depth + 1)
            else:
                entries[ast.unparse(key)] = Node(CODE, path, node.lineno)
        return entries

    def _call(self, node: ast.Call, path: Path, depth: int) -> Node:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _KINDS:
            return Node(self._scalar(node, depth), path, node.lineno)
        kind, arguments = _KINDS[name]
        given = dict(zip(arguments, node.args, strict=False)) | {
            word.arg: word.value for word in node.keywords if word.arg
        }
        inner = {key: self._node(value, (*path, key), depth + 1) for key, value in given.items()}
        return Node({"type": Node(kind, path, node.lineno), **inner}, path, node.lineno)

    def _scalar(self, node: ast.expr, depth: int) -> Any:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str | int | float | bool | None) else CODE
        if isinstance(node, ast.JoinedStr):
            parts = [self._scalar(one, depth + 1) for one in node.values]
            return "".join(map(str, parts)) if CODE not in parts else CODE
        if isinstance(node, ast.FormattedValue):
            return self._node(node.value, (), depth + 10).value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self._node(one, (), depth + 1).value for one in (node.left, node.right)]
            return "".join(parts) if all(isinstance(one, str) for one in parts) else CODE
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self._scalar(node.operand, depth + 1)
            return -value if isinstance(value, int | float) else CODE
        return self._reference(node)

    def _reference(self, node: ast.expr) -> Any:
        """Return a reference for `dlt.secrets["a.b"]`, `os.environ["A"]` and the like; else `CODE`."""
        text = ast.unparse(node)
        key = None
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            key = str(node.slice.value)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            key = str(node.args[0].value)
        if key and text.startswith(("os.environ", "os.getenv", "getenv(", "environ[")):
            return f"${{env:{key}}}" if key.isidentifier() else CODE
        if text.startswith(("dlt.secrets", "dlt.config")):
            field = "".join(each if each.isalnum() else "_" for each in (key or "token").rpartition(".")[2]) or "token"
            return f"${{secret:{self._secret}#{field}}}"
        return CODE

"""An Airbyte manifest as one reads it: references followed, parameters handed down, templates told apart."""

import re
from typing import Any

from glue_lib.discover.foreign import EMPTY, as_text, mapping
from glue_lib.spec.document import Node

_DEEPEST = 30
_TEMPLATE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_KEY = r"""(?:\.(\w[\w-]*)|\[\s*['"]([^'"]+)['"]\s*\]|\.get\(\s*['"]([^'"]+)['"][^()]*\))"""
_ROOTS = "response|config|parameters|options|headers|last_record|record|stream_slice|stream_partition|stream_interval"
_PATH = re.compile(rf"({_ROOTS}|last_records\[-1\])((?:{_KEY})*)")


class Manifest:
    """A manifest's tree; `component` returns one of its parts as it is meant."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def component(self, node: Node | None, parameters: dict[str, Node] | None = None, depth: int = 0) -> Node:
        """Return a component: what it refers to, under its own fields, and with the parameters that it inherits."""
        if node is None or depth > _DEEPEST:
            return EMPTY
        if isinstance(node.value, str) and node.value.startswith("#/"):
            return self.component(self._target(node.value), parameters, depth + 1)
        if not isinstance(node.value, dict):
            return node
        fields = dict(node.value)
        reference = fields.pop("$ref", None)
        if reference is not None and isinstance(reference.value, str):
            fields = {**mapping(self.component(self._target(reference.value), None, depth + 1)), **fields}
        own = mapping(fields.get("$parameters") or fields.get("$options"))
        if parameters or own:
            fields["$parameters"] = Node({**(parameters or {}), **own}, node.path, node.line)
        return Node(fields, node.path, node.line)

    def child(self, component: Node, name: str) -> Node | None:
        """Return a field of a component; a parameter of its name stands in for one that is not there."""
        parameters = mapping(component.child("$parameters"))
        found = component.child(name)
        if found is None or found.value in (None, "", []):
            found = parameters.get(name, found)
        if found is None:
            return None
        if isinstance(found.value, dict) or (isinstance(found.value, str) and found.value.startswith("#/")):
            return self.component(found, parameters)
        return self.filled(found, component)

    def filled(self, node: Node, component: Node) -> Node:
        """Return a text with its templates of parameters filled."""
        if not isinstance(node.value, str) or "{{" not in node.value:
            return node
        parameters = mapping(component.child("$parameters"))

        def value(found: re.Match[str]) -> str:
            path = path_of(found[1])
            if path and path[0] in ("parameters", "options") and len(path) == 2:
                known = parameters.get(path[1])
                if known is not None and not isinstance(known.value, dict | list):
                    return as_text(known)
            return found[0]

        return Node(_TEMPLATE.sub(value, node.value), node.path, node.line)

    def _target(self, reference: str) -> Node | None:
        found: Node | None = self.root
        for step in reference.removeprefix("#/").split("/"):
            found = found.child(step) if found else None
        return found


def templates(text: str) -> list[str]:
    """Return what stands between the braces of a text."""
    return _TEMPLATE.findall(text)


def path_of(template: str) -> list[str] | None:
    """Return the keys of a template such as `response['paging'].next`, its root first; None for any other."""
    found = _PATH.fullmatch(template.strip().strip("()"))
    if not found:
        return None
    keys = [next(filter(None, key)) for key in re.findall(_KEY, found[2])]
    root = "last_record" if found[1].startswith("last_record") else found[1]
    return ["parameters" if root == "options" else root, *keys]


def only(text: str) -> str | None:
    """Return the one template that a text is, or None."""
    found = _TEMPLATE.fullmatch(text.strip())
    return found[1] if found else None


def span(text: str) -> str | None:
    """Return an ISO 8601 duration as a pipeline file writes it: `P30D` is `30d`; None for one that is mixed."""
    found = re.fullmatch(
        r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text
    )
    if not found:
        return None
    units = ("y", "mo", "w", "d", "h", "m", "s")
    given = [(count, unit) for count, unit in zip(found.groups(), units, strict=True) if count and count != "0"]
    if len(given) != 1 or "." in given[0][0]:
        return None
    count, unit = given[0]
    return {"y": f"{int(count) * 12}mo" if count.isdecimal() else None, "w": f"{int(count) * 7}d"}.get(
        unit, f"{count}{unit}"
    )


def quoted(keys: list[str]) -> str:
    """Return keys as a dotted path."""
    return ".".join(key if re.fullmatch(r"[\w@$-]+", key) else f'"{key}"' for key in keys)


def value_of(node: Node | None, default: Any = "") -> Any:
    """Return a scalar, or the default."""
    return default if node is None or isinstance(node.value, dict | list) or node.value is None else node.value

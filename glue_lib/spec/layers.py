"""How the parts of a file lie over each other: overrides over the file, a stream over `defaults`.

Mappings are merged key by key, everything else is replaced; a null takes away what lies below it. Every value keeps
the place it was written at, so that a wrong default is told once, at its own line.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from glue_lib.spec.document import Node, given, read
from glue_lib.spec.problem import Problem, no_such

FAMILIES = ("pagination", "write")  # fields of a stream that hold one kind of several


def overridden(root: Node, settings: Mapping[str, Any]) -> tuple[Node, list[Problem]]:
    """Return the tree with values set by their dotted path, such as `limits.concurrency`, and what fits nowhere."""
    problems: list[Problem] = []
    for name, value in settings.items():
        keys = tuple(name.split("."))
        misplaced = _misplaced(root, keys)
        if misplaced:
            problems.append(Problem(keys, None, misplaced))
        else:
            root = _put(root, keys, given(value, keys))
    return root, problems


def setting(text: str) -> tuple[str, Any]:
    """Read `a.b=VALUE`; the value is read as the file would: `2` is a number, `[id]` a list, `"2"` text."""
    name, _, written = text.partition("=")
    document = read(f"- {written}") if written.strip() else None
    if document is None:
        return name.strip(), None
    is_one_value = document.root is not None and not document.problems and len(document.root.value) == 1
    return name.strip(), plain(document.root.value[0]) if is_one_value and document.root else written


def with_defaults(root: Node) -> Node:
    """Return the tree with each stream laid over `defaults`."""
    streams, defaults = root.child("streams"), root.child("defaults")
    if streams is None or not isinstance(streams.value, dict):
        return root
    below = replace(defaults, path=()) if defaults and isinstance(defaults.value, dict) else None
    merged = {name: _stream(below, stream) for name, stream in streams.value.items()}
    return replace(root, value={**root.value, "streams": replace(streams, value=merged)})


def merged(below: Node, above: Node) -> Node:
    """Return `above` laid over `below`; kinds of different `type` do not mix."""
    if not isinstance(below.value, dict) or not isinstance(above.value, dict) or _is_other_kind(below, above):
        return above
    values = dict(below.value)
    for key, node in above.value.items():
        if node.value is None and key in values:
            del values[key]
        else:
            values[key] = merged(values[key], node) if key in values else node
    return replace(above, value=values)


def plain(node: Node) -> Any:
    """Return the value without its places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def _stream(defaults: Node | None, stream: Node) -> Node:
    if stream.value is None:
        stream = replace(stream, value={})  # `contacts:` with nothing below takes all from the defaults
    return merged(defaults, stream) if defaults else stream


def _is_other_kind(below: Node, above: Node) -> bool:
    kinds = [kind.value for kind in (below.child("type"), above.child("type")) if kind]
    return len(above.path) == 3 and above.path[2] in FAMILIES and len(kinds) == 2 and kinds[0] != kinds[1]


def _misplaced(root: Node, keys: tuple[str, ...]) -> str | None:
    if not all(keys):
        return "is no dotted path; write `limits.concurrency=2`"
    streams = root.child("streams")
    known = sorted(streams.value) if streams and isinstance(streams.value, dict) else []
    if known and keys[0] == "streams" and len(keys) > 1 and keys[1] not in known:
        return no_such("stream", keys[1], known)
    for depth in range(1, len(keys)):
        node = root.at(*keys[:depth])
        if node and node.value is not None and not isinstance(node.value, dict):
            return f"`{'.'.join(keys[:depth])}` has no fields to set; set it as a whole"
    return None


def _put(node: Node, keys: tuple[str, ...], value: Node) -> Node:
    if not keys:
        return value
    held = node.value if isinstance(node.value, dict) else {}
    below = held.get(keys[0]) or Node(None, value.path[: len(value.path) - len(keys) + 1], None)
    return replace(node, value={**held, keys[0]: _put(below, keys[1:], value)})

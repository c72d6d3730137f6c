"""What no single field can know: whether the parts of a file fit together.

The checks look at the tree, not at the models, so that they also speak when another field is wrong: all errors of a
file are told at once.
"""

import re
from collections.abc import Iterator

from glue_lib.kind import members
from glue_lib.lake.write.base import WriteMode
from glue_lib.spec import references
from glue_lib.spec.credential_checks import credentials
from glue_lib.spec.deletion_checks import deletions, tells_deletions
from glue_lib.spec.document import Node
from glue_lib.spec.fan_out_checks import fan_outs, fans_out
from glue_lib.spec.problem import Problem

_READ_OTHERWISE = re.compile(r"(y|yes|n|no|on|off|true|false|null)\Z", re.IGNORECASE)
_RESOLVED = ("auth", "base_url", "headers", "tls")  # what is resolved at the moment of sending
_NOT_RESOLVED = "has a reference; references are resolved in `auth`, `tls`, `base_url` and the source's `headers` only"


def problems(root: Node) -> list[Problem]:
    """Return what does not fit together in a file whose streams lie over their defaults already."""
    found = [*_read_alike(root), *_references(root), *credentials(root, streams(root))]
    found += [*fan_outs(root), *deletions(streams(root))]
    for stream in streams(root).values():
        found += [*_key(stream), *_replaced(stream)]
    return found


def streams(root: Node) -> dict[str, Node]:
    """Return the streams that can be looked at."""
    return {name: stream for name, stream in _held(root.child("streams")).items() if isinstance(stream.value, dict)}


def _read_alike(root: Node) -> Iterator[Problem]:
    """Terraform reads these too, by older rules of YAML: there a bare `on` is true, also as a name."""
    text = "`{}` is a truth value to other readers of YAML; write it in quotes"
    for node in (root.child("source"), root.child("database")):
        if node and node.is_bare and _READ_OTHERWISE.match(node.written):
            yield Problem(node.path, node.line, text.format(node.written))
    for name, stream in streams(root).items():
        if stream.key_is_bare and _READ_OTHERWISE.match(name):
            yield Problem(stream.path, stream.line, text.format(name))


def _references(root: Node) -> Iterator[Problem]:
    for node in _texts(root):
        wrong = references.fault(node.value)
        if wrong:
            yield Problem(node.path, node.line, wrong)
        elif references.find(node.value) and node.path[0] not in _RESOLVED:
            yield Problem(node.path, node.line, _NOT_RESOLVED)


def _key(stream: Node) -> Iterator[Problem]:
    word, node = _write(stream)
    key, mode = stream.child("key"), members("glue_lib.lake.write", WriteMode).get(word)
    if mode and getattr(mode, "needs_key", False) and not (key and key.value):
        told = f"is missing; `write: {word}` needs the fields that identify a record, such as `[id]`"
        yield Problem((*stream.path, "key"), node.line, told)


def _replaced(stream: Node) -> Iterator[Problem]:
    if tells_deletions(stream):
        return
    word, _ = _write(stream)
    cursor = stream.child("cursor")
    if word == "replace" and cursor and cursor.value is not None:
        told = "brings only what is new, and `write: replace` would delete the rest"
        allowed = "write `upsert` or `append`, or read everything with `cursor: null`"
        yield Problem(cursor.path, cursor.line, f"{told}; {allowed}")
    only_changed = stream.child("only_changed")
    if word == "replace" and only_changed and only_changed.value is True and fans_out(stream):
        why = "asks only for parents that changed, and `write: replace` would delete the rows of the others"
        yield Problem(only_changed.path, only_changed.line, f"{why}; write `upsert` or `append`, or leave it out")


def _write(stream: Node) -> tuple[str, Node]:
    node = stream.child("write")
    kind = node.child("type") or node if node else None
    return (kind.value, kind) if kind and isinstance(kind.value, str) else ("replace", stream)


def _held(node: Node | None) -> dict[str, Node]:
    return node.value if node and isinstance(node.value, dict) else {}


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    below = node.value if isinstance(node.value, list) else _held(node).values()
    for child in below:
        yield from _texts(child)

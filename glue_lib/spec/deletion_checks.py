"""Whether what a file says of deletions fits together: flags need a table whose rows can go, and so do streams."""

from collections.abc import Iterator, Mapping
from typing import Any

from glue_lib.api.fan_out import holes
from glue_lib.kind import members
from glue_lib.lake.write.base import WriteMode
from glue_lib.spec.document import Node
from glue_lib.spec.fan_out_checks import fans_out
from glue_lib.spec.layers import plain
from glue_lib.spec.problem import Problem, no_such

_MODES = "`upsert`, `snapshot` or `history`"


def deletions(streams: Mapping[str, Node]) -> Iterator[Problem]:
    """Yield what is wrong with `deleted` and `deletes` of streams whose defaults lie below them already."""
    for stream in streams.values():
        node = stream.child("deletes")
        if node and isinstance(node.value, str) and node.value:
            yield from _of_another(stream, node, streams)
            yield from _below(stream, streams)
        else:
            yield from _of_its_own(stream)


def tells_deletions(stream: Node) -> bool:
    """Return whether a stream's records are the deletions of another's, so that it has no table."""
    node = stream.child("deletes")
    return bool(node and node.value)


def _of_its_own(stream: Node) -> Iterator[Problem]:
    node = stream.child("deleted")
    if node and node.value is not None and not _can_delete(stream):
        told = f"says which records are deleted, and `write: {_mode(stream)}` deletes none; write {_MODES}"
        yield Problem(node.path, node.line, told)


def _of_another(stream: Node, node: Node, streams: Mapping[str, Node]) -> Iterator[Problem]:
    target = streams.get(node.value)
    if target is None:
        yield Problem(node.path, node.line, no_such("stream", node.value, streams))
        return
    deleted = stream.child("deleted")
    if deleted and deleted.value is not None:
        told = "is of no use here: with `deletes`, every record is a deletion; leave out one of them"
        yield Problem(deleted.path, deleted.line, told)
    if tells_deletions(target):
        yield Problem(node.path, node.line, f"`{node.value}` has no table, since it deletes records itself")
    elif not _can_delete(target):
        told = f"`{node.value}` has `write: {_mode(target)}`, which deletes no records; write {_MODES} there"
        yield Problem(node.path, node.line, told)
    elif fans_out(target) and not _value(target, "key_is_global"):
        told = f"`{node.value}` is a fan-out, whose key has its parent's key in front; set `key_is_global: true` there"
        yield Problem(node.path, node.line, told)
    wanted, found = _value(target, "key") or [], _value(stream, "key") or []
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) != len(found):
        fields = ", ".join(str(one.value) for one in wanted)
        told = f"needs one field for each of the key of `{node.value}` ({fields}), in that order, whatever their names"
        yield Problem((*stream.path, "key"), (stream.child("key") or node).line, told)


def _below(deleting: Node, streams: Mapping[str, Node]) -> Iterator[Problem]:
    """Tell of fan-outs over a stream of deletions: it is read behind the stream that it deletes records of."""
    name = deleting.path[-1]
    for stream in streams.values():
        for node in filter(None, map(stream.child, ("path", "params", "headers", "body"))):
            if any(hole.partition(".")[0] == name for hole in holes(plain(node))):
                told = f"takes records of `{name}`, which tells deletions only; ask with those of another stream"
                yield Problem(node.path, node.line, told)


def _can_delete(stream: Node) -> bool:
    mode: Any = members("glue_lib.lake.write", WriteMode).get(_mode(stream))
    return mode is None or mode.deletes  # a mode that there is not is told elsewhere


def _mode(stream: Node) -> str:
    found = _value(stream, "write")
    if isinstance(found, dict) and "type" in found:
        found = found["type"].value
    return found if isinstance(found, str) else "replace"


def _value(stream: Node, field: str) -> Any:
    node = stream.child(field)
    return node.value if node else None

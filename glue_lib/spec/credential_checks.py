"""No credential stands in a file: where one belongs there is a reference, and elsewhere none belongs."""

import re
from collections.abc import Iterator

from glue_lib.api.auth.base import Auth, IsCredential
from glue_lib.kind import members
from glue_lib.spec import references
from glue_lib.spec.document import Node
from glue_lib.spec.problem import Problem

_NO_LITERAL = f"must be a reference, so that no credential stands in a file; allowed: {references.FORMS}"
_NO_REFERENCE = f"refers to no credential; what it holds must be references; allowed: {references.FORMS}"
_MISPLACED = "looks like a credential; it belongs in the source's `auth` or `headers`, as a reference"
_FIELD = re.compile(r".*(key|password|passwd|passphrase|secret|token|pin)\Z", re.IGNORECASE)
_HEADER = re.compile(r"(proxy-)?authorization\Z|cookie\Z|.*(api-?key|-token|secret)\Z", re.IGNORECASE)
_PARAM = re.compile(r"(.*[_-])?(api_?key|access_?token|auth_?token|client_?secret|password|secret)\Z", re.IGNORECASE)


def credentials(root: Node, streams: dict[str, Node]) -> Iterator[Problem]:
    """Yield where a credential stands, or looks as if it did, in a file whose streams lie over their defaults."""
    yield from _in_auth(root.child("auth"))
    yield from _literals(root.child("headers"), _HEADER)
    yield from _literals(root.child("tls"), _FIELD)
    for asked in (part for stream in streams.values() for part in (stream, *_lists(stream))):
        for field, pattern in (("headers", _HEADER), ("params", _PARAM), ("body", _PARAM)):
            for name, node in _held(asked.child(field)).items():
                if node.value is not None and pattern.match(name):
                    yield Problem(node.path, node.line, _MISPLACED)


def _lists(stream: Node) -> list[Node]:
    """Return the embedded lists of a stream, which are asked for by themselves."""
    complete = stream.child("complete")
    return complete.value if complete and isinstance(complete.value, list) else []


def _in_auth(auth: Node | None) -> Iterator[Problem]:
    """Yield each literal in a field for credentials, and a kind that refers to none though it needs one."""
    kind = _kind(auth)
    if auth is None or kind is None:
        return
    marked = [info.alias or name for name, info in kind.model_fields.items() if _is_marked(info.metadata)]
    refers = any(_has_reference(node) for node in _texts(auth))
    found = []
    for name, node in _held(auth).items():
        if name in marked and isinstance(node.value, str):
            # A single letter is what some APIs want beside a key, and no password.
            found += [node] if not _has_reference(node) and (len(node.value) > 1 or not refers) else []
        else:
            found += list(_looking_secret(node))
    yield from (Problem(node.path, node.line, _NO_LITERAL) for node in found)
    if not found and not refers and kind.needs_reference:
        yield Problem(auth.path, auth.line, _NO_REFERENCE)


def _looking_secret(node: Node) -> Iterator[Node]:
    """Yield the literals below a field of many values, such as a login's body, whose names say what they are."""
    for name, below in _held(node).items():
        bare = name.partition(".")[2] or name  # the place of a key: `query.app_key`
        if isinstance(below.value, str) and (_FIELD.match(bare) or _HEADER.match(bare)):
            # A recipe such as `{signature}` is filled for each request.
            if len(below.value) > 1 and not _has_reference(below) and "{" not in below.value:
                yield below
        else:
            yield from _looking_secret(below)


def _literals(held: Node | None, pattern: re.Pattern[str]) -> Iterator[Problem]:
    for name, node in _held(held).items():
        if pattern.match(name) and isinstance(node.value, str) and not _has_reference(node):
            yield Problem(node.path, node.line, _NO_LITERAL)


def _kind(auth: Node | None) -> type[Auth] | None:
    word = auth and (auth.child("type") or auth)
    kind = members("glue_lib.api.auth", Auth).get(word.value) if word and isinstance(word.value, str) else None
    return kind if kind is None or issubclass(kind, Auth) else None


def _is_marked(metadata: list[object]) -> bool:
    return any(isinstance(mark, IsCredential) for mark in metadata)


def _has_reference(node: Node) -> bool:
    return isinstance(node.value, str) and (
        bool(references.find(node.value)) or references.fault(node.value) is not None
    )


def _held(node: Node | None) -> dict[str, Node]:
    return node.value if node and isinstance(node.value, dict) else {}


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    for child in node.value if isinstance(node.value, list) else _held(node).values():
        yield from _texts(child)

"""What no single stream can know of a fan-out: whether the streams that it names are there, and fit each other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from glue_lib.api.fan_out import HOLE, batched, column, copies, holes, merged, parents_of
from glue_lib.spec.document import Node
from glue_lib.spec.draws import Fields, above, draws_of
from glue_lib.spec.layers import plain
from glue_lib.spec.problem import Problem, no_such

_HOLE = re.compile(r"(?<!\$)\{([^{}]*)\}")
_NEARLY = re.compile(r"(?<!\$)\{([a-z][a-z0-9_]*)\.([^{}]*)\}")
_MOST_LEVELS = 3  # Terraform has no recursion: its workflow is written out for so many
_PLACES = ("path", "params", "headers", "body")  # of a stream, where placeholders may stand


def fan_outs(root: Node) -> Iterator[Problem]:
    """Yield what is wrong with the fan-outs of a file whose streams lie over their defaults already."""
    known = root.child("streams")
    streams = known.value if known and isinstance(known.value, dict) else {}
    usable = {name: stream for name, stream in streams.items() if isinstance(stream.value, dict)}
    wanted = {name: _wanted(stream) for name, stream in usable.items()}
    yield from _in_defaults(root)
    for name, stream in usable.items():
        found = [*_unknown(stream, streams), *_misplaced(stream), *_ambiguous(stream)]
        yield from found or _unfit(name, stream, wanted, usable)
        yield from _options(stream)


def fans_out(stream: Node) -> bool:
    """Return whether a stream takes other streams' records."""
    return bool(holes(*_texts(stream)))


def _in_defaults(root: Node) -> Iterator[Problem]:
    """Defaults hold for the parents too, which would need their own records."""
    for place in _PLACES[1:]:
        node = root.at("defaults", place)
        found = holes(plain(node)) if node else []
        if node and found:
            told = f"has `{{{found[0]}}}`, which would hold for every stream; write it into those it is for"
            yield Problem(node.path, node.line, told)


def _unknown(stream: Node, streams: Mapping[str, Node]) -> Iterator[Problem]:
    path = stream.child("path")
    text = path.value if path and isinstance(path.value, str) else ""
    filled = {value for value in _all_texts(plain(stream)) if value.startswith("path.")}
    for inside in _HOLE.findall(text):
        if path and not HOLE.fullmatch(f"{{{inside}}}") and f"path.{inside}" not in filled:
            wanted = f"`{{{inside}}}` must name a stream and its field, such as `{{campaigns.id}}`"
            yield Problem(path.path, path.line, wanted)
    for place in _PLACES:
        node = stream.child(place)
        for stream_name, field in _torn(node) if node and node is not path else ():
            told = f"`{{{stream_name}.{field}}}` stays as it is, since its field is no path"
            if node and stream_name in streams:
                yield Problem(
                    node.path, node.line, f"{told}; write such a key in quotes: {_quoted(stream_name, field)}"
                )
        for name in holes(plain(node)) if node else ():
            parent = name.partition(".")[0]
            if node and parent not in streams:
                yield Problem(node.path, node.line, f"`{{{name}}}`: {no_such('stream', parent, streams)}")


def _torn(node: Node) -> Iterator[tuple[str, str]]:
    """Yield what looks like a placeholder and is none: it would go to the API as it is written."""
    for text in _all_texts(plain(node)):
        for hole in _NEARLY.finditer(text):
            if not HOLE.fullmatch(hole[0]):
                yield hole[1], hole[2]


def _quoted(stream: str, field: str) -> str:
    return f'`{{{stream}."{field.strip(chr(34) + " ") or "id"}"}}`'


def _misplaced(stream: Node) -> Iterator[Problem]:
    """A batch has one placeholder whose values it joins; copies have one parent, or name theirs."""
    batch, copy = stream.child("batch"), stream.child("copy")
    found = holes(*_texts(stream))
    if batch and batch.value is not None and found:
        path, params, headers, body = _texts(stream)
        fixed = holes(path, headers)
        free = [name for name in holes(params, body) if name not in fixed] or holes(path)
        if len(free) != 1:
            told = f"joins the values of one placeholder, and here are {len(free)} ({', '.join(free)}); leave it out"
            yield Problem(batch.path, batch.line, told)
        if copy and copy.value:
            told = "repeats fields of one parent, and `batch` asks for several at a time; leave out one of them"
            yield Problem(copy.path, copy.line, told)
    parents = parents_of(*_texts(stream))
    for node in copy.value if copy and isinstance(copy.value, list) else ():
        if isinstance(node.value, str) and len(parents) > 1 and node.value.partition(".")[0] not in parents:
            several = " or ".join(f"`{one}`" for one in parents)
            told = f"`{node.value}` may be of {several}; write `{next(iter(parents))}.{node.value}` or the like"
            yield Problem(node.path, node.line, told)


def _ambiguous(stream: Node) -> Iterator[Problem]:
    """Tell of two values that would stand in the same field of the records."""
    fields: dict[str, str] = {}
    for name in (f"{parent}.{field}" for parent, of in _wanted(stream).items() for field in of):
        other = fields.setdefault(column(name), name)
        if other != name:
            told = f"`{name}` and `{other}` would both stand in `{column(name)}` of the records; leave out one of them"
            yield Problem(_place(stream).path, _place(stream).line, told)


def _unfit(name: str, stream: Node, wanted: Mapping[str, Fields], usable: Mapping[str, Node]) -> Iterator[Problem]:
    """Tell of a circle, of too long a way, and of values that do not come down."""
    place = _place(stream)
    if circle := _circle(name, wanted):
        told = f"needs its own records ({' -> '.join(circle)}); a fan-out must begin at a path without `{{…}}`"
        yield Problem(place.path, place.line, told)
        return
    if name in above(name, wanted) or any(one in above(one, wanted) for one in above(name, wanted)):
        return  # a stream above is in the circle
    depth = _depth(name, wanted)
    if depth > _MOST_LEVELS:
        told = f"is {depth} fan-outs away from a path without `{{…}}`; at most {_MOST_LEVELS} are allowed"
        yield Problem(place.path, place.line, told)
    try:
        draws_of(name, wanted, {one: _carried(of, wanted[one]) for one, of in usable.items()})
    except ValueError as error:
        yield Problem(place.path, place.line, str(error))


def _options(stream: Node) -> Iterator[Problem]:
    for field in ("only_changed", "key_is_global", "batch", "copy", "missing_parent"):
        node = stream.child(field)
        is_given = node and node.path[0] != "defaults" and node.value not in (None, False, [])
        if node and is_given and not fans_out(stream):
            yield Problem(node.path, node.line, "is for fan-outs; this path takes no other stream's records")


def _place(stream: Node) -> Node:
    """Return the field that the placeholders stand in: the path, where it has any."""
    found = [node for place in _PLACES if (node := stream.child(place)) and holes(plain(node))]
    return found[0] if found else stream


def _wanted(stream: Node) -> Fields:
    texts = _texts(stream)
    return merged(parents_of(*texts), copies(_copied(stream), list(parents_of(*texts))))


def _carried(stream: Node, wanted: Fields) -> dict[str, list[str]]:
    batch = stream.child("batch")
    path, params, headers, body = _texts(stream)
    joined = batched(path, headers, [params, body]) if batch and batch.value is not None else None
    return {parent: [one for one in fields if f"{parent}.{one}" != joined] for parent, fields in wanted.items()}


def _copied(stream: Node) -> list[str]:
    copy = stream.child("copy")
    return [text for text in plain(copy) if isinstance(text, str)] if copy and isinstance(copy.value, list) else []


def _circle(name: str, wanted: Mapping[str, Fields]) -> list[str]:
    """Return the shortest way from a stream over its parents back to itself, or nothing."""
    ways = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for parent in wanted.get(way[-1], ()):
            if parent == name:
                return [*way, name]
            if parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    return []


def _depth(name: str, wanted: Mapping[str, Fields]) -> int:
    return max((1 + _depth(parent, wanted) for parent in wanted.get(name, ())), default=0)


def _texts(stream: Node) -> Sequence[Any]:
    """Return path, params, headers and body as plain values; what is no path or no mapping counts as nothing."""
    path, *rest = (plain(node) if (node := stream.child(place)) else None for place in _PLACES)
    return [path if isinstance(path, str) else "", *(part if isinstance(part, dict) else {} for part in rest)]


def _all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _all_texts(inner)

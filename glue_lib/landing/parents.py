"""The fields of a stream's records that fan-out streams ask with, kept beside the run in one small file."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec

from glue_lib.landing.exact import Number, exact_value
from glue_lib.landing.storage import Storage

#: A field's dotted path and its JSON text as the API sent it: {"id": '"c1"', "team.id": "12"}.
Parent = dict[str, str]

_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])
_KEY = re.compile(r'"[^"]+"|[^."]+')  # a key that has dots itself is quoted


def fields_of(record: bytes, fields: Iterable[str]) -> Parent:
    """Return the wanted fields that the record has; the last of two equal keys counts."""
    found = ((path, _at(record, _keys(path))) for path in fields)
    return {path: text for path, text in found if text is not None}


def write_parents(storage: Storage, key: str, parents: Iterable[Parent], fields: Iterable[str]) -> None:
    """Write the fields that were looked for, and one line for each parent."""
    with SpooledTemporaryFile(max_size=8 * 2**20) as spool:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=2, fileobj=spool, mtime=0) as file:
            file.write(json.dumps(list(fields)).encode() + b"\n")
            for parent in parents:
                file.write(_line(parent))
        spool.seek(0)
        storage.write(key, spool)


def parents_in(content: bytes | None) -> Iterator[Parent]:
    """Yield the parents that `write_parents` wrote; nothing where there is no file."""
    for line in _lines(content):
        if not line.startswith(b"["):
            yield _parent(line)


def fields_in(content: bytes | None) -> list[str]:
    """Return the fields that were looked for when the parents were written; none where there is no file."""
    first = next(_lines(content), b"")
    return list(json.loads(first)) if first.startswith(b"[") else []


def distinct(parents: Iterable[Parent]) -> Iterator[Parent]:
    """Yield each parent once, where it first stands."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for parent in parents:
        mark = tuple(parent.items())
        if mark not in seen:
            seen.add(mark)
            yield parent


def _lines(content: bytes | None) -> Iterator[bytes]:
    with gzip.open(BytesIO(content or b"")) as lines:
        yield from (line.rstrip(b"\n") for line in lines)


def _line(parent: Parent) -> bytes:
    inside = ", ".join(f"{json.dumps(name)}: {text}" for name, text in parent.items())
    return f"{{{inside}}}\n".encode()


def _parent(line: bytes) -> Parent:
    try:
        return {name: bytes(text).decode() for name, text in _RAW.decode(line).items()}
    except ValueError:  # broken text in a value, which msgspec refuses
        return {name: _text(value) for name, value in exact_value(line)}


def _keys(path: str) -> list[str]:
    return [key.strip('"') for key in _KEY.findall(path)]


def _at(record: bytes, path: list[str]) -> str | None:
    try:
        text: Any = record
        for name in path:
            text = _RAW.decode(text).get(name)
            if text is None:
                return None
        return bytes(text).decode()
    except msgspec.ValidationError:  # what should hold the field is no object
        return None
    except ValueError:  # broken text somewhere in the record, which msgspec refuses
        return _at_exactly(record, path)


def _at_exactly(record: bytes, path: list[str]) -> str | None:
    value = exact_value(record)
    for name in path:
        if type(value) is not tuple:
            return None
        value = dict(value).get(name, _ABSENT)
    return None if value is _ABSENT else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if type(value) is tuple:
        return "{" + ", ".join(f"{json.dumps(name)}: {_text(below)}" for name, below in value) + "}"
    if type(value) is list:
        return "[" + ", ".join(map(_text, value)) + "]"
    return json.dumps(value)


_ABSENT = object()

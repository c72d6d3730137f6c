"""The values of one field in many records: everything else in them is passed over, so that a page costs little."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from glue_lib.api import selection
from glue_lib.api.place import keys
from glue_lib.errors import ApiError


def field_values(records: Iterable[bytes], path: str) -> Iterator[str | ApiError | None]:
    """Yield the text of each record's value at the dotted path, None where it is absent or null.

    What is no value, an object say, is yielded as the error that names it: one odd record says nothing of the others.
    """
    read = _reader(path)
    for record in records:
        try:
            raw = read(record)
            yield None if raw is None else _text(bytes(raw))
        except (ValueError, RecursionError):  # not as plain as most: the thorough way knows what to say
            yield _thorough(record, path)


@lru_cache(maxsize=64)
def _reader(path: str) -> Callable[[bytes], Any]:
    names = keys(path)
    inner: Any = msgspec.Raw
    for name in reversed(names):
        default = msgspec.field(default=None, name=name)
        inner = msgspec.defstruct("At", [("at", inner if inner is msgspec.Raw else inner | None, default)])
    decoder = msgspec.json.Decoder(inner)

    def read(record: bytes) -> Any:
        found = decoder.decode(record)
        for _ in names:
            if found is None:
                return None
            found = found.at
        return found

    return read


def _text(raw: bytes) -> str | None:
    first = raw[:1]
    if first == b'"':
        return raw[1:-1].decode() if b"\\" not in raw else str(json.loads(raw))
    if first in b"-0123456789":
        return raw.decode()
    if raw == b"null":
        return None
    raise ValueError(raw)


def _thorough(record: bytes, path: str) -> str | ApiError | None:
    try:
        value = selection.field(record, path)
    except ApiError as error:
        return error
    return ApiError(f"`{path}` is `{str(value).lower()}`") if isinstance(value, bool) else value

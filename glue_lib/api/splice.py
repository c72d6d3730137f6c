"""Splicing: one value within a JSON text put in the place of another, every other byte as it was sent."""

import json
from collections.abc import Sequence

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(parse_int=len, parse_float=len)


def spliced(record: bytes, path: Sequence[str], value: bytes) -> bytes:
    """Return the record with `value` where the keys lead to; of two equal keys the last counts, as for JSON readers.

    The keys must lead to a value.
    """
    text = record.decode("utf-8", "surrogateescape")
    start, end = _skip(text, 0), len(text)
    for key in path:
        start, end = _member(text, start, key)
    made = text[:start] + value.decode("utf-8", "surrogateescape") + text[end:]
    return made.encode("utf-8", "surrogateescape")


def extended(array: bytes, more: Sequence[bytes]) -> bytes:
    """Return the array with more elements behind its own."""
    if not more:
        return array
    inside = array.strip(_SPACE.encode())[:-1].rstrip(_SPACE.encode())
    return inside + (b"" if inside.endswith(b"[") else b", ") + b", ".join(more) + b"]"


def _member(text: str, at: int, wanted: str) -> tuple[int, int]:
    """Return where the value of a key stands in the object that begins at `at`."""
    found = None
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)  # behind the colon
        end = _DECODER.raw_decode(text, start)[1]
        if key == wanted:
            found = start, end
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    if found is None:
        raise ValueError(f"the object has no `{wanted}`")
    return found


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in _SPACE and at < len(text):
        at += 1
    return at

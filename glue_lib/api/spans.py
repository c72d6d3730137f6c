"""Where values stand in a JSON text that msgspec refuses: broken Unicode such as a lone `\\ud800`.

Slower than msgspec, and as exact: only positions are taken, the text between them stays as it was sent.
"""

import json
import re
from typing import NamedTuple, NoReturn

#: A string as far as it is whole, or one character that JSON's structure is made of; `"` alone begins a cut string.
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")


def _refuse(constant: str) -> NoReturn:
    raise json.JSONDecodeError(f"`{constant}` is not JSON", constant, 0)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=len, parse_float=len)


class Border(NamedTuple):
    """How far the inside of an array or object is whole that is cut somewhere."""

    whole: int  # where its last comma stands: up to there are whole values only; -1 without one
    end: int  # where its closing bracket stands; -1 while that has not come


def border(inside: bytes | bytearray, start: int = 0) -> Border:
    """Return how far `inside` is whole, which begins behind the opening bracket of an array or object."""
    depth, whole = 0, -1
    for mark in _MARK.finditer(inside, start):
        match mark[0]:
            case b"," if depth == 0:
                whole = mark.start()
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}" if depth == 0:
                return Border(whole, mark.start())
            case b"]" | b"}":
                depth -= 1
            case b'"':
                break
    return Border(whole, -1)


def members(body: bytes) -> dict[str, bytes]:
    """Return the values of a JSON object by their keys, as sent."""
    return dict(pairs(body))


def pairs(body: bytes) -> list[tuple[str, bytes]]:
    """Return the keys and values of a JSON object, the values as sent; a key that stands twice is there twice."""
    text = body.decode("utf-8", "surrogateescape")
    at = _expect(text, _skip(text, 0), "{")
    found = []
    while text[at : at + 1] != "}":
        key, at = _key(text, at)
        start = _expect(text, _skip(text, at), ":")
        end = _end(text, start)
        found.append((key, _bytes(text, start, end)))
        at = _after_comma(text, end, "}")
    _nothing_after(text, at + 1)
    return found


def elements(body: bytes) -> list[bytes]:
    """Return the values of a JSON array, as sent."""
    text = body.decode("utf-8", "surrogateescape")
    at = _expect(text, _skip(text, 0), "[")
    found = []
    while text[at : at + 1] != "]":
        end = _end(text, at)
        found.append(_bytes(text, at, end))
        at = _after_comma(text, end, "]")
    _nothing_after(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _key(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise json.JSONDecodeError("expected a key", text, at)
    return _DECODER.raw_decode(text, at)


def _end(text: str, at: int) -> int:
    return int(_DECODER.raw_decode(text, at)[1])


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise json.JSONDecodeError(f"expected `{mark}`", text, at)
    return _skip(text, at + 1)


def _after_comma(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == closing:
        return at
    at = _expect(text, at, ",")
    if text[at : at + 1] == closing:
        raise json.JSONDecodeError("expected a value", text, at)
    return at


def _nothing_after(text: str, at: int) -> None:
    if _skip(text, at) != len(text):
        raise json.JSONDecodeError("expected the end", text, at)


def _bytes(text: str, start: int, end: int) -> bytes:
    return text[start:end].encode("utf-8", "surrogateescape")

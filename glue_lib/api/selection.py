"""Selection: values and records sliced out of a JSON text without decoding and writing them again.

A record is the bytes that the API sent, so nothing about its values can be lost. Only line breaks, which JSON allows
between tokens and never inside them, become spaces: a record is one line.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from glue_lib.api import spans
from glue_lib.api.number import NumberText
from glue_lib.api.place import keys
from glue_lib.errors import ApiError

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_LINE_BREAKS = bytes.maketrans(b"\r\n", b"  ")
_EMPTY_ARRAY = re.compile(rb"\[\s*\]")
_SORTS = {b"{": "an object", b"[": "an array", b'"': "a text", b"n": "null", b"t": "true", b"f": "false"}
_SORTS |= {bytes([character]): "a number" for character in b"-0123456789"}

_WITH_PARTS = (b"{", b"[")

_Found = TypeVar("_Found")


class Truncated(ApiError):
    """The JSON stops in the middle: the connection was cut, so asking again can help."""


def records(body: bytes, path: str) -> tuple[bytes, ...]:
    """Return the elements of the array at the dotted `path`, each on one line; an empty path is the body itself.

    Where none of them is an object, the path leads to no records; one that is none beside others is a bad record.
    """
    array = container(body, path)
    named = f"`{path}`" if path else "the body"
    found = elements(array)
    if found and not any(record.startswith(b"{") for record in found):
        raise ApiError(f"record 1 of {named} is {sort(found[0])}, and no other is an object; records must be objects")
    if b"\n" in array or b"\r" in array:
        return tuple(record.translate(_LINE_BREAKS) for record in found)
    return tuple(found)


def container(body: bytes, path: str, expected: str = "an array") -> bytes:
    """Return the array (or what is `expected`) at the dotted `path`; anything else there is an error."""
    found = raw(body, path)
    named = f"`{path}`" if path else "the body"
    if found is None:
        raise ApiError(f"the body has no `{path}`, where `records` should be; {_arrays(body)}")
    if sort(found) != expected:
        raise ApiError(f"{named} is {sort(found)}, and `records` must be {expected}; {_arrays(body)}")
    if any(_stands_elsewhere(quoted(key), body, found) for key in keys(path)):
        _check_that_keys_stand_once(body, path)
    return found


def field(record: bytes, path: str) -> str | bool | None:
    """Return the value at the dotted `path`, a number as its text; None when it is absent or null."""
    found = raw(record, path)
    if found is None or found == b"null" or is_empty(found):
        return None
    if sort(found) in ("an object", "an array"):
        raise ApiError(f"`{path}` is {sort(found)}; name a value inside it")
    if found in (b"true", b"false"):
        return found == b"true"
    return json.loads(found) if found.startswith(b'"') else NumberText(found.decode())


def raw(body: bytes, path: str) -> bytes | None:
    """Return the JSON at the dotted `path` as sent, or None where a key is absent or its object is null."""
    body = body.strip(b" \t\r\n")
    if not body:
        raise Truncated("the body is empty")
    if sort(body) == "no JSON" or (body[:1] not in _WITH_PARTS and not _is_json(body)):
        raise ApiError(f"the body is not JSON{' but HTML or XML' if body.startswith(b'<') else ''}")
    for key in keys(path):
        if body == b"null" or is_empty(body):
            return None
        if sort(body) != "an object":
            raise ApiError(f"`{path}` leads through {sort(body)} before `{key}`; it can lead through objects only")
        inner = members(body).get(key)
        if inner is None:
            return None
        body = inner
    return body


def members(json_object: bytes) -> dict[str, bytes]:
    """Return the values of an object by their keys, as sent."""
    try:
        return {key: bytes(value) for key, value in _MEMBERS.decode(json_object).items()}
    except (ValueError, RecursionError) as error:
        return _second_opinion(spans.members, json_object, error)


def elements(array: bytes) -> list[bytes]:
    """Return the values of an array, as sent."""
    try:
        return [bytes(value) for value in _ELEMENTS.decode(array)]
    except (ValueError, RecursionError) as error:
        return _second_opinion(spans.elements, array, error)


def pairs(json_object: bytes) -> list[tuple[str, bytes]]:
    """Return the keys and values of an object, as sent; a key that stands twice is there twice."""
    members(json_object)  # says what is wrong with it
    try:
        return spans.pairs(json_object)
    except RecursionError as error:
        raise ApiError("the body is nested too deep") from error


def text(json_string: bytes) -> str:
    """Return the text that a JSON string stands for."""
    try:
        return str(json.loads(json_string))
    except ValueError as error:
        raise ApiError(f"the body is not valid JSON: {error}") from error


def quoted(text: str) -> bytes:
    """Return the JSON string that stands for a text; one that is no Unicode is escaped."""
    try:
        return json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(text).encode()


def check(json_text: bytes) -> None:
    """Raise unless the text is one whole JSON value."""
    elements(b"[" + json_text + b"]")


def sort(json_text: bytes) -> str:
    """Return what sort of JSON a text is, as errors name it."""
    return _SORTS.get(json_text[:1], "no JSON")


def _is_json(scalar: bytes) -> bool:
    """Return whether a text that begins like a JSON text, number, `true`, `false` or `null` is one."""
    try:
        json.loads(scalar, parse_int=str, parse_float=str, parse_constant=int)  # `NaN` is no JSON: `int` refuses it
    except ValueError:
        return False
    return True


def is_empty(json_text: bytes) -> bool:
    """Return whether a text is an array without elements, as PHP writes an object without members."""
    # PHP writes an object without members as `[]`.
    return _EMPTY_ARRAY.fullmatch(json_text) is not None


def _stands_elsewhere(key: bytes, body: bytes, found: bytes) -> bool:
    return body.count(key) - found.count(key) > 1


def _check_that_keys_stand_once(body: bytes, path: str) -> None:
    """Raise when a key on the way stands twice: a decoder would keep the last, and its records only."""
    for key in keys(path):
        values = [value for name, value in pairs(body) if name == key]
        if len(values) > 1:
            raise ApiError(f"the body has the key `{key}` twice on the way to its records")
        body = values[0]


def _second_opinion(slices: Callable[[bytes], _Found], json_text: bytes, error: Exception) -> _Found:
    try:
        return slices(json_text)
    except (ValueError, RecursionError):
        if str(error) == "Input data was truncated":
            raise Truncated("the JSON of the body is cut off") from error
        wrong = "nested too deep" if isinstance(error, RecursionError) else f"not valid JSON: {error}"
        raise ApiError(f"the body is {wrong}") from error


def _arrays(body: bytes) -> str:
    body = body.strip(b" \t\r\n")
    if sort(body) != "an object":
        return f"the body is {sort(body)}"
    found = [f"`{key}`" for key, value in members(body).items() if value.startswith(b"[")]
    return f"arrays of the body: {', '.join(found)}" if found else "the body has no array"

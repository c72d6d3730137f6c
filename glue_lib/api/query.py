"""Queries: JMESPath on an exactly decoded answer; what it finds is written again as it was.

A number goes through an expression as one that remembers how it was written: it can be compared and counted, and
comes out with all its digits.
"""

import json
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from glue_lib.api.misspelt import unknown_key
from glue_lib.errors import ApiError


def fault(expression: str) -> str | None:
    """Return what is wrong with an expression, or None."""
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        return f" ({str(error).splitlines()[0]})"
    return None


def found(body: bytes, expression: str) -> list[bytes] | None:
    """Return the elements of the array that the expression finds, each as JSON; None when it finds nothing."""
    value = _evaluated(_decoded(body), expression)
    if value is None:
        return None
    if not isinstance(value, list):
        raise ApiError(f"`{expression}` finds {_SORTS[type(value).__name__]}, and `records` must be an array")
    return [_written(one).encode() for one in value]


def overlooked(body: bytes, expression: str) -> tuple[str | None, bool]:
    """Return the key that an expression which found nothing may have misspelt, and whether the expression filters."""
    return unknown_key(expression, _decoded(body))


def _evaluated(value: Any, expression: str) -> Any:
    try:
        return jmespath.search(expression, value)
    except JMESPathError as error:
        raise ApiError(f"`{expression}` cannot be evaluated on the body: {error}") from error


class _Integer(int):
    """An integer that is not written as Python would, such as `-0`; most are, and need no class of their own."""

    written: str


class _Fraction(float):
    """A number with a point or an exponent that remembers how it was written."""

    __slots__ = ("written",)
    written: str


# jmespath tells the types of values by the names of their classes.
_Integer.__name__, _Fraction.__name__ = "int", "float"
_SORTS = {"dict": "an object", "str": "a text", "bool": "true or false", "int": "a number", "float": "a number"}
_MOST_DIGITS = 4000  # of those that are worked with; Python refuses to read longer ones


def _integer(written: str) -> int:
    if len(written) > _MOST_DIGITS:
        number = _Integer(10**_MOST_DIGITS if written[0] != "-" else -(10**_MOST_DIGITS))
    elif str(plain := int(written)) == written:
        return plain
    else:
        number = _Integer(plain)
    number.written = written
    return number


def _fraction(written: str) -> _Fraction:
    number = _Fraction(written)
    number.written = written
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ApiError(f"an object of the body has the key `{twice[:80]}` twice, which no expression can tell apart")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"`{constant}` is not JSON")


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_fraction, parse_constant=_refuse, object_pairs_hook=_object
)


def _decoded(body: bytes) -> Any:
    try:
        return _DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        raise ApiError("the body is not UTF-8, which an expression in `records` needs; use a dotted path") from error
    except RecursionError as error:
        raise ApiError("the body is nested too deep") from error
    except ValueError as error:
        raise ApiError(f"the body is not valid JSON: {error}") from error


def _written(value: Any) -> str:
    match value:
        case _Integer() | _Fraction():
            return value.written
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{_written(below)}" for key, below in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case float():
            raise ApiError("an expression in `records` computes a number, which would not be exact; leave that to SQL")
    return json.dumps(value)

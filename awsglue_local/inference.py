"""What types the records of JSON texts have, and how records of more than one type are made to fit one Spark schema.

It runs inside Spark's Python workers, which may not have this package: it needs nothing but Python's own library.
A type is described by plain tuples, so that the many records of one make count once: `("struct", (("id", "int"),))`.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

INT, LONG = 2**31, 2**63
ATOMS: dict[type, str] = {type(None): "null", bool: "boolean", str: "string", float: "double"}


def shapes(texts: Iterable[str]) -> Iterator[Any]:
    """Yield each shape of record once, in the order in which it was first seen."""
    return iter(dict.fromkeys(shape(record) for text in texts for record in records(text)))


def records(text: str) -> list[Any]:
    """Return the records of one text: an array holds one per element. A text that is no JSON is itself the record."""
    if not text.strip():
        return []
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return [text]
    return value if isinstance(value, list) else [value]


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return "struct", tuple((name, shape(member)) for name, member in value.items())
    if isinstance(value, list):
        return "array", tuple(dict.fromkeys(shape(element) for element in value))
    return atom(value)


def atom(value: Any) -> str:
    """Return the type of a value that has no parts, by Glue's rule: an integer is as short as it can be."""
    if value is None or isinstance(value, bool | str | float):
        return ATOMS[type(value)]
    if -INT <= value < INT:
        return "int"
    return "long" if -LONG <= value < LONG else "decimal"


def wrapped(texts: Iterable[str], plan: Any) -> Iterator[str]:
    """Yield the records as JSON in which every value of an open choice is an object that says its type."""
    for text in texts:
        for record in records(text):
            yield json.dumps(_wrap(record, plan))


def _wrap(value: Any, plan: Any) -> Any:
    """Follow the plan: None leaves a value; `{"choice": …}`, `{"struct": …}`, `{"array": …}` say what is inside."""
    if plan is None or value is None:
        return value
    if "struct" in plan:
        return {name: _wrap(member, plan["struct"].get(name)) for name, member in value.items()}
    if "array" in plan:
        return [_wrap(element, plan["array"]) for element in value]
    kind = _name(value)
    return {kind: _wrap(value, plan["choice"][kind])}


def _name(value: Any) -> str:
    return "struct" if isinstance(value, dict) else "array" if isinstance(value, list) else atom(value)

"""Frames compared in tests, with a message that shows which records differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

MOST_SHOWN = 20


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the records of a DynamicFrame as Python has them; an open choice is the value that it holds.

    A field that is null is left out: Glue tells it from one that is missing, this package does not.
    """
    return [_without_nulls(item["record"]) for item in frame._rdd.collect()]


def assert_frames_equal(actual: Any, expected: Any, *, ordered: bool = False, schema: bool = True) -> None:
    """Raise an AssertionError where two frames differ. What is expected may be a frame, or a list of records.

    The order of fields never counts, that of records only when it is `ordered`. Schemas are compared between frames.
    """
    is_frame = hasattr(expected, "_jdf")
    if schema and is_frame:
        _assert_same_schema(actual, expected)
    has = [_text(record) for record in records(actual)]
    should = [_text(record) for record in (records(expected) if is_frame else map(_without_nulls, expected))]
    if ordered and has != should and sorted(has) == sorted(should):
        raise AssertionError("\n".join(["the records are the same, in another order:", *_shown("  ", has)]))
    extra, lacking = Counter(has) - Counter(should), Counter(should) - Counter(has)
    if extra or lacking:
        counts = (
            f"{sum(extra.values())} records only in the actual frame (+), {sum(lacking.values())} only expected (-)"
        )
        raise AssertionError("\n".join([counts, *_shown("+ ", extra.elements()), *_shown("- ", lacking.elements())]))


def _assert_same_schema(actual: Any, expected: Any) -> None:
    has, should = (sorted(_paths(frame.schema(), "")) for frame in (actual, expected))
    if has != should:
        extra, lacking = [line for line in has if line not in should], [line for line in should if line not in has]
        raise AssertionError("\n".join(["the schemas differ", *_shown("+ ", extra), *_shown("- ", lacking)]))


def _paths(kind: Any, path: str) -> list[str]:
    """Return a line for each field: its path and type."""
    inside: dict[str, Any] = {}
    if hasattr(kind, "fields"):
        inside = {f"{path}.{field.name}" if path else field.name: field.dataType for field in kind.fields}
    elif hasattr(kind, "choices"):
        inside = {f"{path}:{name}": choice for name, choice in kind.choices.items()}
    elif hasattr(kind, "elementType"):
        inside = {f"{path}[]": kind.elementType}
    elif hasattr(kind, "valueType"):
        inside = {f"{path}{{}}": kind.valueType}
    own = [f"{path}: {kind.typeName()}"] if path else []
    return own + [line for name, child in inside.items() for line in _paths(child, name)]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(element) for element in value] if isinstance(value, list) else value


def _text(record: Any) -> str:
    return json.dumps(record, sort_keys=True, default=str, ensure_ascii=False)


def _shown(mark: str, lines: Any) -> list[str]:
    every = [f"{mark}{line}" for line in lines]
    return every[:MOST_SHOWN] + ([f"{mark}and {len(every) - MOST_SHOWN} more"] if len(every) > MOST_SHOWN else [])

"""JSONPath, as far as the option `jsonPath` of a JSON source goes: which parts of a text are its records.

`$.data.items[*]`, `$['data']`, `$[0]`, `$..items`, `$.*`. Filters, slices and functions are refused. It runs inside
Spark's Python workers, which may not have this package: it needs nothing but Python's own library.
"""

import re
from collections.abc import Iterator
from typing import Any

Step = tuple[str, Any]
ALLOWED = "`.name`, `['name']`, `[0]`, `[*]`, `.*` and `..name`"
_STEP = re.compile(
    r"\.\.(?P<deep>[^.\[\]*()?@]+)|\.(?P<name>[^.\[\]*()?@]+)|\[(?P<index>\d+)\]|(?P<every>\.\*|\[\*\])"
    r"|\[(?P<quote>['\"])(?P<key>(?:(?!(?P=quote)).)+)(?P=quote)\]"
)


def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path: `$.a[*]` gives `(("name", "a"), ("every", None))`."""
    found: list[Step] = []
    position = 1
    while position < len(path):
        match = _STEP.match(path, position)
        if not match:
            break
        found.append(_step(match))
        position = match.end()
    if not path.startswith("$") or position < len(path):
        raise NotImplementedError(f"jsonPath `{path}`: awsglue_local knows `$` and after it {ALLOWED}")
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    parts = match.groupdict()
    if parts["index"]:
        return "index", int(parts["index"])
    if parts["every"]:
        return "every", None
    return ("deep", parts["deep"]) if parts["deep"] else ("name", parts["name"] or parts["key"])


def matches(value: Any, path: tuple[Step, ...]) -> Iterator[Any]:
    """Yield the parts of a value that a path leads to; none where there is no such way."""
    if not path:
        yield value
        return
    for part in _next(value, *path[0]):
        yield from matches(part, path[1:])


def _next(value: Any, kind: str, key: Any) -> Iterator[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    match kind:
        case "name" if isinstance(value, dict) and key in value:
            yield value[key]
        case "index" if isinstance(value, list) and key < len(value):
            yield value[key]
        case "every":
            yield from inside
        case "deep":
            yield from _next(value, "name", key)
            for part in inside:
                yield from _next(part, "deep", key)

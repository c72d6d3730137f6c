"""Where a value stands in a record: `$.donor.address.city`, `$.line_items[].tags[]`.

A path is a tuple of keys and `EACH` (any element of an array); its text is kept beside the column it became.
"""

import re

EACH = None
"""The step from an array into its elements."""

Step = str | None
Path = tuple[Step, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def text(path: Path) -> str:
    """Return the path as people write it; keys that are not plain words are quoted: `$['unit price']`."""
    return "$" + "".join(_step(step) for step in path)


def dotted(path: Path) -> str:
    """Return the path as it is written under `types:`: keys joined by dots, arrays passed through without a mark."""
    return ".".join(step for step in path if step is not EACH)


def below_array(path: Path) -> tuple[str, ...]:
    """Return the keys after the last array, which name a column within its table."""
    last = max((place for place, step in enumerate(path) if step is EACH), default=-1)
    return tuple(step for step in path[last + 1 :] if step is not EACH)


def _step(step: Step) -> str:
    if step is EACH:
        return "[]"
    if _PLAIN.match(step):
        return f".{step}"
    quoted = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"

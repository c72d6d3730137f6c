"""Where a value stands in a record: `$.donor.address.city`, `$.line_items[].tags[]`.

A path is a tuple of keys and `EACH` (any element of an array); its text is kept beside the column it became.
"""

import json
import re

EACH = None
"""The step from an array into its elements."""

Step = str | None
Path = tuple[Step, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def text(path: Path) -> str:
    r"""Return the path as people write it, in one line of Unicode; no two paths have the same text.

    Keys that are not plain words are quoted as in JSON: `$["unit price"]`, and half of a surrogate pair: `$["\ud83d"]`.
    """
    return "$" + "".join(_step(step) for step in path)


def dotted(path: Path) -> str:
    """Return the path as it is written under `types:`: keys joined by dots, arrays passed through without a mark."""
    return ".".join(step for step in path if step is not EACH)


def members(dotted: str) -> Path:
    """Return the path of a field outside arrays, as `key:` and `order:` name it: `account.id`."""
    return tuple(dotted.split("."))


def below_array(path: Path) -> tuple[str, ...]:
    """Return the keys after the last array, which name a column within its table."""
    last = max((place for place, step in enumerate(path) if step is EACH), default=-1)
    return tuple(step for step in path[last + 1 :] if step is not EACH)


def escaped(value: str) -> str:
    r"""Return the text with each half of a surrogate pair, which no UTF-8 text can hold, as its escape: `\ud83d`."""
    return value if value.isascii() else _HALF_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", value)


def _step(step: Step) -> str:
    if step is EACH:
        return "[]"
    if _PLAIN.match(step):
        return f".{step}"
    return f"[{escaped(json.dumps(step, ensure_ascii=False))}]"

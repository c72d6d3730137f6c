"""Where a value stands in a record: `$.donor.address.city`, `$.line_items[].tags[]`.

A path is a tuple of keys and steps that are no key: `EACH` (any element of an array), `ENTRY` (the value of any entry
of a map) and `ENTRY_KEY` (its key). Its text is kept beside the column it became.
"""

import json
import re
from enum import Enum
from typing import Final


class Inside(Enum):
    """A step that is no key; its value is how it is written."""

    EACH = "[]"
    ENTRY = "{}"
    ENTRY_KEY = "~"


EACH: Final = Inside.EACH
"""The step from an array into its elements."""

ENTRY: Final = Inside.ENTRY
"""The step from a map, which is an object with ids as keys, to the values of its entries."""

ENTRY_KEY: Final = Inside.ENTRY_KEY
"""The step behind `ENTRY` that stands for the entry's key: `$.prices{}~`."""

INTO_ROWS: Final = (EACH, ENTRY)
"""The steps that lead into another table."""

Step = str | Inside
Path = tuple[Step, ...]

_ANY = "*"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def text(path: Path) -> str:
    r"""Return the path as people write it, in one line of Unicode; no two paths have the same text.

    Keys that are not plain words are quoted as in JSON: `$["unit price"]`, and half of a surrogate pair: `$["\ud83d"]`.
    """
    return "$" + "".join(_step(step) for step in path)


def dotted(path: Path) -> str:
    """Return the path as it is written under `types:`: keys joined by dots, arrays passed through without a mark.

    The entries of a map are `*`: `prices.*.amount`. No field there is ever named by the key's own step.
    """
    return ".".join(_ANY if step is ENTRY else str(step) for step in path if step not in (EACH, ENTRY_KEY))


def members(dotted: str) -> Path:
    """Return the path of a field outside arrays, as `key:` and `order:` name it: `account.id`."""
    return tuple(dotted.split("."))


def below_array(path: Path) -> tuple[str, ...]:
    """Return the keys after the last array or map, which name a column within its table."""
    last = max((place for place, step in enumerate(path) if step in INTO_ROWS), default=-1)
    return tuple("key" if isinstance(step, Inside) else step for step in path[last + 1 :])


def escaped(value: str) -> str:
    r"""Return the text with each half of a surrogate pair, which no UTF-8 text can hold, as its escape: `\ud83d`."""
    return value if value.isascii() else _HALF_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", value)


def _step(step: Step) -> str:
    if isinstance(step, Inside):
        return step.value
    if _PLAIN.match(step):
        return f".{step}"
    return f"[{escaped(json.dumps(step, ensure_ascii=False))}]"

"""Names of tables and columns: snake_case, and told apart when two would be the same."""

import re
from collections.abc import Container
from hashlib import sha256

from glue_lib.shape.paths import Inside, Path, below_array, text

OURS = ("_hw_", "_root_")
"""How the columns begin that every table gets: names from records that begin so are told apart from them."""

LONGEST = 120  # bytes: far below the 255 of folders and of the Data Catalog, with room for `__decimal` and a suffix

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"\W+")


def snake_case(name: str) -> str:
    """Return the name in lower case with single underscores: `unitPrice`, `Unit price` → `unit_price`."""
    words = _NO_WORD.sub("_", _HUMP.sub("_", name))
    return re.sub(r"(?<=[^_])_{2,}", "_", words).rstrip("_").lower() or "_"


def column_name(path: Path) -> str:
    """Return the column that the value at `path` becomes in its table; an array's own elements are its `value`."""
    return "_".join(snake_case(key) for key in below_array(path)) or "value"


def table_name(root: str, path: Path) -> str:
    """Return the table of the array or map at `path` (which ends in `EACH` or `ENTRY`): `orders__line_items__tags`."""
    parts: list[str] = []
    keys: list[str] = []
    for step in path:
        if isinstance(step, Inside):
            parts.append("_".join(keys) or "value")
            keys = []
        else:
            keys.append(snake_case(step))
    return "__".join([root, *parts])


def folded(name: str) -> str:
    """Return what two names have in common when Spark, which ignores case, takes one for the other."""
    return name.upper().lower()  # `ſ` is an `S` to Spark, and `ı` an `I`


def told_apart(name: str, path: Path, taken: Container[str]) -> str:
    """Return `name`; where it is taken (`taken` is folded), ours or too long, with a suffix made of the path."""
    if len(name.encode()) <= LONGEST and not folded(name).startswith(OURS) and folded(name) not in taken:
        return name
    digest = sha256(text(path).encode()).hexdigest()
    shorter = name.encode()[:LONGEST].decode(errors="ignore")
    tries = (f"{shorter}_{digest[:length]}" for length in range(8, len(digest) + 1))
    return next(longer for longer in tries if folded(longer) not in taken)

"""Names of tables and columns: snake_case, and told apart when two would be the same."""

import re
from collections.abc import Container
from hashlib import sha256

from glue_lib.shape.paths import EACH, Path, below_array, text

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
    """Return the table of the array at `path` (which ends in `EACH`): `donations__line_items__tags`."""
    parts: list[str] = []
    keys: list[str] = []
    for step in path:
        if step is EACH:
            parts.append("_".join(keys) or "value")
            keys = []
        else:
            keys.append(snake_case(step))
    return "__".join([root, *parts])


def told_apart(name: str, path: Path, taken: Container[str]) -> str:
    """Return `name`; where it is taken (`taken` is in lower case), with a suffix that depends on the path alone."""
    if name.lower() not in taken:
        return name
    digest = sha256(text(path).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name}_{digest[:8]}"

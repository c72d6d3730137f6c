"""Paths to fields, as Glue writes them: `a.b` goes into a struct, backticks keep a dot in a name, `[]` an element."""

import re

ELEMENT = "[]"
_PART = re.compile(r"`((?:[^`]|``)+)`|([^.`\[\]]+)|(\[\])")


def split(path: str) -> tuple[str, ...]:
    """Return the parts of a path: ``a.`b.c`[].d`` gives `("a", "b.c", "[]", "d")`."""
    return tuple(quoted.replace("``", "`") or plain or element for quoted, plain, element in _PART.findall(path))

"""References inside of a specification: `$ref: '#/components/schemas/Order'`, followed within the document only."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

_LONGEST_CHAIN = 20


@dataclass
class Document:
    """A specification, and what in it could not be followed."""

    root: Any
    missing: set[str] = field(default_factory=set)

    def at(self, value: Any) -> Any:
        """Return what a value refers to, or the value; None where that is in another file, or not there."""
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return value
            value = self._target(value["$ref"])
        return None

    def _target(self, reference: str) -> Any:
        found = self.root if reference.startswith("#") else None
        for step in reference.partition("#")[2].strip("/").split("/") if reference != "#" else ():
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict):
                found = found.get(key)
            elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            else:
                found = None
        if found is None:
            self.missing.add(reference)
        return found

"""Numbers of answers, kept as they are written: a double would change the long ones."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


class NumberText(str):
    """A number exactly as written, which never was a double."""

    def json_value(self) -> int | float | str:
        """Return the number for a JSON body; one that a double would change stays a text."""
        try:
            return int(self)
        except ValueError:
            return float(self) if Decimal(repr(float(self))) == Decimal(self) else str(self)


def plain(value: Any) -> Any:
    """Return a JSON value with every `NumberText` in it as the number for a JSON body."""
    if isinstance(value, NumberText):
        return value.json_value()
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def exact_json(value: Any) -> str:
    """Return a text as it is and any other JSON value as its shortest JSON text, every `NumberText` as written."""
    return str(value) if isinstance(value, str) else _written(value)


def _written(value: Any) -> str:
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, Mapping):
        return (
            "{"
            + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_written(inner)}" for key, inner in value.items())
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)

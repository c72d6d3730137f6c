"""What a stream may demand of a path: `types: {amount: "decimal(18,2)"}`.

Spark's types as they are; `epoch_s` and `epoch_ms` are numbers that count from 1970 and become a timestamp; `map` is an
object with ids as keys.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

ALLOWED = "bigint, boolean, date, decimal(p,s), double, epoch_ms, epoch_s, map, string, timestamp"

_PLAIN = {"bigint", "boolean", "date", "double", "epoch_ms", "epoch_s", "map", "string", "timestamp"}
_DECIMAL = re.compile(r"decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)\Z")
_HABITS = {
    "bigdecimal": "decimal(38,s)",
    "bool": "boolean",
    "datetime": "timestamp",
    "decimal": "decimal(18,2)",
    "epoch": "epoch_s",
    "float": "double",
    "int": "bigint",
    "integer": "bigint",
    "long": "bigint",
    "json": "map",
    "number": "decimal(p,s)",
    "numeric": "decimal(p,s)",
    "object": "map",
    "smallint": "bigint",
    "str": "string",
    "text": "string",
    "varchar": "string",
}


def column_type(text: str) -> str:
    """Return the type as Spark writes it; a ValueError says what is allowed."""
    match = _DECIMAL.match(text)
    if match and 1 <= int(match[1]) <= 38 and int(match[2]) <= int(match[1]):
        return f"decimal({int(match[1])},{int(match[2])})"
    if match:
        raise ValueError(f"`{text}` is no decimal that Spark has; in `decimal(p,s)` p is 1 to 38 and s is 0 to p")
    if text not in _PLAIN:
        meant = _HABITS.get(re.sub(r"\(.*", "", text.lower()), text.lower())
        hint = f"; did you mean `{meant}`?" if meant != text else ""
        raise ValueError(f"`{text}` is not one of {ALLOWED}{hint}")
    return text


ColumnType = Annotated[
    str,
    AfterValidator(column_type),
    Field(json_schema_extra={"anyOf": [{"enum": sorted(_PLAIN)}, {"pattern": r"^decimal\(\s*\d+\s*,\s*\d+\s*\)$"}]}),
]

"""Records as `show()` prints them: one JSON object a line, an open choice as the one value that it holds."""

import base64
import json
from collections.abc import Iterable
from typing import Any

from awsglue.gluetypes import ArrayType, ChoiceType, DataType, DecimalType, MapType, StructType
from pyspark.sql import Row


def record_text(row: Row, kind: StructType, *, compact: bool = False) -> str:
    return _json(row, kind, (",", ":") if compact else (", ", ": "))


def _json(value: Any, kind: DataType, signs: tuple[str, str]) -> str:
    if value is None:
        return "null"
    match kind:
        case StructType():
            return _object(((one.name, value[one.name], one.dataType) for one in kind.fields), signs)
        case ChoiceType():
            held = next((name for name in kind.choices if value[name] is not None), None)
            return "null" if held is None else _json(value[held], kind.choices[held], signs)
        case ArrayType():
            return f"[{signs[0].join(_json(element, kind.elementType, signs) for element in value)}]"
        case MapType():
            return _object(((str(key), inner, kind.valueType) for key, inner in value.items()), signs)
        case DecimalType():
            return f"{value:f}"  # a number with all its digits, which Python's json has no way to write
    return json.dumps(value, ensure_ascii=False, default=_text)


def _object(members: Iterable[tuple[str, Any, DataType]], signs: tuple[str, str]) -> str:
    comma, colon = signs
    texts = (
        f"{json.dumps(name, ensure_ascii=False)}{colon}{_json(value, kind, signs)}" for name, value, kind in members
    )
    return f"{{{comma.join(texts)}}}"


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes | bytearray) else str(value)

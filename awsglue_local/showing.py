"""Records as `show()` prints them: one JSON object a line, an open choice as the one value that it holds."""

import base64
import json
from typing import Any

from awsglue.gluetypes import ArrayType, ChoiceType, DataType, MapType, StructType
from pyspark.sql import Row


def record_text(row: Row, kind: StructType, *, compact: bool = False) -> str:
    separators = (",", ":") if compact else None
    return json.dumps(_plain(row, kind), ensure_ascii=False, default=_text, separators=separators)


def _plain(value: Any, kind: DataType) -> Any:
    if value is None:
        return None
    match kind:
        case StructType():
            return {field.name: _plain(value[field.name], field.dataType) for field in kind.fields}
        case ChoiceType():
            held = [name for name in kind.choices if value[name] is not None]
            return _plain(value[held[0]], kind.choices[held[0]]) if held else None
        case ArrayType():
            return [_plain(element, kind.elementType) for element in value]
        case MapType():
            return {str(key): _plain(element, kind.valueType) for key, element in value.items()}
    return value


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes | bytearray) else str(value)

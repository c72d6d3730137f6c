"""Structs and arrays as JSON text where they hold open choices: Spark's own `to_json` would write those as structs."""

import json

from awsglue.gluetypes import MapType, StringType, StructType

from awsglue_local.columns import Column, holds_choice, is_array, is_choice, literal, members


def json_text(column: Column) -> str:
    """Return the SQL of the column's JSON text, in which an open choice is the value that it holds; null stays null."""
    if not holds_choice(column.kind):
        return _of_value(column)
    if is_choice(column):
        return f"coalesce({', '.join(json_text(part) for part in members(column))})"
    if is_array(column):
        element = json_text(Column("element", "element", column.kind.elementType))
        return _joined("[]", f"transform({column.sql}, element -> coalesce({element}, 'null'))")
    if isinstance(column.kind, MapType):
        key, value = Column("key", "entry.key", StringType()), Column("value", "entry.value", column.kind.valueType)
        entry = f"concat({json_text(key)}, ':', coalesce({json_text(value)}, 'null'))"
        return _joined("{}", f"transform(map_entries({column.sql}), entry -> {entry})")
    assert isinstance(column.kind, StructType)
    fields = ", ".join(f"concat({literal(json.dumps(one.name) + ':')}, {json_text(one)})" for one in members(column))
    return f"IF({column.sql} IS NULL, NULL, {_joined('{}', f'array({fields})')})"


def _of_value(column: Column) -> str:
    text = f"to_json(array({column.sql}))"
    return f"IF({column.sql} IS NULL, NULL, substring({text}, 2, length({text}) - 2))"


def _joined(brackets: str, parts: str) -> str:
    """Put parts between brackets; those that are null are passed over, as `to_json` does with fields."""
    return f"concat('{brackets[0]}', array_join({parts}, ','), '{brackets[1]}')"

"""DynamoDB's JSON, in which each value says its type (`{"Item": {"id": {"N": "1"}}}`), to plain fields."""

from __future__ import annotations

from dataclasses import replace

from awsglue.gluetypes import NullType, StructType

from awsglue_local.columns import Column, each_element, is_array, leaves, members, struct

VALUES = {"S", "N", "B", "BOOL", "SS", "NS", "BS"}


def simplify(columns: list[Column]) -> list[Column]:
    """Return the fields of `Item` with plain values; maps become structs. Numbers stay the texts that they are."""
    return [_plain(column) for column in _of_item(columns)]


def unnest(columns: list[Column]) -> list[Column]:
    """Return the fields of `Item` with plain values; the members of maps become columns with dots in their names."""
    return [leaf for column in simplify(columns) for leaf in leaves(column)]


def _of_item(columns: list[Column]) -> list[Column]:
    item = next((column for column in columns if column.name == "Item" and isinstance(column.kind, StructType)), None)
    return columns if item is None else [other for other in columns if other is not item] + members(item)


def _plain(column: Column) -> Column:
    """Take a value out of the object that names its type; what is no such object stays as it is."""
    inside = members(column) if isinstance(column.kind, StructType) else []
    if len(inside) != 1:
        return column
    value = inside[0].named(column.name)
    match inside[0].name:
        case "NULL":
            return Column(column.name, "CAST(NULL AS void)", NullType())
        case "M" if isinstance(value.kind, StructType):
            made = struct(column.name, [_plain(member) for member in members(value)])
            return replace(made, sql=f"IF({value.sql} IS NULL, NULL, {made.sql})")
        case "L" if is_array(value):
            return _plain_list(value)
        case name if name in VALUES:
            return value
    return column


def _plain_list(column: Column) -> Column:
    """A list of one type has plain elements. Lists of several types, and of maps, stay as they are."""
    element = column.kind.elementType
    names = [field.name for field in element.fields] if isinstance(element, StructType) else []
    if len(names) != 1 or names[0] not in VALUES | {"L"}:
        return column
    return each_element(column, _plain) or column

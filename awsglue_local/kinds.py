"""Glue types as values: found in records, put together, kept where they still fit, and given to columns."""

import copy
from collections.abc import Iterable
from functools import reduce
from typing import Any

from awsglue import gluetypes as glue

from awsglue_local.casts import BY_NAME, sql_name
from awsglue_local.columns import Column, member_kinds, members, quote
from awsglue_local.decimals import USUAL, decimal, wide


def kind_of(shapes: Iterable[Any]) -> glue.StructType:
    """Return the one type that holds records of all these shapes (see `inference.shape`)."""
    return reduce(merged, map(_kind, dict.fromkeys(shapes)), glue.StructType([]))


def _kind(shape: Any) -> glue.DataType:
    match shape:
        case ("struct", fields):
            return glue.StructType([glue.Field(name, _kind(inner)) for name, inner in fields])
        case ("array", elements):
            return glue.ArrayType(reduce(merged, map(_kind, elements), glue.NullType()))
        case ("decimal", whole, scale):
            return decimal(whole, scale)
        case "decimal":
            return glue.DecimalType(38, 0)
    return BY_NAME[shape]() if shape in BY_NAME else glue.NullType()


def merged(left: glue.DataType, right: glue.DataType) -> glue.DataType:
    """Return what holds both types, by `awsglue`'s own rule, which changes the choices that it is given.

    But of two decimals that rule takes the left one, and the digits of the other would be lost.
    """
    return wide(glue.mergeDataTypes(left, copy.deepcopy(right)), left, right)


def plan(kind: glue.DataType) -> Any:
    """Return where choices are, in the form that `inference.wrap` follows; None when there is none."""
    if isinstance(kind, glue.ArrayType):
        inside = plan(kind.elementType)
        return {"array": inside} if inside else None
    if isinstance(kind, glue.MapType):
        inside = plan(kind.valueType)
        return {"map": inside} if inside else None
    plans = {name: plan(member) for name, member in member_kinds(kind).items()}
    if isinstance(kind, glue.ChoiceType):
        return {"choice": plans}
    return {"struct": plans} if any(plans.values()) else None


def kept(old: glue.DataType | None, new: glue.DataType) -> glue.DataType:
    """Return the type that was found in Python's values, or the one from before where the values still have it.

    Python knows no difference between int and long, float and double, map and struct; nor the type of a null.
    """
    match old, new:
        case (None, glue.DecimalType()):
            return USUAL if wide(USUAL, USUAL, new) == USUAL else new
        case (None, glue.ArrayType()):
            return glue.ArrayType(kept(None, new.elementType))
        case (None, glue.ChoiceType()):
            return glue.ChoiceType([kept(None, kind) for kind in new.choices.values()])
        case (None, glue.StructType()):
            return glue.StructType([glue.Field(f.name, kept(None, f.dataType)) for f in new.fields])
        case (None, _):
            return new
        case (glue.ChoiceType(), glue.ChoiceType()):
            return glue.ChoiceType([kept(old.choices.get(name), kind) for name, kind in new.choices.items()])
        case (glue.ChoiceType(), _):
            return kept(old.choices.get(_name_in(old, new)), new)
        case (_, glue.NullType()) | (glue.LongType(), glue.IntegerType()) | (glue.FloatType(), glue.DoubleType()):
            return old
        case (glue.DecimalType(), glue.DecimalType()):
            return wide(old, old, new)
        case (glue.TimestampNTZType(), glue.TimestampType()):
            return old
        case (glue.LongType(), glue.ChoiceType()) if {"int", "long"} <= new.choices.keys():
            rest = [kind for name, kind in new.choices.items() if name not in ("int", "long")]
            return glue.ChoiceType([old, *rest]) if rest else old
        case (glue.MapType(), glue.StructType()):
            values = reduce(merged, [field.dataType for field in new.fields], glue.NullType())
            return glue.MapType(kept(old.valueType, values))
        case (glue.ArrayType(), glue.ArrayType()):
            return glue.ArrayType(kept(old.elementType, new.elementType))
        case (glue.StructType(), glue.StructType()):
            before = member_kinds(old)
            return glue.StructType([glue.Field(f.name, kept(before.get(f.name), f.dataType)) for f in new.fields])
    return kept(None, new)


def _name_in(choice: glue.ChoiceType, kind: glue.DataType) -> str:
    """Return under which name a choice holds values of this type: it may know whole numbers as long only."""
    name: str = kind.typeName()
    return "long" if name == "int" and name not in choice.choices else name


def fit(column: Column, kind: glue.DataType) -> Column:
    """Return the column as this type, which holds its own: as a member of a choice, or with null for what it lacks."""
    if column.kind == kind:
        return column
    if isinstance(column.kind, glue.NullType):
        return Column(column.name, f"CAST(NULL AS {ddl(kind)})", kind)
    if isinstance(kind, glue.ChoiceType):
        return _into_choice(column, kind)
    if isinstance(kind, glue.StructType):
        own = {member.name: member for member in members(column)}
        parts = [fit(own.get(name, missing(name)), inner) for name, inner in member_kinds(kind).items()]
        return Column(column.name, f"IF({column.sql} IS NULL, NULL, {_struct(parts)})", kind)
    if isinstance(kind, glue.ArrayType):
        element = fit(Column("element", "element", column.kind.elementType), kind.elementType)
        return Column(column.name, f"transform({column.sql}, element -> {element.sql})", kind)
    if isinstance(kind, glue.MapType):
        value = fit(Column("value", "value", column.kind.valueType), kind.valueType)
        return Column(column.name, f"transform_values({column.sql}, (key, value) -> {value.sql})", kind)
    return Column(column.name, f"CAST({column.sql} AS {ddl(kind)})", kind)


def _into_choice(column: Column, kind: glue.ChoiceType) -> Column:
    is_choice = isinstance(column.kind, glue.ChoiceType)
    own = {part.name: part for part in members(column)} if is_choice else {column.kind.typeName(): column}
    parts = [fit(own.get(name, missing(name)).named(name), inner) for name, inner in member_kinds(kind).items()]
    return Column(column.name, f"IF({column.sql} IS NULL, NULL, {_struct(parts)})", kind)


def missing(name: str) -> Column:
    """Return a column that a frame lacks: it is null."""
    return Column(name, "NULL", glue.NullType())


def _struct(parts: list[Column]) -> str:
    return f"struct({', '.join(f'{part.sql} AS {quote(part.name)}' for part in parts)})"


def ddl(kind: glue.DataType) -> str:
    """Return the type as Spark SQL writes it, whatever its members are called."""
    if isinstance(kind, glue.StructType | glue.ChoiceType):
        return f"struct<{', '.join(f'{quote(name)}: {ddl(inner)}' for name, inner in member_kinds(kind).items())}>"
    if isinstance(kind, glue.ArrayType):
        return f"array<{ddl(kind.elementType)}>"
    if isinstance(kind, glue.MapType):
        return f"map<string, {ddl(kind.valueType)}>"
    if isinstance(kind, glue.NullType | glue.UnknownType):
        return "void"
    return sql_name(kind)

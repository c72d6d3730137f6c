"""Type names as job scripts write them, and values turned from one type into another: what cannot be is null."""

import re

from awsglue import gluetypes as glue

from awsglue_local.columns import Column, holds_choice, member_kinds, members
from awsglue_local.json_text import json_text

BY_NAME: dict[str, type[glue.DataType]] = {
    "binary": glue.BinaryType,
    "boolean": glue.BooleanType,
    "byte": glue.ByteType,
    "date": glue.DateType,
    "double": glue.DoubleType,
    "float": glue.FloatType,
    "int": glue.IntegerType,
    "long": glue.LongType,
    "short": glue.ShortType,
    "string": glue.StringType,
    "timestamp": glue.TimestampType,
}
ALIASES = {"bigint": "long", "integer": "int", "smallint": "short", "tinyint": "byte", "bool": "boolean"}
SPARK_SQL = {"long": "bigint", "short": "smallint", "byte": "tinyint", "timestampntz": "timestamp_ntz"}
WHOLE = ("array", "map", "struct")
NUMBERS = (
    glue.ByteType, glue.DecimalType, glue.DoubleType, glue.FloatType, glue.IntegerType, glue.LongType, glue.ShortType,
)  # fmt: skip
TO_ALL = (glue.NullType, glue.StringType)
# Beside these, what can become each type; those not named are numbers.
FROM: dict[type[glue.DataType], tuple[type[glue.DataType], ...]] = {
    glue.BinaryType: (),
    glue.BooleanType: NUMBERS,
    glue.DateType: (glue.TimestampType, glue.TimestampNTZType),
    glue.TimestampType: (*NUMBERS, glue.DateType, glue.TimestampNTZType),
}
_DECIMAL = re.compile(r"decimal(?:\((\d+),\s*(\d+)\))?")


def parse(name: str) -> glue.DataType:
    """Return the type of a name such as `long`, `BIGINT` or `decimal(12,2)`."""
    text = name.strip().lower()
    decimal = _DECIMAL.fullmatch(text)
    if decimal:
        return glue.DecimalType(*[int(number) for number in decimal.groups() if number])
    known = BY_NAME.get(ALIASES.get(text, text))
    if known is None:
        raise ValueError(f"`{name}` is not a type; allowed are {', '.join([*BY_NAME, 'decimal(p,s)'])}")
    return known()


def is_type(name: str) -> bool:
    """Say whether this is the name of a type, also of one with parts: `array`, `struct<a:int>`."""
    text = name.strip().lower()
    known = text in BY_NAME or text in ALIASES or _DECIMAL.fullmatch(text)
    return bool(known) or text.split("<")[0] in WHOLE


def sql_name(kind: glue.DataType) -> str:
    if isinstance(kind, glue.DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    name: str = kind.typeName()
    return SPARK_SQL.get(name, name)


def cast(column: Column, kind: glue.DataType) -> Column:
    """Return the column with every value turned into the type. Of an open choice, whichever type a value has."""
    if isinstance(column.kind, glue.ChoiceType):
        return Column(column.name, f"coalesce({', '.join(_cast(part, kind) for part in members(column))})", kind)
    return column if column.kind == kind else Column(column.name, _cast(column, kind), kind)


def null(name: str, kind: glue.DataType) -> Column:
    return Column(name, f"CAST(NULL AS {sql_name(kind)})", kind)


def _cast(column: Column, kind: glue.DataType) -> str:
    if member_kinds(column.kind) or isinstance(column.kind, glue.ArrayType | glue.MapType):
        if isinstance(kind, glue.StringType):
            return json_text(column) if holds_choice(column.kind) else f"to_json({column.sql})"
        return null(column.name, kind).sql
    return f"try_cast({column.sql} AS {sql_name(kind)})" if _is_known(column.kind, kind) else null("", kind).sql


def _is_known(before: glue.DataType, after: glue.DataType) -> bool:
    """Say whether Spark has a cast for it, by the rules of ANSI SQL, which hold for `try_cast` everywhere."""
    if type(before) is type(after) or isinstance(before, TO_ALL) or isinstance(after, glue.StringType):
        return True
    return type(before) in FROM.get(type(after), (*NUMBERS, glue.BooleanType, glue.TimestampType))

"""Decimals that meet: the type that has room for the digits of both."""

from collections.abc import Iterator

from awsglue import gluetypes as glue

from awsglue_local.columns import member_kinds

MOST = 38
USUAL = glue.DecimalType(38, 18)
"""What Spark makes of Python's decimals, too."""


def decimal(whole: int, scale: int) -> glue.DecimalType:
    """Return the type for this many digits before and behind the point; where there is no room, the last are cut."""
    whole = min(whole, MOST)
    scale = min(scale, MOST - whole)
    return glue.DecimalType(max(whole + scale, 1), scale)


def wide(made: glue.DataType, *sides: glue.DataType) -> glue.DataType:
    """Return the type that was made of these, its decimals wide enough for those of every side."""
    match made:
        case glue.DecimalType():
            found = [side for side in (made, *sides) if isinstance(side, glue.DecimalType)]
            return decimal(max(one.precision - one.scale for one in found), max(one.scale for one in found))
        case glue.ArrayType():
            inside = [side.elementType for side in sides if isinstance(side, glue.ArrayType)]
            return glue.ArrayType(wide(made.elementType, *inside))
        case glue.MapType():
            inside = [side.valueType for side in sides if isinstance(side, glue.MapType)]
            return glue.MapType(wide(made.valueType, *inside))
        case glue.ChoiceType():
            return glue.ChoiceType([wide(kind, *_named(name, made, sides)) for name, kind in made.choices.items()])
        case glue.StructType():
            fields = [glue.Field(f.name, wide(f.dataType, *_named(f.name, made, sides)), f.properties) for f in made]
            return glue.StructType(fields, made.properties)
    return made


def _named(name: str, made: glue.DataType, sides: tuple[glue.DataType, ...]) -> Iterator[glue.DataType]:
    """Yield what the sides have under the name of a field, or of a type of a choice."""
    for side in sides:
        inside = member_kinds(side) if type(side) is type(made) else {side.typeName(): side}
        if name in inside and not (isinstance(made, glue.StructType) and type(side) is not type(made)):
            yield inside[name]

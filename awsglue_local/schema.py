"""Glue's schemas: from Spark's and to Spark's, as JSON, and as the text that `printSchema` shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from awsglue import gluetypes as glue
from pyspark.sql import types as spark

from awsglue_local.absent import StandIn
from awsglue_local.columns import member_kinds

ATOMIC: dict[type[spark.DataType], type[glue.DataType]] = {
    spark.BinaryType: glue.BinaryType,
    spark.BooleanType: glue.BooleanType,
    spark.ByteType: glue.ByteType,
    spark.DateType: glue.DateType,
    spark.DoubleType: glue.DoubleType,
    spark.FloatType: glue.FloatType,
    spark.IntegerType: glue.IntegerType,
    spark.LongType: glue.LongType,
    spark.NullType: glue.NullType,
    spark.ShortType: glue.ShortType,
    spark.StringType: glue.StringType,
    spark.TimestampType: glue.TimestampType,
    spark.TimestampNTZType: glue.TimestampNTZType,
}
SPARK = {kind: spark_kind for spark_kind, kind in ATOMIC.items()}


@dataclass(frozen=True)
class FrameSchema(StandIn):
    """What `schema()` of a frame answers."""

    kind: glue.StructType
    jvm_name = "Schema"

    @staticmethod
    def read(text: str) -> glue.StructType:
        """Return the type that `toString` wrote."""
        kind = glue._deserialize_json_string(text)
        if not isinstance(kind, glue.StructType):
            raise ValueError(f"a frame's schema is a struct, this is a {kind.typeName()}")
        return kind

    def toString(self) -> str:
        """Return the JSON that `awsglue.gluetypes` reads back."""
        return json.dumps(self.kind.jsonValue())

    def treeString(self) -> str:
        """Return Glue's tree: no blank before the first bar, and no word on what may be null."""
        return "\n".join(["root", *_lines(self.kind, "")])


def glue_type(kind: spark.DataType) -> glue.DataType:
    """Return the Glue type of a Spark type; a type that Glue does not know is `unknown`."""
    match kind:
        case spark.StructType():
            return glue.StructType([glue.Field(field.name, glue_type(field.dataType)) for field in kind.fields])
        case spark.ArrayType():
            return glue.ArrayType(glue_type(kind.elementType))
        case spark.MapType():
            return glue.MapType(glue_type(kind.valueType))
        case spark.DecimalType():
            return glue.DecimalType(kind.precision, kind.scale)
    return ATOMIC.get(type(kind), glue.UnknownType)()


def spark_struct(kind: glue.StructType | glue.ChoiceType) -> spark.StructType:
    """Return the Spark struct that holds a Glue struct, or an open choice: that one has a member per type."""
    return spark.StructType([spark.StructField(name, spark_type(inner)) for name, inner in member_kinds(kind).items()])


def spark_type(kind: glue.DataType) -> spark.DataType:
    """Return the Spark type that holds a Glue type."""
    match kind:
        case glue.StructType() | glue.ChoiceType():
            return spark_struct(kind)
        case glue.ArrayType():
            return spark.ArrayType(spark_type(kind.elementType))
        case glue.MapType():
            return spark.MapType(spark.StringType(), spark_type(kind.valueType))
        case glue.DecimalType():
            return spark.DecimalType(kind.precision, kind.scale)
    return SPARK.get(type(kind), spark.NullType)()


def _lines(kind: glue.DataType, indent: str) -> Iterator[str]:
    for name, child in _children(kind):
        label = name if isinstance(kind, glue.ChoiceType) else f"{name}: {child.typeName()}"
        yield f"{indent}|-- {label}"
        yield from _lines(child, indent + "|    ")


def _children(kind: glue.DataType) -> list[tuple[str, glue.DataType]]:
    match kind:
        case glue.ArrayType():
            return [("element", kind.elementType)]
        case glue.MapType():
            return [("keyType", glue.StringType()), ("valueType", kind.valueType)]
    return list(member_kinds(kind).items())

"""The stand-in for the JVM's DynamicFrame: a Spark DataFrame, and the Glue schema where that says more than Spark's.

Transforms only select from the DataFrame, so a chain of them is one Spark plan, and none of them runs a job.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from awsglue import gluetypes as glue
from py4j.java_gateway import JavaObject
from pyspark.sql import DataFrame

from awsglue_local.absent import StandIn
from awsglue_local.columns import Column, quote
from awsglue_local.relationalize import relationalize
from awsglue_local.schema import FrameSchema, glue_type
from awsglue_local.values import JsonOptions

INSTEAD = {
    "javaToPython": "for map, filter and rdd use toDF() and Spark's own functions, then DynamicFrame.fromDF",
    "join": "use toDF().join(...) and DynamicFrame.fromDF",
}


class Frame(StandIn):
    """What `awsglue.DynamicFrame` holds as its `_jdf`."""

    jvm_name = "DynamicFrame"
    instead = INSTEAD

    def __init__(self, rows: DataFrame, kind: glue.StructType | None = None, name: str = "") -> None:
        self.rows = rows
        self.name = name
        self._given_kind = kind

    @cached_property
    def kind(self) -> glue.StructType:
        """The Glue schema; it is Spark's own unless the frame has open choices."""
        return self._given_kind or glue_type(self.rows.schema)

    def columns(self) -> list[Column]:
        """Return the columns as they are: where every transform starts."""
        return [Column(field.name, quote(field.name), field.dataType) for field in self.kind.fields]

    def derive(self, columns: list[Column]) -> Frame:
        """Return the frame that has these columns, made from this one's rows."""
        kind = glue.StructType([glue.Field(column.name, column.kind) for column in columns])
        return Frame(self.rows.selectExpr(*[column.select() for column in columns]), kind, self.name)

    # What follows are the JVM's names.

    def getName(self) -> str:
        return self.name

    def toDF(self, specs: Any) -> JavaObject:
        return self.rows._jdf

    def count(self) -> int:
        return self.rows.count()

    def schema(self) -> FrameSchema:
        return FrameSchema(self.kind)

    def relationalize(self, root: str, staging: str, options: JsonOptions, *call: Any) -> list[Frame]:
        tables = relationalize(self.rows, self.columns(), root)
        return [Frame(rows, name=name) for name, rows in tables.items()]

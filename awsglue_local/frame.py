"""The stand-in for the JVM's DynamicFrame: a Spark DataFrame, and the Glue schema where that says more than Spark's.

Transforms only select from the DataFrame, so a chain of them is one Spark plan, and none of them runs a job.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from awsglue import gluetypes as glue
from py4j.java_gateway import JavaObject
from pyspark.sql import DataFrame

from awsglue_local import choices, fields
from awsglue_local.absent import StandIn
from awsglue_local.columns import Column, quote, struct_kind
from awsglue_local.mapping import apply_mapping
from awsglue_local.relationalize import relationalize
from awsglue_local.schema import FrameSchema, glue_type
from awsglue_local.showing import record_text
from awsglue_local.values import JsonOptions

SPARK = "use toDF(), Spark's own"
BACK = "and DynamicFrame.fromDF"


class Frame(StandIn):
    """What `awsglue.DynamicFrame` holds as its `_jdf`. The JVM's names stand below; `call` is what each takes last."""

    jvm_name = "DynamicFrame"
    instead = {  # noqa: RUF012, declared in StandIn
        "javaToPython": f"for map, filter and rdd {SPARK} functions {BACK}",
        "join": f"{SPARK} join {BACK}",
        "union": f"{SPARK} unionByName {BACK}",
        "repartition": f"{SPARK} repartition {BACK}",
        "coalesce": f"{SPARK} coalesce {BACK}",
        "unbox": f"{SPARK} from_json {BACK}",
        "splitFields": "use select_fields and drop_fields",
        "splitRows": f"{SPARK} where {BACK}",
        "spigot": f"{SPARK} limit and write",
        "getNumPartitions": "use toDF().rdd.getNumPartitions()",
        "pyWithFrameSchema": "the schema is known without it",
    }

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
        if columns == self.columns():
            return self
        rows = self.rows.selectExpr(*[column.select() for column in columns])
        return Frame(rows, struct_kind(columns), self.name)

    def has_choices(self) -> bool:
        return '"choice"' in self.schema().toString()

    def getName(self) -> str:
        return self.name

    def toDF(self, specs: Any) -> JavaObject:
        return self.derive(choices.resolve(self.columns(), _actions(specs))).rows._jdf

    def count(self) -> int:
        return self.rows.count()

    def schema(self) -> FrameSchema:
        return FrameSchema(self.kind)

    def showString(self, count: int) -> str:
        return "\n".join(record_text(row, self.kind) for row in self.rows.take(count))

    def applyMapping(self, specs: Any, case_sensitive: bool, *call: Any) -> Frame:
        return self.derive(apply_mapping(self.columns(), _values(specs), case_sensitive))

    def dropFields(self, paths: Any, *call: Any) -> Frame:
        return self.derive(fields.drop(self.columns(), _values(paths)))

    def selectFields(self, paths: Any, *call: Any) -> Frame:
        return self.derive(fields.select(self.columns(), _values(paths)))

    def renameField(self, old: str, new: str, *call: Any) -> Frame:
        return self.derive(fields.rename(self.columns(), old, new))

    def unnest(self, *call: Any) -> Frame:
        return self.derive(fields.unnest(self.columns()))

    def relationalize(self, root: str, staging: str, options: JsonOptions, *call: Any) -> list[Frame]:
        tables = relationalize(self.rows, self.columns(), root)
        return [Frame(rows, kind, name) for name, (rows, kind) in tables.items()]

    def resolveChoice(self, specs: Any, choice: str, *call: Any) -> Frame:
        return self.derive(choices.resolve(self.columns(), _actions(specs), choice or ""))


def _values(sequence: Any) -> list[Any]:
    """Return the members of what `toSeq` made: of stand-ins a tuple, of texts a sequence in Spark's JVM."""
    if isinstance(sequence, JavaObject):
        return [sequence.apply(position) for position in range(sequence.size())]
    return list(sequence)


def _actions(specs: Any) -> dict[str, str]:
    return {spec.path: spec.action for spec in _values(specs)}

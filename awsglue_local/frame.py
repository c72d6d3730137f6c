"""The stand-in for the JVM's DynamicFrame: a Spark DataFrame, and the Glue schema where that says more than Spark's.

Transforms only select from the DataFrame, so a chain of them is one Spark plan, and none of them runs a job. Those that
work on Python records (`map`, `filter`, `unbox`) read the data for its types, when these are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from awsglue import gluetypes as glue
from py4j.java_gateway import JavaObject
from pyspark.serializers import BatchedSerializer, CPickleSerializer
from pyspark.sql import DataFrame, SparkSession

from awsglue_local import catalog, choices, dynamodb, fields, python_records, sampling, together, unboxing
from awsglue_local.absent import StandIn
from awsglue_local.columns import Column, columns_of, holds_choice, struct_kind
from awsglue_local.errors import Errors
from awsglue_local.mapping import apply_mapping
from awsglue_local.python_records import Made
from awsglue_local.relationalize import relationalize
from awsglue_local.schema import FrameSchema, glue_type
from awsglue_local.showing import record_text
from awsglue_local.values import JsonOptions, values_of

Change = Callable[[list[Column]], list[Column]]


class Frame(StandIn):
    """What `awsglue.DynamicFrame` holds as its `_jdf`. The JVM's names stand below; `call` is what each takes last."""

    jvm_name = "DynamicFrame"

    def __init__(
        self,
        rows: DataFrame | Callable[[], Made],
        kind: glue.StructType | None = None,
        name: str = "",
        errors: Errors = Errors(),  # noqa: B008, it is frozen
    ) -> None:
        self.name = name
        self.errors = errors
        self._source = rows
        self._given_kind = kind

    @cached_property
    def _made(self) -> Made:
        if callable(self._source):
            return self._source()
        return self._source, self._given_kind or glue_type(self._source.schema)

    @property
    def rows(self) -> DataFrame:
        return self._made[0]

    @property
    def kind(self) -> glue.StructType:
        """The Glue schema; it is Spark's own unless the frame has open choices."""
        return self._made[1]

    def columns(self) -> list[Column]:
        """Return the columns as they are: where every transform starts."""
        return columns_of(self.kind)

    def derive(self, columns: list[Column], call: tuple[Any, ...] = ()) -> Frame:
        """Return the frame that has these columns, made from this one's rows."""
        return Frame(*selected(self.rows, self.columns(), columns), self.name, self.errors.then(call))

    def with_rows(self, rows: DataFrame, call: tuple[Any, ...]) -> Frame:
        """Return the frame that has these rows, in the columns of this one."""
        return Frame(rows, self.kind, self.name, self.errors.then(call))

    # --- schema, rows, counts

    def has_choices(self) -> bool:
        return holds_choice(self.kind)

    def getName(self) -> str:
        return self.name

    def toDF(self, specs: Any = ()) -> JavaObject:
        self.errors.check()
        return self.derive(choices.resolve(self.columns(), _actions(specs))).rows._jdf

    def count(self) -> int:
        self.errors.check()
        return self.rows.count()

    def schema(self) -> FrameSchema:
        return FrameSchema(self.kind)

    def pyWithFrameSchema(self, schema: str) -> Frame:
        """Return the frame with the schema that the script knows it to have."""
        known = FrameSchema.read(schema)
        return Frame(lambda: together.fitted(self.rows, self.columns(), known), None, self.name, self.errors)

    def showString(self, count: int) -> str:
        self.errors.check()
        return "\n".join(record_text(row, self.kind) for row in self.rows.take(count))

    def javaToPython(self) -> JavaObject:
        serializer = BatchedSerializer(CPickleSerializer(), 100)  # type: ignore[no-untyped-call]
        return python_records.items(self.rows, self.kind)._reserialize(serializer)._jrdd

    def getNumPartitions(self) -> int:
        return self.rows.rdd.getNumPartitions()

    def repartition(self, count: int, *call: Any) -> Frame:
        return self.with_rows(self.rows.repartition(count), call)

    def coalesce(self, count: int, shuffle: bool, *call: Any) -> Frame:
        return self.with_rows(self.rows.repartition(count) if shuffle else self.rows.coalesce(count), call)

    # --- error records

    def errorsCount(self) -> int:
        return self.errors.count()

    def stageErrorsCount(self) -> int:
        return self.errors.last_count()

    def assertErrorThreshold(self) -> None:
        self.errors.check()

    def errorsAsDynamicFrame(self) -> Frame:
        from awsglue_local.json_files import read_texts

        session = SparkSession.builder.getOrCreate()
        texts = self.errors.texts()
        return read_texts(session, session.sparkContext.union(texts) if texts else session.sparkContext.parallelize([]))

    # --- transforms of columns

    def applyMapping(self, specs: Any, case_sensitive: bool, *call: Any) -> Frame:
        return self.derive(apply_mapping(self.columns(), values_of(specs), case_sensitive), call)

    def dropFields(self, paths: Any, *call: Any) -> Frame:
        return self.derive(fields.drop(self.columns(), values_of(paths)), call)

    def selectFields(self, paths: Any, *call: Any) -> Frame:
        return self.derive(fields.select(self.columns(), values_of(paths)), call)

    def splitFields(self, paths: Any, *call: Any) -> list[Frame]:
        off, rest = fields.split_off(self.columns(), values_of(paths))
        return [self.derive(off, call), self.derive(rest, call)]

    def renameField(self, old: str, new: str, *call: Any) -> Frame:
        return self.derive(fields.rename(self.columns(), old, new), call)

    def unnest(self, *call: Any) -> Frame:
        return self.derive(fields.unnest(self.columns()), call)

    def unnestDDBJson(self, *call: Any) -> Frame:
        return self.derive(dynamodb.unnest(self.columns()), call)

    def simplifyDDBJson(self) -> Frame:
        return self.derive(dynamodb.simplify(self.columns()))

    def relationalize(self, root: str, staging: str, options: JsonOptions, *call: Any) -> list[Frame]:
        tables = relationalize(self.rows, self.columns(), root)
        return [Frame(rows, kind, name, self.errors.then(call)) for name, (rows, kind) in tables.items()]

    def resolveChoice(
        self, specs: Any, choice: str, database: Any = None, table: Any = None, *call_and_catalog: Any
    ) -> Frame:
        *call, catalog_id = call_and_catalog or (None,)
        actions = _actions(specs)
        wants_catalog = "match_catalog" in (choice, *actions.values())
        known = catalog.schema_of(self.rows.sparkSession, database, table, catalog_id) if wants_catalog else None
        return self.derive(choices.resolve(self.columns(), actions, choice or "", known), tuple(call))

    # --- transforms of rows

    def splitRows(self, paths: Any, values: Any, operators: Any, *call: Any) -> list[Frame]:
        conditions = list(zip(values_of(paths), values_of(values), values_of(operators), strict=True))
        halves = sampling.split_rows(self.rows, self.columns(), conditions)
        return [self.with_rows(rows, call) for rows in halves]

    def spigot(self, path: str, options: JsonOptions, *call: Any) -> Frame:
        sampling.spigot(self.rows, self.kind, path, options.values())
        return self.with_rows(self.rows, call)

    def unbox(self, path: str, format: str, options: str, *call: Any) -> Frame:
        found = unboxing.unboxed(
            python_records.items(self.rows, self.kind), path, format, JsonOptions(options).values()
        )
        return self.of_items(found, call)

    def of_items(self, found: Any, call: tuple[Any, ...]) -> Frame:
        """Return the frame of an RDD of items that were made from this frame's; `call` is led by context and site."""
        once = python_records.kept_once(found)
        session = self.rows.sparkSession
        errors = self.errors.then(call, python_records.error_texts(once, call[1] if len(call) > 1 else None))
        return Frame(lambda: python_records.made_of(session, once, lambda: self.kind), None, self.name, errors)

    # --- two frames

    def join(self, keys: Any, other_keys: Any, other: Frame, *call: Any) -> Frame:
        left, right = (self.rows, self.columns()), (other.rows, other.columns())
        made = together.joined(left, right, values_of(keys), values_of(other_keys))
        return Frame(*made, self.name, (self.errors + other.errors).then(call))

    def union(self, other: Frame, *call: Any) -> Frame:
        made = together.union((self.rows, self.columns()), (other.rows, other.columns()))
        return Frame(*made, self.name, (self.errors + other.errors).then(call))

    def mergeDynamicFrames(self, stage: Frame, keys: Any, ctx: str, options: JsonOptions, *call: Any) -> Frame:
        made = together.overwritten((self.rows, self.columns()), (stage.rows, stage.columns()), values_of(keys))
        return Frame(*made, self.name, (self.errors + stage.errors).then(call))


def selected(rows: DataFrame, before: list[Column], columns: list[Column]) -> Made:
    """Return the rows with these columns; unchanged ones keep the very plan."""
    kind = struct_kind(columns)
    return (rows if columns == before else rows.selectExpr(*[column.select() for column in columns])), kind


def _actions(specs: Any) -> dict[str, str]:
    return {spec.path: spec.action for spec in values_of(specs)}

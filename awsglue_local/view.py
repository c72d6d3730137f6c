"""The view that takes the place of `SparkContext._jvm`: Glue's names are answered here, all others by Spark's JVM."""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

from py4j.java_gateway import JavaClass, JavaObject, JVMView
from pyspark import RDD, SparkContext
from pyspark.sql import DataFrame, SparkSession

from awsglue_local import functions, job
from awsglue_local.absent import AbsentName, StandIn
from awsglue_local.columns import quote
from awsglue_local.context import GlueContext
from awsglue_local.frame import Frame
from awsglue_local.logger import GlueLogger
from awsglue_local.values import CallSite, JsonOptions, MappingSpec, ResolveSpec


def install(spark_context: SparkContext) -> None:
    """Let `awsglue` find its JVM objects. Where Glue's own classes are on the class path nothing is changed.

    It holds for the process: contexts and sessions made later find them too. Doing it twice does no harm.
    """
    jvm = spark_context._jvm
    if "PYSPARK_PYTHON" not in os.environ and str(spark_context.master).startswith("local"):
        # Spark would take whichever `python3` is first on the path, and that may lack `awsglue`.
        spark_context.pythonExec = sys.executable
    if isinstance(jvm, View) or _has_glue(jvm):
        return
    SparkContext._jvm = View(jvm)
    # `awsglue` makes DataFrames by their constructor, on Glue too; nobody here can act on Spark's warning.
    warnings.filterwarnings("ignore", message="DataFrame constructor is internal")
    session = SparkSession._instantiatedSession
    if session is not None:
        session._jvm = SparkContext._jvm  # a session keeps the view that it found when it was made


def _has_glue(jvm: JVMView) -> bool:
    return isinstance(jvm.com.amazonaws.services.glue.DynamicFrame, JavaClass)


class View:
    """Glue's names are attributes; any other name goes on to the real view, private ones (for py4j) included."""

    def __init__(self, jvm: JVMView) -> None:
        self._jvm = jvm
        self.PythonUtils = PythonUtils(jvm.PythonUtils)
        self.scala = Scala(jvm.scala)
        self.DynamicFrame = DynamicFrame()
        self.GlueContext = GlueContext
        self.GlueLogger = GlueLogger
        self.GluePythonUtils = GluePythonUtils()
        self.Job = job.RUNNING
        self.JsonOptions = JsonOptions
        self.CallSite = CallSite
        self.ResolveSpec = ResolveSpec
        self.MappingSpec = MappingSpec
        self.RecordUtils = RecordUtils()
        self.StreamingSource = StreamingSource()
        self.gluefunctions = functions.GlueFunctions(jvm)
        self.ApplyMapping = functions.ApplyMapping()
        for name in ABSENT:
            setattr(self, name, AbsentName(name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jvm, name)


ABSENT = (
    "AWSConnectionUtils",
    "EntityDetector",
    "EvaluateDataQuality",
    "SparkUtility",
)


class PassingOn:
    """A JVM class of which a few names are answered here."""

    def __init__(self, jvm: Any) -> None:
        self._jvm = jvm

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jvm, name)


class PythonUtils(PassingOn):
    """Spark's own, but for sequences of stand-ins: those stay in Python."""

    def toSeq(self, values: Sequence[Any]) -> Any:
        if any(isinstance(value, StandIn | tuple) for value in values):
            return tuple(values)
        return self._jvm.toSeq(values)


class Scala(PassingOn):
    """The package `scala`, with the tuples that `awsglue` writes mappings as."""

    def __init__(self, jvm: Any) -> None:
        super().__init__(jvm)
        self.Tuple2, self.Tuple3, self.Tuple4 = Tuple(jvm.Tuple2), Tuple(jvm.Tuple3), Tuple(jvm.Tuple4)


class Tuple(PassingOn):
    def apply(self, *parts: Any) -> tuple[Any, ...]:
        return parts

    def __call__(self, *parts: Any) -> JavaObject:
        return self._jvm(*parts)


class GluePythonUtils(StandIn):
    """Turns Scala's sequences and options into what Python can use: here they are Python's from the start."""

    jvm_name = "GluePythonUtils"

    def seqAsJava(self, values: Sequence[Any]) -> Sequence[Any]:
        return values

    def constructOption(self, value: Any) -> Any:
        return value

    def constructChoiceOption(self, choice: str) -> str:
        return choice


class RecordUtils(StandIn):
    jvm_name = "RecordUtils"

    def quoteName(self, name: str) -> str:
        return quote(name)


class DynamicFrame(StandIn):
    """The static side of the JVM's DynamicFrame: where frames come from."""

    jvm_name = "DynamicFrame"

    def apply(self, jdf: JavaObject, context: GlueContext) -> Frame:
        return Frame(_told_apart(DataFrame(jdf, context.session)))

    def emptyDynamicFrame(self, context: GlueContext) -> Frame:
        return Frame(context.session.range(0).select())

    def fromPythonRDD(
        self, frame: Frame, jrdd: JavaObject, context: GlueContext, ctx: str, name: str, site: CallSite, *most: int
    ) -> Frame:
        """Return the frame of what a Python function made of a frame's records: `map` and `filter`."""
        spark_context = context.session.sparkContext
        return frame.of_items(RDD(jrdd, spark_context, spark_context.serializer), (ctx, site, *most))


class StreamingSource(StandIn):
    """Counts what a stream reads, for Glue's metrics: nobody reads them here."""

    jvm_name = "StreamingSource"

    def updateNumRecords(self, count: int) -> None: ...

    def updateBatchProcessingTimeInMs(self, milliseconds: int) -> None: ...


def _told_apart(rows: DataFrame) -> DataFrame:
    """A DataFrame may have one name twice, a frame may not: Glue puts a dot before the later one."""
    if not any(count > 1 for count in Counter(rows.columns).values()):
        return rows
    names: list[str] = []
    for name in rows.columns:
        while name in names:
            name = "." + name
        names.append(name)
    return rows.toDF(*names)

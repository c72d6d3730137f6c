"""JSON files to a frame. The first pass learns the types, as Glue does; Spark reads the values on the second.

Where records differ in the type of a field, the frame has an open choice there.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from awsglue import gluetypes as glue
from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession

from awsglue_local import inference
from awsglue_local.casts import BY_NAME
from awsglue_local.columns import member_kinds
from awsglue_local.frame import Frame
from awsglue_local.schema import spark_struct

# Workers import by name what was not sent along, and this package need not be on their path.
cloudpickle.register_pickle_by_value(inference)  # type: ignore[no-untyped-call]


def read_json(session: SparkSession, paths: list[str], *, multiline: bool, recurse: bool) -> Frame:
    """Return the records of the files at these paths; a file or a line may hold an array of records."""
    texts = _texts(session.read.text(paths, wholetext=multiline, recursiveFileLookup=recurse))
    kind = _kind(texts.mapPartitions(inference.shapes).collect(), paths)
    reader = session.read.schema(spark_struct(kind)).options(mode="FAILFAST", multiLine=multiline)
    plan = _plan(kind)
    if plan is None:
        return Frame(reader.json(paths, recursiveFileLookup=recurse), kind)
    return Frame(reader.json(texts.mapPartitions(lambda lines: inference.wrapped(lines, plan))), kind)


def _texts(lines: DataFrame) -> Any:
    if len(lines.columns) > 1:
        names = ", ".join(f"`{name}`" for name in lines.columns[1:])
        raise NotImplementedError(f"json source: folders named for columns ({names}) are not read; use spark.read.json")
    return lines.rdd.map(lambda row: row[0])


def _kind(found: Iterable[Any], paths: list[str]) -> glue.StructType:
    shapes = list(dict.fromkeys(found))
    if any(isinstance(shape, str) or shape[0] != "struct" for shape in shapes):
        raise ValueError(
            f"json source: {', '.join(paths)}: a line is not a JSON object (in Glue: an error record); "
            f"correct it, or pass format_options={{'multiline': True}} if records span lines"
        )
    return reduce(glue.mergeDataTypes, map(_type, shapes), glue.StructType([]))


def _type(shape: Any) -> glue.DataType:
    match shape:
        case ("struct", fields):
            return glue.StructType([glue.Field(name, _type(inner)) for name, inner in fields])
        case ("array", elements):
            return glue.ArrayType(reduce(glue.mergeDataTypes, map(_type, elements), glue.NullType()))
        case "decimal":
            return glue.DecimalType(38, 0)
    return BY_NAME[shape]() if shape in BY_NAME else glue.NullType()


def _plan(kind: glue.DataType) -> Any:
    """Return where choices are, in the form that `inference.wrapped` follows; None when there is none."""
    if isinstance(kind, glue.ArrayType):
        inside = _plan(kind.elementType)
        return {"array": inside} if inside else None
    plans = {name: _plan(member) for name, member in member_kinds(kind).items()}
    if isinstance(kind, glue.ChoiceType):
        return {"choice": plans}
    return {"struct": plans} if any(plans.values()) else None

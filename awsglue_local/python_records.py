"""Frames as Python records and back: what `map`, `filter`, `unbox` and `rdd` work on.

A record travels as `awsglue` wants it: `{"record": …, "isError": …, "errorMessage": …}`. Its types are found in its
values, as Glue finds them; a type from before is kept where the values still have it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from awsglue import gluetypes as glue
from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel, cloudpickle
from pyspark.sql import DataFrame, SparkSession

from awsglue_local import errors, inference, json_path
from awsglue_local.errors import error_text
from awsglue_local.inference import CANNOT_HOLD, shape, unwrap, wrap
from awsglue_local.kinds import kept, kind_of, plan
from awsglue_local.schema import spark_struct

# Workers import by name what was not sent along, and this package need not be on their path.
for module in (errors, inference, json_path):
    cloudpickle.register_pickle_by_value(module)  # type: ignore[no-untyped-call]

Made = tuple[DataFrame, glue.StructType]


def items(rows: DataFrame, kind: glue.StructType) -> Any:
    """Return the rows as an RDD of items."""
    unwrapping, choices = unwrap, plan(kind)
    return rows.rdd.map(lambda row: {"record": unwrapping(row, choices), "isError": False, "errorMessage": ""})


def error_texts(found: Any, where: Any) -> Any:
    """Return the items that are errors, as the texts of error records."""
    text_of, site = error_text, where
    bad = found.filter(lambda item: item["isError"])
    return bad.map(lambda item: text_of(site, item["errorMessage"], item["record"]))


def kept_once(found: Any) -> Any:
    """Return the RDD so that its functions run once, whatever is asked of it: types, rows and errors must agree."""
    return found.persist(StorageLevel.MEMORY_AND_DISK)


def made_of(session: SparkSession, found: Any, before: Callable[[], glue.StructType]) -> Made:
    """Return rows and schema of the items that are no errors. The types are found by a pass over them."""
    shaping = shape
    records = found.filter(lambda item: not item["isError"]).map(lambda item: item["record"])

    def shapes(part: Iterator[Any]) -> Iterator[Any]:
        return iter(dict.fromkeys(shaping(record) for record in part))

    found_kind = kind_of(_collected(records.mapPartitions(shapes)))
    kind = kept(before(), found_kind) if found_kind.fields else found_kind
    return rows_of(session, records, kind), kind


def _collected(found: Any) -> list[Any]:
    try:
        return list(found.collect())
    except Py4JJavaError as error:
        said = re.search(rf"{CANNOT_HOLD}.*", str(error.java_exception))
        if said is None:
            raise
        raise TypeError(f"a transform made what no frame has: {said[0].strip()}") from None


def rows_of(session: SparkSession, records: Any, kind: glue.StructType) -> DataFrame:
    """Return Python records as rows of this type."""
    wrapping, choices = wrap, plan(kind)
    fitted = records.map(lambda record: wrapping(record, choices)) if choices else records
    return session.createDataFrame(fitted, spark_struct(kind), verifySchema=False)

"""Glue's functions and mapping for DataFrames, without a frame around them."""

from __future__ import annotations

from typing import Any

from py4j.java_gateway import JavaObject
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from awsglue_local.absent import StandIn
from awsglue_local.frame import Frame, selected
from awsglue_local.mapping import apply_mapping
from awsglue_local.values import MappingSpec, values_of


class GlueFunctions(StandIn):
    """What `awsglue.functions` calls: Spark has the same under other names."""

    jvm_name = "gluefunctions"

    def __init__(self, jvm: Any) -> None:
        self._spark_functions = jvm.org.apache.spark.sql.functions

    def namedStruct(self, columns: JavaObject) -> JavaObject:
        return self._spark_functions.struct(columns)

    def explodeWithIndex(self, array: JavaObject) -> JavaObject:
        return self._spark_functions.posexplode(array)

    def replaceArrayElement(self, array: JavaObject, value: JavaObject, index: int) -> JavaObject:
        replaced = f.transform(Column(array), lambda element, at: f.when(at == index, Column(value)).otherwise(element))
        return replaced._jc


class ApplyMapping(StandIn):
    """apply_mapping of a DataFrame."""

    jvm_name = "dataframeTransforms.ApplyMapping"

    def apply(self, jdf: JavaObject, mappings: Any) -> JavaObject:
        frame = Frame(DataFrame(jdf, SparkSession.builder.getOrCreate()))
        specs = [MappingSpec.apply(tuple(mapping)) for mapping in values_of(mappings)]
        rows, _ = selected(frame.rows, frame.columns(), apply_mapping(frame.columns(), specs, False))
        return rows._jdf

from functools import reduce

import pytest
from pyspark.sql.types import StructType

from glue_lib.errors import LoadError
from glue_lib.lake.columns import added, merged, project, quoted


def schema(**columns):
    return reduce(lambda made, column: made.add(*column), columns.items(), StructType())


def test_stored_columns_come_first_and_keep_their_place():
    stored = schema(a="string", b="long")

    fields = merged("t", stored, schema(c="double", b="long"))

    assert [field.name for field in fields] == ["a", "b", "c"]
    assert added(stored, fields) == ("c",)


def test_a_stored_column_never_changes_its_type():
    with pytest.raises(LoadError, match=r"t: column `a` is `bigint` and cannot become `string`; .*`a__string`"):
        merged("t", schema(a="long"), schema(a="string"))


def test_names_that_differ_only_by_case_are_one_column_as_they_are_for_delta():
    fields = merged("t", schema(Name="string"), schema(name="string"))

    assert [field.name for field in fields] == ["Name"]


def test_a_column_without_a_type_is_left_for_the_run_that_knows_it():
    assert merged("t", None, schema(a="void")) == []


def test_a_type_that_would_raise_the_protocol_is_refused():
    with pytest.raises(LoadError, match="timestamp_ntz"):
        merged("t", None, schema(a="timestamp_ntz"))


def test_rows_are_brought_to_the_columns_of_the_table(spark):
    rows = spark.createDataFrame([("x", None)], "`odd name.of``it` string, b void")

    projected = project(rows, list(schema(b="long")) + list(rows.schema)[:1])

    assert [tuple(row) for row in projected.collect()] == [(None, "x")]
    assert projected.schema["b"].dataType.simpleString() == "bigint"


def test_a_name_is_quoted_whatever_it_contains():
    assert quoted("a.b", "c`d") == "`a.b`.`c``d`"

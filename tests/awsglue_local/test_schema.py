import pytest
from awsglue import gluetypes as glue

from awsglue_local.schema import FrameSchema, glue_type, spark_type


def kind_of(spark, schema):
    return glue_type(spark.createDataFrame([], schema).schema)


EVERY_TYPE = (
    "a boolean, b tinyint, c smallint, d int, e bigint, f float, g double, h decimal(9,2), i string, j binary, "
    "k date, l timestamp, m timestamp_ntz, n void, o array<int>, p map<string,double>, q struct<r:string>"
)


def test_every_type_has_its_glue_name(spark):
    kind = kind_of(spark, EVERY_TYPE)

    assert " ".join(field.dataType.typeName() for field in kind.fields) == (
        "boolean byte short int long float double decimal string binary "
        "date timestamp timestampntz null array map struct"
    )


def test_a_schema_goes_to_glue_and_back(spark):
    schema = spark.createDataFrame([], EVERY_TYPE).schema

    assert spark_type(glue_type(schema)) == schema


def test_what_awsglue_reads_back_is_what_was_written(frame_of):
    frame = frame_of([], "id bigint, price decimal(9,2), tags array<struct<x:int>>")

    assert frame.schema() == glue.StructType(
        [
            glue.Field("id", glue.LongType()),
            glue.Field("price", glue.DecimalType(9, 2)),
            glue.Field("tags", glue.ArrayType(glue.StructType([glue.Field("x", glue.IntegerType())]))),
        ]
    )


def test_a_type_that_glue_does_not_have_is_unknown(spark):
    assert glue_type(spark.sql("SELECT INTERVAL 1 DAY AS i").schema).fields[0].dataType.typeName() == "unknown"


def test_print_schema(frame_of, capsys):
    frame_of([], "id int, s struct<a:string,b:array<struct<c:double>>>, m map<string,int>").printSchema()

    assert capsys.readouterr().out == (
        "root\n"
        "|-- id: int\n"
        "|-- s: struct\n"
        "|    |-- a: string\n"
        "|    |-- b: array\n"
        "|    |    |-- element: struct\n"
        "|    |    |    |-- c: double\n"
        "|-- m: map\n"
        "|    |-- keyType: string\n"
        "|    |-- valueType: int\n"
    )


def test_the_types_of_a_choice_stand_below_it_by_name():
    choice = glue.ChoiceType(
        [glue.StringType(), glue.StructType([glue.Field("a", glue.IntegerType())]), glue.LongType()]
    )

    assert FrameSchema(glue.StructType([glue.Field("v", choice)])).treeString().splitlines() == [
        "root",
        "|-- v: choice",
        "|    |-- long",
        "|    |-- string",
        "|    |-- struct",
        "|    |    |-- a: int",
    ]


@pytest.mark.parametrize(("rows", "shown"), [([(1, None)], '{"id": 1, "name": null}\n'), ([], "\n")])
def test_show_prints_a_json_object_per_record(frame_of, capsys, rows, shown):
    frame_of(rows, "id int, name string").show()

    assert capsys.readouterr().out == shown


def test_show_prints_values_json_has_no_form_for_as_text(spark, glue, capsys):
    from awsglue.dynamicframe import DynamicFrame

    rows = spark.sql(
        "SELECT 1.50BD AS a, DATE'2024-02-01' AS b, TIMESTAMP_NTZ'2024-02-01 03:04:05' AS c, X'0102' AS d, "
        "map('é', array(struct(1 AS x))) AS e"
    )

    DynamicFrame.fromDF(rows, glue, "x").show(5)

    assert capsys.readouterr().out == (
        '{"a": 1.50, "b": "2024-02-01", "c": "2024-02-01 03:04:05", "d": "AQI=", "e": {"é": [{"x": 1}]}}\n'
    )

"""Tables by name: of the session, and of Glue's Data Catalog as moto has it."""

import boto3
import pytest
from moto import mock_aws

SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


def rows(frame):
    return sorted((row.asDict(recursive=True) for row in frame.toDF().collect()), key=str)


@pytest.fixture
def data_catalog(monkeypatch, tmp_path):
    """Glue's API of this process, and a function that makes a table there of a folder."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("glue")
        client.create_database(DatabaseInput={"Name": "shop"})

        def table(name, columns, keys=(), serde=SERDE, **parameters):
            described = [{"Name": column, "Type": kind} for column, kind in columns.items()]
            storage = {"Columns": described, "Location": str(tmp_path / name)}
            storage["SerdeInfo"] = {"SerializationLibrary": serde, "Parameters": {"field.delim": ","}}
            partitions = [{"Name": key, "Type": "int"} for key in keys]
            client.create_table(
                DatabaseName="shop",
                TableInput={"Name": name, "StorageDescriptor": storage, "PartitionKeys": partitions,
                            "Parameters": parameters},
            )  # fmt: skip
            return tmp_path / name

        yield table


@pytest.fixture
def session_table(spark):
    spark.sql("CREATE DATABASE IF NOT EXISTS local_shop")
    spark.sql("DROP TABLE IF EXISTS local_shop.orders")
    spark.sql("CREATE TABLE local_shop.orders (id bigint, price double, day string) USING parquet PARTITIONED BY (day)")
    yield "local_shop", "orders"
    spark.sql("DROP TABLE IF EXISTS local_shop.orders")


def test_a_table_of_the_session_is_written_and_read(glue, frame_of, session_table):
    frame = frame_of([("1", 7), ("2", 8)], "day string, id bigint")

    glue.write_dynamic_frame.from_catalog(frame, *session_table)

    read = glue.create_dynamic_frame.from_catalog(*session_table, push_down_predicate="day = '2'")
    assert rows(read) == [{"id": 8, "price": None, "day": "2"}]
    assert glue.create_data_frame.from_catalog(*session_table).count() == 2
    assert glue.create_sample_dynamic_frame_from_catalog(*session_table, num=1).count() == 1
    with pytest.raises(ValueError, match=r"`local_shop\.orders` has no column `more`"):
        glue.write_dynamic_frame.from_catalog(frame_of([(1,)], "more int"), *session_table)


def test_match_catalog_takes_the_types_of_the_table(glue, session_table, tmp_path):
    (tmp_path / "1.json").write_text('{"id": 1, "price": "2.5", "other": 1}\n{"id": "7", "price": 3, "other": "x"}')
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")

    made = frame.resolveChoice(choice="match_catalog", database="local_shop", table_name="orders")

    assert rows(made) == [
        {"id": 1, "price": 2.5, "other": {"int": 1, "string": None}},
        {"id": 7, "price": 3.0, "other": {"int": None, "string": "x"}},
    ]
    one = frame.resolveChoice(specs=[("id", "match_catalog")], database="local_shop", table_name="orders")
    assert dict(one.toDF().dtypes)["id"] == "bigint"
    assert "choice" in one._jdf.schema().treeString()


def test_texts_that_are_not_of_the_catalogs_type_stay_as_a_choice(glue, data_catalog):
    folder = data_catalog("fees", {"id": "bigint", "fee": "double", "name": "string"}, classification="csv")
    folder.mkdir()
    (folder / "1.csv").write_text("10001,1.5,a\nbad,,b\n")

    frame = glue.create_dynamic_frame.from_catalog("shop", "fees")

    assert frame._jdf.schema().treeString().splitlines()[1:] == [
        "|-- id: choice",
        "|    |-- long",
        "|    |-- string",
        "|-- fee: double",
        "|-- name: string",
    ]
    assert rows(frame.resolveChoice(specs=[("id", "project:long")])) == [
        {"id": 10001, "fee": 1.5, "name": "a"},
        {"id": None, "fee": None, "name": "b"},
    ]


def test_partitions_are_read_where_they_lie(glue, data_catalog, tmp_path):
    folder = data_catalog("parts", {"id": "bigint"}, keys=["day"], classification="csv")
    for day, place in {
        "1": folder / "day=1",
        "2": folder / "02",
        "3": tmp_path / "away",
        "4": tmp_path / "empty",
    }.items():
        place.mkdir(parents=True)
        if day != "4":
            (place / "1.csv").write_text(f"1{day}\n")
        told = {"Values": [day], "StorageDescriptor": {"Location": str(place)}}
        boto3.client("glue").create_partition(DatabaseName="shop", TableName="parts", PartitionInput=told)

    assert rows(glue.create_dynamic_frame.from_catalog("shop", "parts")) == [
        {"id": 11, "day": 1}, {"id": 12, "day": 2}, {"id": 13, "day": 3}
    ]  # fmt: skip
    some = glue.create_dynamic_frame.from_catalog("shop", "parts", push_down_predicate="day >= 3")
    assert rows(some) == [{"id": 13, "day": 3}]


def test_fields_of_csv_are_the_columns_of_the_table_whatever_the_first_line_has(glue, data_catalog):
    folder = data_catalog("lines", {"id": "bigint", "name": "string", "fee": "double"}, classification="csv")
    folder.mkdir()
    (folder / "1.csv").write_text("1\n2,b,2.5,more\n")

    assert rows(glue.create_dynamic_frame.from_catalog("shop", "lines")) == [
        {"id": 1, "name": "", "fee": None}, {"id": 2, "name": "b", "fee": 2.5}
    ]  # fmt: skip


def test_a_table_of_the_data_catalog_is_written_and_read_by_its_location(glue, frame_of, data_catalog):
    json_serde = "org.openx.data.jsonserde.JsonSerDe"
    data_catalog("visits", {"id": "bigint", "who": "string"}, keys=["day"], serde=json_serde)

    glue.write_dynamic_frame.from_catalog(frame_of([(1, "ann", 3)], "id int, who string, day int"), "shop", "visits")

    assert rows(glue.create_dynamic_frame.from_catalog("shop", "visits")) == [{"id": 1, "who": "ann", "day": 3}]
    assert glue.create_dynamic_frame.from_catalog("shop", "visits", push_down_predicate="day = '4'").count() == 0
    schema = glue.get_catalog_schema_as_spark_schema("shop", "visits")
    assert schema.simpleString() == "struct<id:bigint,who:string,day:int>"


def test_a_table_is_purged_partition_by_partition(glue, data_catalog):
    folder = data_catalog("visits", {"id": "bigint"}, keys=["day"], classification="json")
    client = boto3.client("glue")
    for day in (1, 2):
        (folder / f"day={day}").mkdir(parents=True)
        (folder / f"day={day}" / "1.json").write_text('{"id": 1}')
        told = {"Values": [str(day)], "StorageDescriptor": {"Location": str(folder / f"day={day}")}}
        client.create_partition(DatabaseName="shop", TableName="visits", PartitionInput=told)

    def days():
        return [
            entry["Values"] for entry in client.get_partitions(DatabaseName="shop", TableName="visits")["Partitions"]
        ]

    glue.purge_table("shop", "visits", {"retentionPeriod": 1, "partitionPredicate": "(day=='1')"})
    assert days() == [["1"], ["2"]]
    glue.purge_table("shop", "visits", {"retentionPeriod": 0, "partitionPredicate": "(day=='1')"})
    assert (days(), [path.parent.name for path in folder.rglob("*.json")]) == ([["2"]], ["day=2"])
    glue.purge_table("shop", "visits", {"retentionPeriod": 0})
    assert (days(), list(folder.rglob("*.json"))) == ([], [])
    with pytest.raises(NotImplementedError, match="storage classes exist in S3 only"):
        role = {"accountId": "1", "roleArn": "arn"}
        glue.transition_table("shop", "visits", "GLACIER", role)


def test_a_connection_of_the_data_catalog_is_looked_up(glue, data_catalog):
    about = {"JDBC_CONNECTION_URL": "jdbc:mysql://db.example:3306/shop", "USERNAME": "ann", "PASSWORD": "secret"}
    boto3.client("glue").create_connection(
        ConnectionInput={"Name": "orders", "ConnectionType": "JDBC", "ConnectionProperties": about}
    )

    assert glue.extract_jdbc_conf("orders") == {
        "user": "ann", "password": "secret", "vendor": "mysql", "url": "jdbc:mysql://db.example:3306",
        "fullUrl": "jdbc:mysql://db.example:3306/shop", "enforceSSL": "false", "customJDBCCert": "",
        "customJDBCCertString": "", "skipCustomJDBCCertValidation": "false",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"extract_jdbc_conf: .*nope"):
        glue.extract_jdbc_conf("nope")
    boto3.client("glue").create_connection(
        ConnectionInput={"Name": "net", "ConnectionType": "NETWORK", "ConnectionProperties": {}}
    )
    with pytest.raises(ValueError, match="`net` is no JDBC connection"):
        glue.extract_jdbc_conf("net")


def test_a_sink_may_make_a_table_of_the_data_catalog_and_add_to_it(glue, frame_of, data_catalog, tmp_path):
    client = boto3.client("glue")

    def write(rows_written, schema, behaviour="UPDATE_IN_DATABASE"):
        sink = glue.getSink("s3", path=str(tmp_path / "out"), enableUpdateCatalog=True, partitionKeys=["day"],
                            updateBehavior=behaviour)  # fmt: skip
        sink.setFormat("json")
        sink.setCatalogInfo("shop", "made")
        sink.writeFrame(frame_of(rows_written, schema))
        table = client.get_table(DatabaseName="shop", Name="made")["Table"]
        found = client.get_partitions(DatabaseName="shop", TableName="made")["Partitions"]
        return [column["Name"] for column in table["StorageDescriptor"]["Columns"]], [one["Values"] for one in found]

    assert write([(1, 5)], "id int, day int") == (["id"], [["5"]])
    assert write([(2, "x", 5), (3, "y", 6)], "id int, more string, day int") == (["id", "more"], [["5"], ["6"]])
    assert write([(4, None, 7)], "id int, other string, day int", "LOG") == (["id", "more"], [["5"], ["6"], ["7"]])
    assert [row["id"] for row in rows(glue.create_dynamic_frame.from_catalog("shop", "made"))] == [1, 2, 3, 4]
    more = frame_of([(5, 8)], "id int, day int")
    glue.write_dynamic_frame.from_catalog(more, "shop", "made", additional_options={"enableUpdateCatalog": True,
                                                                                  "updateBehavior": "LOG"})  # fmt: skip
    assert len(client.get_partitions(DatabaseName="shop", TableName="made")["Partitions"]) == 4
    with pytest.raises(NotImplementedError, match="additional_options nope of a catalog sink"):
        glue.write_dynamic_frame.from_catalog(more, "shop", "made", additional_options={"nope": 1})
    with pytest.raises(ValueError, match="`NEVER` is not one of UPDATE_IN_DATABASE, LOG"):
        write([(1, 5)], "id int, day int", "NEVER")


def test_what_is_in_no_catalog_says_where_it_was_looked_for(glue, data_catalog):
    with pytest.raises(ValueError, match=r"no table `shop\.nope` in this Spark session, and Glue's Data Catalog says"):
        glue.create_dynamic_frame.from_catalog("shop", "nope")
    data_catalog("odd", {"a": "string"}, serde="x")
    with pytest.raises(NotImplementedError, match=r"name no format.*allowed are parquet"):
        glue.create_dynamic_frame.from_catalog("shop", "odd")


def test_a_sink_may_name_what_it_writes(glue, frame_of, tmp_path, spark):
    for rows_written, schema in (([(1, 5)], "id int, day int"), ([(2, "x", 6)], "id int, more string, day int")):
        sink = glue.getSink("s3", path=str(tmp_path / "out"), enableUpdateCatalog=True, partitionKeys=["day"])
        sink.setFormat("glueparquet")
        sink.setCatalogInfo("local_made", "things")
        sink.writeFrame(frame_of(rows_written, schema))

    assert spark.table("local_made.things").count() == 2
    spark.sql("DROP DATABASE local_made CASCADE")

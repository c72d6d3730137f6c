import boto3
import pytest
from moto import mock_aws
from pyspark.sql.types import ArrayType, StructType

from glue_lib.errors import LoadError
from glue_lib.lake.catalog import GlueCatalog, SessionCatalog, table_entry
from glue_lib.lake.lake import Lake
from glue_lib.lake.write.replace import Replace
from glue_lib.lake.write.upsert import Upsert

SCHEMA = (
    StructType()
    .add("_hw_key", "string")
    .add("amount", "decimal(18,2)", metadata={"comment": "$.amount"})
    .add("tags", ArrayType(StructType().add("a", "long")))
)


class StoredTable:
    """A table whose schema is known without a lake."""

    name, uri = "donations", "s3a://bucket/lake/tables/shop/donations"

    def __init__(self, schema=SCHEMA):
        self._schema = schema

    def schema(self):
        return self._schema


class CountingClient:
    """Passes calls through, and remembers the names of those that write."""

    def __init__(self, client):
        self._client, self.written = client, []

    def __getattr__(self, name):
        if name.startswith(("create", "update")):
            self.written.append(name)
        return getattr(self._client, name)


@pytest.fixture
def glue(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("glue", region_name="us-east-1")
        client.create_database(DatabaseInput={"Name": "shop"})
        yield CountingClient(client)


@pytest.fixture
def shop():
    return Lake(None, "s3a://bucket/lake", "shop", "shop")


def test_a_table_is_known_to_spark_by_name_and_follows_the_lake(spark, lake, frame, tmp_path):
    other = Lake(spark, f"file://{tmp_path}/other", "shop", "shop")
    for held, rows in ((lake, [("a",)]), (other, [("b",), ("c",)])):
        Upsert().write(frame(rows, "_hw_key string"), held, "r1")

    counts = []
    for held in (lake, other):
        SessionCatalog().register(held, held.table("donations"))
        counts.append(spark.sql("select * from shop.donations").count())

    assert counts == [1, 2]
    assert lake.table("donations").read().count() == 1


def test_the_data_catalog_gets_a_native_delta_table_with_real_columns(glue, shop):
    GlueCatalog(glue).register(shop, StoredTable())

    table = glue.get_table(DatabaseName="shop", Name="donations")["Table"]
    assert table["StorageDescriptor"]["Columns"] == [
        {"Name": "_hw_key", "Type": "string"},
        {"Name": "amount", "Type": "decimal(18,2)", "Comment": "$.amount"},
        {"Name": "tags", "Type": "array<struct<a:bigint>>"},
    ]
    assert table["StorageDescriptor"]["Location"] == "s3://bucket/lake/tables/shop/donations"
    assert table["Parameters"] == {"EXTERNAL": "TRUE", "table_type": "DELTA", "spark.sql.sources.provider": "delta"}


def test_an_entry_is_written_only_when_the_table_changed_and_keeps_what_others_noted(glue, shop):
    GlueCatalog(glue).register(shop, StoredTable())
    GlueCatalog(glue).register(shop, StoredTable())
    entry = table_entry("donations", StoredTable.uri, list(SCHEMA))
    entry["Parameters"]["classification"] = "delta"
    glue.update_table(DatabaseName="shop", TableInput=entry)

    GlueCatalog(glue).register(shop, StoredTable(StructType().add("_hw_key", "string").add("city", "string")))

    assert glue.written == ["create_table", "update_table", "update_table"]
    table = glue.get_table(DatabaseName="shop", Name="donations")["Table"]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["_hw_key", "city"]
    assert table["Parameters"]["classification"] == "delta"


def test_a_missing_database_is_told_with_the_remedy(glue, shop):
    lost = Lake(None, shop.uri, "shop", "nowhere")

    with pytest.raises(LoadError, match=r"nowhere\.donations: .*no database `nowhere`; apply the Terraform"):
        GlueCatalog(glue).register(lost, StoredTable())


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("x" * 300, "x" * 255),
        ("é" * 200, "é" * 127),  # bytes count, and a character is not cut in two
        ("$.a\nb\tc\x00", "$.a b\tc "),
        ("$.\ud83d", "$.?"),  # half a pair, which no UTF-8 can hold
    ],
)
def test_a_comment_is_what_the_data_catalog_takes(comment, told):
    fields = list(StructType().add("a", "string", metadata={"comment": comment}))

    columns = table_entry("t", "s3a://b/t", fields)["StorageDescriptor"]["Columns"]

    assert columns[0]["Comment"] == told


def test_all_tables_of_a_stream_get_their_columns_in_the_order_of_the_table(glue, lake, frame):
    """Parted tables too, whose partition keys Athena wants to find in the log alone, and children and quarantines."""
    root = "_hw_key string, _hw_partition string, amount bigint"
    for table, schema, rows in [
        ("donations", root, [("a", "2024", 1)]),
        ("donations__items", "_hw_key string, _hw_root_key string, sku string", [("a/0", "a", "x")]),
        ("donations__quarantine", "_hw_key string, reason string", [("b", "no id")]),
    ]:
        Replace().write(frame(rows, schema, table=table, comments={"amount": "$.amount"}), lake, "r1")
        GlueCatalog(glue).register(lake, lake.table(table))
    more = frame([("a", "2024", 1, "EUR")], f"{root}, currency string", comments={"currency": "$.currency"})
    Replace().write(more, lake, "r2")
    GlueCatalog(glue).register(lake, lake.table("donations"))

    found = {table["Name"]: table for table in glue.get_tables(DatabaseName="shop")["TableList"]}
    columns = {
        name: [column["Name"] for column in table["StorageDescriptor"]["Columns"]] for name, table in found.items()
    }
    arrival = ["_hw_run_id", "_hw_loaded_at"]
    assert columns == {
        "donations": ["_hw_key", "_hw_partition", "amount", *arrival, "currency"],
        "donations__items": ["_hw_key", "_hw_root_key", "sku", *arrival],
        "donations__quarantine": ["_hw_key", "reason", *arrival],
    }
    assert [table["PartitionKeys"] for table in found.values()] == [[], [], []]
    assert lake.table("donations").delta().detail().first()["partitionColumns"] == ["_hw_partition"]
    assert found["donations"]["StorageDescriptor"]["Columns"][-1]["Comment"] == "$.currency"
    assert glue.written.count("update_table") == 1

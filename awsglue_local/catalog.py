"""Tables by database and name: those of this Spark session first, then those of Glue's Data Catalog, by its API.

The API is asked through boto3, as it is configured: with `AWS_ENDPOINT_URL` that is a catalog on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from awsglue import gluetypes as glue
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as spark

from awsglue_local import aws
from awsglue_local.columns import quote
from awsglue_local.schema import glue_type

# Words of a table's classification or SerDe, and the format that they mean.
FORMATS = {"parquet": "parquet", "orc": "orc", "json": "json", "avro": "avro", "csv": "csv", "lazysimple": "csv"}


@dataclass(frozen=True)
class CatalogTable:
    """What Glue's Data Catalog says of a table of files."""

    location: str
    format: str
    kind: glue.StructType
    partition_keys: list[str]
    options: dict[str, Any] = field(default_factory=dict)


def session_table(session: SparkSession, database: str, table: str) -> DataFrame | None:
    """Return the table of this session, or None."""
    name = f"{quote(database)}.{quote(table)}"
    return session.table(name) if session.catalog.tableExists(name) else None


def schema_of(session: SparkSession, database: Any, table: Any, catalog_id: Any = None) -> glue.StructType:
    """Return the type of a table's rows, its partition keys last."""
    if not (database and table):
        raise ValueError("match_catalog: which table? pass database= and table_name=")
    rows = session_table(session, database, table)
    if rows is None:
        return look_up(database, table, catalog_id).kind
    kind = glue_type(rows.schema)
    assert isinstance(kind, glue.StructType)
    return kind


def look_up(database: str, table: str, catalog_id: str | None = None) -> CatalogTable:
    """Return the table as Glue's Data Catalog has it."""
    found = _ask(database, table, catalog_id)
    storage = found["StorageDescriptor"]
    keys = found.get("PartitionKeys", [])
    fields = [spark.StructField(one["Name"], _type(one["Type"])) for one in [*storage["Columns"], *keys]]
    kind = glue_type(spark.StructType(fields))
    assert isinstance(kind, glue.StructType)
    serde = storage.get("SerdeInfo", {})
    return CatalogTable(
        storage["Location"],
        _format(found, serde.get("SerializationLibrary", "")),
        kind,
        [key["Name"] for key in keys],
        {**found.get("Parameters", {}), **serde.get("Parameters", {})},
    )


def data_catalog() -> Any:
    return aws.client("glue", "Glue's Data Catalog needs")


def _ask(database: str, table: str, catalog_id: str | None) -> dict[str, Any]:
    where = f"there is no table `{database}.{table}` in this Spark session"
    named = {"DatabaseName": database, "Name": table, **({"CatalogId": catalog_id} if catalog_id else {})}
    try:
        found: dict[str, Any] = data_catalog().get_table(**named)["Table"]
    except Exception as error:
        if not aws.is_answer(error):
            raise
        raise ValueError(f"{where}, and Glue's Data Catalog says: {error}") from error
    return found


def _type(text: str) -> spark.DataType:
    return spark._parse_datatype_string(text)


def _format(table: dict[str, Any], library: str) -> str:
    said = table.get("Parameters", {}).get("classification", "")
    for word, format in FORMATS.items():
        if said == word or word in library.lower():
            return format
    raise NotImplementedError(
        f"the table `{table['Name']}`: its classification `{said}` and SerDe `{library}` name no format that is read "
        f"here; allowed are {', '.join(dict.fromkeys(FORMATS.values()))}"
    )


def update(session: SparkSession, database: str, table: str, path: str, format: str) -> None:
    """Name the files at the path in this session's catalog, anew each time: columns and partitions are as they are."""
    name = f"{quote(database)}.{quote(table)}"
    session.sql(f"CREATE DATABASE IF NOT EXISTS {quote(database)}")
    session.sql(f"DROP TABLE IF EXISTS {name}")
    session.catalog.createTable(name, path=path, source=format)
    if any(column.isPartition for column in session.catalog.listColumns(table, database)):
        session.catalog.recoverPartitions(name)

"""Written files made a table: of Glue's Data Catalog where that has the database, else of this Spark session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructField

from awsglue_local import catalog
from awsglue_local.aws import is_answer
from awsglue_local.catalog import data_catalog
from awsglue_local.partitions import NO_VALUE

HADOOP = "org.apache.hadoop.mapred"
HIVE = "org.apache.hadoop.hive"
# Input format, output format and SerDe of each format, as Glue names them.
STORED = {
    "parquet": (f"{HIVE}.ql.io.parquet.MapredParquetInputFormat", f"{HIVE}.ql.io.parquet.MapredParquetOutputFormat",
                f"{HIVE}.ql.io.parquet.serde.ParquetHiveSerDe"),
    "orc": (f"{HIVE}.ql.io.orc.OrcInputFormat", f"{HIVE}.ql.io.orc.OrcOutputFormat", f"{HIVE}.ql.io.orc.OrcSerde"),
    "avro": (f"{HIVE}.ql.io.avro.AvroContainerInputFormat", f"{HIVE}.ql.io.avro.AvroContainerOutputFormat",
             f"{HIVE}.serde2.avro.AvroSerDe"),
    "json": (f"{HADOOP}.TextInputFormat", f"{HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat",
             "org.openx.data.jsonserde.JsonSerDe"),
    "csv": (f"{HADOOP}.TextInputFormat", f"{HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat",
            f"{HIVE}.serde2.lazy.LazySimpleSerDe"),
}  # fmt: skip
BEHAVIOURS = ("UPDATE_IN_DATABASE", "LOG")


@dataclass(frozen=True)
class Stored:
    """Where files were written, in which format, and the options of the sink that wrote them."""

    path: str
    format: str
    options: dict[str, Any]


def check(behaviour: Any) -> None:
    if behaviour and behaviour not in BEHAVIOURS:
        raise ValueError(f"updateBehavior: `{behaviour}` is not one of {', '.join(BEHAVIOURS)}")


def register(
    session: SparkSession, named: tuple[str, str, str], stored: Stored, rows: DataFrame, keys: list[str], behaviour: str
) -> None:
    """Make or renew the table; `named` is database, table and catalog.

    With the behaviour `LOG` a table that is there keeps its columns, and gets new partitions only.
    """
    database, table, catalog_id = named
    own = {"CatalogId": catalog_id} if catalog_id else {}
    if session.catalog.databaseExists(database) or not _has(database, own):
        catalog.update(session, database, table, stored.path, stored.format)
        return
    storage = _storage(rows, keys, stored)
    about = _table(table, storage, [_column(rows.schema[key]) for key in keys], stored)
    _write(data_catalog(), database, about, own, keep=behaviour == "LOG")
    _add_partitions(database, table, storage, rows.select(*keys).distinct().collect() if keys else [], keys, own)


def _has(database: str, own: dict[str, str]) -> bool:
    try:
        data_catalog().get_database(Name=database, **own)
    except Exception as error:
        if not is_answer(error):
            raise
        return False
    return True


def _storage(rows: DataFrame, keys: list[str], stored: Stored) -> dict[str, Any]:
    inputs, outputs, serde = STORED[stored.format]
    separator = {"field.delim": stored.options.get("separator", ",")} if stored.format == "csv" else {}
    return {
        "Columns": [_column(field) for field in rows.schema if field.name not in keys],
        "Location": stored.path,
        "InputFormat": inputs,
        "OutputFormat": outputs,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": separator},
    }


def _column(field: StructField) -> dict[str, str]:
    kind = field.dataType.simpleString()
    return {"Name": field.name, "Type": "string" if kind == "void" else kind}


def _table(table: str, storage: dict[str, Any], keys: list[dict[str, str]], stored: Stored) -> dict[str, Any]:
    has_header = stored.format == "csv" and str(stored.options.get("writeHeader", True)).lower() == "true"
    return {
        "Name": table,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": storage,
        "PartitionKeys": keys,
        "Parameters": {"classification": stored.format, **({"skip.header.line.count": "1"} if has_header else {})},
    }


def _write(client: Any, database: str, about: dict[str, Any], own: dict[str, str], *, keep: bool) -> None:
    try:
        client.create_table(DatabaseName=database, TableInput=about, **own)
    except client.exceptions.AlreadyExistsException:
        if not keep:
            client.update_table(DatabaseName=database, TableInput=about, **own)


def _add_partitions(
    database: str, table: str, storage: dict[str, Any], found: list[Any], keys: list[str], own: dict[str, str]
) -> None:
    client = data_catalog()
    for row in found:
        values = [NO_VALUE if row[key] is None else str(row[key]) for key in keys]
        folders = [f"{key}={value}" for key, value in zip(keys, values, strict=True)]
        place = {**storage, "Location": "/".join([storage["Location"].rstrip("/"), *folders])}
        about = {"Values": values, "StorageDescriptor": place}
        try:
            client.create_partition(DatabaseName=database, TableName=table, PartitionInput=about, **own)
        except client.exceptions.AlreadyExistsException:
            continue

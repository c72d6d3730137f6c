"""The partitions of a table of Glue's Data Catalog: where their files lie, and which of them have none any more."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from pyspark.sql import SparkSession

from awsglue_local.catalog import CatalogTable, data_catalog
from awsglue_local.purging import every

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"  # of a key that is null


@dataclass(frozen=True)
class Place:
    """A folder of files; of a partition, its values too."""

    location: str
    values: tuple[str, ...] = ()


def places(database: str, table: str, found: CatalogTable, predicate: str, catalog_id: str | None) -> list[Place]:
    """Return where the table's files lie: its partitions that satisfy the predicate, or without one all of it."""
    if not found.partition_keys:
        if predicate:
            raise ValueError(f"partitionPredicate: the table `{database}.{table}` has no partition keys")
        return [Place(found.location)]
    named = {"DatabaseName": database, "TableName": table, **({"CatalogId": catalog_id} if catalog_id else {})}
    expression = {"Expression": _sql(predicate)} if predicate else {}
    pages = data_catalog().get_paginator("get_partitions").paginate(**named, **expression)
    own = [
        Place(entry["StorageDescriptor"]["Location"], tuple(entry["Values"]))
        for page in pages
        for entry in page["Partitions"]
    ]
    return own if predicate else [*own, Place(found.location)]


def of_own_place(database: str, table: str, found: CatalogTable, catalog_id: str | None) -> list[Place]:
    """Return the partitions where not all lie in the folders that their values name; else none."""
    if not found.partition_keys:
        return []
    own = [place for place in places(database, table, found, "", catalog_id) if place.values]
    return own if any(_is_elsewhere(place, found) for place in own) else []


def _is_elsewhere(place: Place, table: CatalogTable) -> bool:
    named = [f"{key}={value}" for key, value in zip(table.partition_keys, place.values, strict=True)]
    return unquote(place.location).rstrip("/") != "/".join([unquote(table.location).rstrip("/"), *named])


def _sql(predicate: str) -> str:
    """Return the predicate as the Data Catalog takes it: Spark's `==` is SQL's `=`."""
    return predicate.replace("==", "=")


def forget_empty(
    session: SparkSession, database: str, table: str, among: list[Place], catalog_id: str | None = None
) -> None:
    """Take out of the catalog the partitions of which no file is left."""
    named = {"DatabaseName": database, "TableName": table, **({"CatalogId": catalog_id} if catalog_id else {})}
    for place in among:
        if place.values and not every(session, place.location):
            data_catalog().delete_partition(**named, PartitionValues=list(place.values))

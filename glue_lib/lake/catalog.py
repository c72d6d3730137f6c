"""Tables by name: in the Glue Data Catalog, where Athena finds them, or for the length of a local Spark session."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from glue_lib.errors import LoadError
from glue_lib.lake.columns import quoted

if TYPE_CHECKING:
    from pyspark.sql.types import StructField

    from glue_lib.lake.lake import Lake, Table

LONGEST_COMMENT = 255  # bytes, of a column in the Data Catalog
_NOT_ON_ONE_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ufffe\uffff]")  # what a comment there must not hold

# Athena goes by `table_type`, Spark by its provider; both read the columns that count from the Delta log itself.
PARAMETERS = {"EXTERNAL": "TRUE", "table_type": "DELTA", "spark.sql.sources.provider": "delta"}


class SessionCatalog:
    """Makes tables known to `spark.sql` as <database>.<table>, and forgets them with the session."""

    def register(self, lake: Lake, table: Table) -> None:
        """Register a table, also anew when a table of that name was known in another lake."""
        name = quoted(lake.database, table.name)
        lake.spark.sql(f"CREATE DATABASE IF NOT EXISTS {quoted(lake.database)}")
        lake.spark.sql(f"DROP TABLE IF EXISTS {name}")
        lake.spark.sql(f"CREATE TABLE {name} USING delta LOCATION '{table.uri}'")


class GlueCatalog:
    """Keeps tables in the Glue Data Catalog as native Delta tables, with their real columns."""

    def __init__(self, client: Any = None) -> None:
        self._client = client or _client()

    def register(self, lake: Lake, table: Table) -> None:
        """Create or update the table's entry; one that is as it should be is left alone."""
        wanted = table_entry(table.name, table.uri, list(table.schema()))
        missing = self._client.exceptions.EntityNotFoundException
        try:
            found = self._client.get_table(DatabaseName=lake.database, Name=table.name)["Table"]
        except missing:
            self._create(lake, wanted)
            return
        wanted["Parameters"] = found.get("Parameters", {}) | wanted["Parameters"]  # Athena keeps some there too
        if not _holds(found, wanted):
            self._client.update_table(DatabaseName=lake.database, TableInput=wanted, SkipArchive=True)

    def _create(self, lake: Lake, entry: dict[str, Any]) -> None:
        try:
            self._client.create_table(DatabaseName=lake.database, TableInput=entry)
        except self._client.exceptions.EntityNotFoundException as error:
            raise LoadError(
                f"{lake.database}.{entry['Name']}: the Data Catalog has no database `{lake.database}`; "
                "apply the Terraform of this pipeline, which makes it"
            ) from error


def table_entry(name: str, uri: str, fields: list[StructField]) -> dict[str, Any]:
    """Return what the Data Catalog is told about a Delta table."""
    location = "s3://" + uri.split("://", 1)[1] if uri.startswith("s3") else uri  # Athena knows no `s3a`
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": dict(PARAMETERS),
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [_column(field) for field in fields],
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.SequenceFileInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "Parameters": {"path": location, "serialization.format": "1"},
            },
        },
    }


def _holds(found: Any, wanted: Any) -> bool:
    """Say whether all that is wanted stands in what was found; the Data Catalog adds fields of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return len(found or ()) == len(wanted) and all(map(_holds, found or (), wanted))
    return bool(found == wanted)


def _column(field: StructField) -> dict[str, str]:
    column = {"Name": field.name, "Type": field.dataType.simpleString()}
    comment = _comment(str(field.metadata.get("comment", "")))
    return column | ({"Comment": comment} if comment else {})


def _comment(text: str) -> str:
    """Return as much of a comment as the Data Catalog takes, on one line and without half a character at its end."""
    line = _NOT_ON_ONE_LINE.sub(" ", text).encode(errors="replace")
    return line[:LONGEST_COMMENT].decode(errors="ignore")


@cache
def _client() -> Any:
    import boto3

    return boto3.client("glue")

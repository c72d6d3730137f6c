"""The job that somebody would write by hand for the records of `bench/load.py`: the same tables, and nothing else.

No keys, no type notes, no contract, no quarantine, no state: the schema stands here, and a second run would add
everything once more. It is what a load is measured against.
"""

from typing import Any

SCHEMA = """
    id bigint, updated_at string, status string, amount double, big bigint, note string,
    donor struct<email: string, name: string, address: struct<city: string, state: string, postal_code: string>>,
    items array<struct<sku: string, quantity: bigint, price: string, tags: array<string>>>
"""


def load(spark: Any, raw: str, lake: str) -> None:
    """Write the records under `raw` as the three tables that `bench/load.py` asks for."""
    records = read(spark, raw).persist()
    for name, rows in frames(records).items():
        rows.write.format("delta").mode("append").save(f"{lake}/{name}")
    records.unpersist()


def read(spark: Any, raw: str) -> Any:
    """Return the records under `raw`."""
    return spark.read.schema(SCHEMA).json(raw, recursiveFileLookup=True, pathGlobFilter="part-*.jsonl.gz")


def frames(records: Any) -> dict[str, Any]:
    """Return the rows of each table."""
    root = records.selectExpr(
        "id",
        "updated_at",
        "status",
        "amount",
        "big",
        "note",
        "donor.email as donor_email",
        "donor.name as donor_name",
        "donor.address.city as donor_address_city",
        "donor.address.state as donor_address_state",
        "donor.address.postal_code as donor_address_postal_code",
    )
    items = records.selectExpr("id", "posexplode(items) as (place, item)")
    flat_items = items.selectExpr("id", "place", "item.sku", "item.quantity", "item.price")
    tags = items.selectExpr("id", "place as item_place", "posexplode(item.tags) as (place, value)")
    return {"records": root, "records__items": flat_items, "records__items__tags": tags}

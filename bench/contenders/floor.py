"""The floor: requests, orjson, pyarrow and delta-rs; no checks, no state, everything in memory.

python bench/contenders/floor.py URL FOLDER
"""

import sys
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import requests
from deltalake import DeltaTable, write_deltalake


def main(url: str, folder: str) -> None:
    root, items, tags = [], [], []
    session, params = requests.Session(), {}
    while True:
        page = orjson.loads(session.get(url, params=params).content)
        for record in page["data"]:
            _split(record, root, items, tags)
        if not page["next"]:
            break
        params = {"after": page["next"]}
    tables = {"records": root, "records__items": items, "records__items__tags": tags}
    for name, rows in tables.items():
        _write(f"{folder}/{name}", pa.Table.from_pylist(rows), {row["id"] for row in root})


def _split(record: dict[str, Any], root: list[Any], items: list[Any], tags: list[Any]) -> None:
    donor = record.pop("donor")
    address = donor.pop("address")
    for place, item in enumerate(record.pop("items")):
        for number, tag in enumerate(item.pop("tags")):
            tags.append({"id": record["id"], "item_place": place, "place": number, "value": tag})
        items.append({"id": record["id"], "place": place} | item)
    record |= {f"donor_{name}": value for name, value in donor.items()}
    root.append(record | {f"donor_address_{name}": value for name, value in address.items()})


def _write(path: str, rows: pa.Table, ids: set[int]) -> None:
    if not DeltaTable.is_deltatable(path):
        write_deltalake(path, rows)
        return
    table = DeltaTable(path)
    if path.endswith("/records"):
        merge = table.merge(rows, "old.id = new.id", source_alias="new", target_alias="old")
        merge.when_matched_update_all().when_not_matched_insert_all().execute()
        return
    # Dead children go: those of every record that came are replaced.
    kept = table.to_pyarrow_table()
    stays = pc.invert(pc.is_in(kept["id"], pa.array(list(ids))))
    write_deltalake(path, pa.concat_tables([kept.filter(stays), rows.cast(kept.schema)]), mode="overwrite")


if __name__ == "__main__":
    main(*sys.argv[1:3])

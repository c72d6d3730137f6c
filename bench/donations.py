"""The records of the benches: donations of 1 KB, with a nested object, an array, and another array in its elements.

A record is the same whenever it is made: its number and its edition are the seed. The second run of a bench changes
5 % of the records and brings 2 % new ones.
"""

import json
import random
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

CHANGED, NEW = 0.05, 0.02
TABLES = ("records", "records__items", "records__items__tags")
Digest = tuple[int, int]  # rows, and the sum of their checksums: the same whatever the rows' order


def record(number: int, edition: int) -> bytes:
    dice = random.Random(number * 10 + edition)
    items = [
        {"sku": f"SKU-{dice.randrange(500)}", "quantity": dice.randint(1, 9), "price": f"{dice.randrange(9999) / 100}",
         "tags": dice.sample(("urgent", "matched", "monthly", "gift"), dice.randint(0, 2))}
        for _ in range(2 if edition == 1 else dice.randint(0, 3))
    ]  # fmt: skip
    address = {"city": f"City {dice.randrange(900)}", "state": "NY", "postal_code": f"{dice.randrange(99999):05}"}
    moment = datetime(2026, 1, edition, tzinfo=UTC) + timedelta(milliseconds=number)
    return json.dumps({
        "id": number, "updated_at": moment.isoformat(), "status": dice.choice(("paid", "open")),
        "amount": dice.randrange(10**6) / 100, "big": 2**60 + number,
         "donor": {"email": f"d{number}@example.org", "name": f"D. {number}", "address": address},
        "items": items, "note": f"{dice.getrandbits(1200):x} " * 2,
    }).encode()  # fmt: skip


def first(records: int) -> Iterator[bytes]:
    """Make what the first run reads."""
    return (record(number, 1) for number in range(records))


def changes(records: int, kind: str) -> Iterator[bytes]:
    """Make what the second run reads: the `recent` records changed, as in most sources, or any, `anywhere`."""
    return (record(number, 2) for number in (*changed(records, kind), *range(records, records + round(records * NEW))))


def changed(records: int, kind: str) -> Iterable[int]:
    """Return the numbers of those that the second run changes."""
    count = round(records * CHANGED)
    return (
        range(records - count, records) if kind == "recent" else sorted(random.Random(7).sample(range(records), count))
    )


def after_both(records: int, kind: str) -> Iterator[bytes]:
    """Make what the tables are to hold after the second run."""
    newer = set(changed(records, kind))
    yield from (record(number, 2 if number in newer else 1) for number in range(records))
    yield from (record(number, 2) for number in range(records, records + round(records * NEW)))


def digests(records: Iterable[bytes]) -> dict[str, Digest]:
    """Return what is known of the three tables that these records make: see `digest`."""
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in TABLES}
    sums = dict.fromkeys(TABLES, (0, 0))
    for number, text in enumerate(records, 1):
        one = json.loads(text)
        rows["records"].append((one["id"], one["updated_at"][:10], one["status"], one["donor"]["email"]))
        for item in one["items"]:
            rows["records__items"].append((item["sku"], item["quantity"], item["price"]))
            rows["records__items__tags"] += [(tag,) for tag in item["tags"]]
        if number % 10_000 == 0:
            _empty_into(sums, rows)
    _empty_into(sums, rows)
    return sums


def digest(rows: Iterable[tuple[object, ...]]) -> Digest:
    """Return the count and the checksum of rows, each a tuple of the values that every contender's table has."""
    count = total = 0
    for row in rows:
        count, total = count + 1, total + zlib.crc32("\x1f".join(map(str, row)).encode())
    return count, total


def _empty_into(sums: dict[str, Digest], rows: dict[str, list[tuple[object, ...]]]) -> None:
    for table, some in rows.items():
        count, total = digest(some)
        sums[table] = (sums[table][0] + count, sums[table][1] + total)
        some.clear()

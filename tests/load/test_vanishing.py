"""Elements that a record no longer has vanish, whatever way the array went and at every depth, in every write mode."""

from pathlib import Path
from typing import Any

import pytest

from tests.load.test_stopped_loads import land, load
from tests.stored import stored

WAYS = ['"items": []', '"items": null', '"was": 1']
INNER = ['"tags": []', '"tags": null', '"was": 1']
FIRST = [
    f'{{"id": {one}, "at": "2026-01-01", "items": [{{"n": {one}, "tags": ["a", "b"]}}, {{"n": 0, "tags": ["c"]}}]}}'
    for one in range(7)
]
SECOND = [
    *(f'{{"id": {one}, "at": "2026-01-02", {way}}}' for one, way in enumerate(WAYS)),
    *(f'{{"id": {one}, "at": "2026-01-02", "items": [{{"n": {one}, {way}}}]}}' for one, way in enumerate(INNER, 3)),
    '{"id": 6, "at": "2026-01-02", "items": [{"n": 6, "tags": ["b"]}]}',
]
ITEMS = [(one, one) for one in range(3, 7)]
TAGS = [(6, "b")]
EVERY = [(one, n) for one in range(7) for n in (one, 0)]


@pytest.mark.parametrize(
    ("mode", "items", "tags"),
    [
        ("upsert", ITEMS, TAGS),
        pytest.param("snapshot", ITEMS, TAGS, marks=pytest.mark.slow),
        pytest.param("replace", ITEMS, TAGS, marks=pytest.mark.slow),
        pytest.param("history", ITEMS, TAGS, marks=pytest.mark.slow),
        # What is appended stays: of a key that is stored, nothing is taken.
        pytest.param("append", EVERY, [(one, tag) for one in range(7) for tag in "abc"], marks=pytest.mark.slow),
    ],
)
def test_elements_that_went_are_gone(mode: str, items: list[Any], tags: list[Any], tmp_path: Path, spark: Any):
    def current(table: str, column: str) -> list[tuple[Any, ...]]:
        rows = stored(tmp_path / "lake/tables/shop" / table)
        return sorted((row["_root_id"], row[column]) for row in rows if row.get("_hw_is_current", True))

    for day, lines in enumerate((FIRST, SECOND), 1):
        land(tmp_path / "lake", f"r{day}", day, lines)
        load(tmp_path / "lake", mode)

    assert current("orders__items", "n") == sorted(items)
    assert current("orders__items__tags", "value") == sorted(tags)

"""Maps and elements with keys of their own, from run to run: what vanishes, what changes, and what stays."""

import pytest

from tests.load.test_stream import Shop

SAID = (
    "key: [id], write: upsert, times: recognised, "
    'types: {prices: map, "prices.*.amount": "decimal(18,2)", made: epoch_s}, element_keys: {items: sku}'
)


@pytest.fixture
def shop(tmp_path, spark):
    return Shop(tmp_path / "lake", spark)


@pytest.mark.slow
def test_entries_and_elements_come_go_and_move_by_their_own_keys(shop):
    shop.land(
        [
            '{"id": 1, "at": "2026-01-31T08:30:00Z", "made": 1769848200, '
            '"items": [{"sku": "a"}, {"sku": "b", "n": [1]}], '
            '"prices": {"eur": {"amount": 1.5}, "usd": {"amount": 2}}}',
            '{"id": 2, "at": "2026-01-31T08:30:00Z", "prices": {"eur": {"amount": 3}}, "items": [{"sku": "a"}]}',
        ]
    )
    shop.load(SAID)
    keys = dict(shop.rows("orders__items", "sku", "_hw_key"))
    below = shop.rows("orders__items__n", "_hw_key", "_hw_parent_key", "value")
    shop.land(
        [
            '{"id": 1, "at": "2026-01-31T08:30:00Z", "made": 1769848200, '
            '"items": [{"sku": "new"}, {"sku": "b", "n": [1]}, {"sku": "a"}], '
            '"prices": {"chf": {"amount": 9}, "eur": {"amount": 1.50}}}',
            '{"id": 2, "at": "2026-01-31T08:30:00Z", "prices": {}, "items": [{"sku": "a"}]}',
        ]
    )

    reports = shop.load(SAID)

    assert {name: (one.inserted, one.updated, one.deleted) for name, one in reports.items()} == {
        "orders": (0, 0, 0),
        "orders__items": (1, 1, 0),  # `a` has another place, `b` has not
        "orders__items__n": (0, 0, 0),
        "orders__prices": (1, 0, 2),
    }
    assert shop.rows("orders__prices", "_root_id", "key") == [(1, "chf"), (1, "eur")]
    found = shop.rows("orders__items", "_root_id", "_hw_index", "sku", "_hw_key")
    assert [row[:3] for row in found] == [(1, 0, "new"), (1, 1, "b"), (1, 2, "a"), (2, 0, "a")]
    assert found[1][3] == keys["b"]
    assert shop.rows("orders__items__n", "_hw_key", "_hw_parent_key", "value") == below
    assert [str(value) for row in shop.rows("orders", "at", "made") for value in row] == [
        "2026-01-31 08:30:00", "2026-01-31 08:30:00", "2026-01-31 08:30:00", "None",
    ]  # fmt: skip

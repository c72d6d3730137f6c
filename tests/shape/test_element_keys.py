"""Elements that are told apart by a field of their own, declared as `element_keys: {items: id}`."""

import pytest

ID = {"key": ("id",)}
KEYS = {"items": ("id",), "items.taxes": ("code", "region"), "tags": ("value",), "lost": ("id",)}


def keyed(shaped, table, *columns):
    """Return the key of each row by what these columns say."""
    return {tuple(row.get(name) for name in columns): row["_hw_key"] for row in shaped.rows(table, own=True)}


def without_places(shaped, table):
    return sorted(
        (sorted((name, str(value)) for name, value in row.items() if name != "_hw_index"))
        for row in shaped.rows(table, own=True)
    )


@pytest.fixture(scope="module")
def lines():
    """Return a record, and the same with each of its arrays in another order."""
    taxes = '[{"code": "vat", "region": "be", "n": 1}, {"code": "vat", "region": "nl", "n": 2}]'
    turned = '[{"code": "vat", "region": "nl", "n": 2}, {"code": "vat", "region": "be", "n": 1}]'
    first = f'{{"id": 7, "sku": "a", "taxes": {taxes}}}'
    moved = f'{{"id": 7, "sku": "a", "taxes": {turned}}}'
    return (
        f'{{"id": 1, "items": [{first}, {{"id": "7"}}, {{"id": 8.0}}], "tags": ["x", "y", "z"]}}',
        f'{{"id": 1, "items": [{{"id": "7"}}, {{"id": 8}}, {moved}], "tags": ["z", "x", "y"]}}',
    )


def test_another_order_changes_nothing_but_places(shape, lines):
    line, turned = lines

    before, after = (shape([one], element_keys=KEYS, **ID) for one in (line, turned))

    assert before.tables == after.tables == ["orders", "orders__items", "orders__items__taxes", "orders__tags"]
    for table in ("orders__items__taxes", "orders__tags"):
        assert without_places(before, table) == without_places(after, table)
    columns = ("id", "id__double", "id__bigint")
    assert set(keyed(before, "orders__items", *columns).values()) == set(
        keyed(after, "orders__items", *columns).values()
    )
    assert before.column("orders__tags", "value") == ["x", "y", "z"]
    assert after.column("orders__tags", "value") == ["z", "x", "y"]


def test_elements_whose_key_is_missing_or_there_already_are_told_apart_by_position_and_all_are_kept(shape):
    items = '[{"id": 5, "n": 0}, {"n": 1}, {"id": 5, "n": 2}, null, {"id": null, "n": 4}, {"id": 6, "n": 5}]'
    fewer = '[{"id": 6, "n": 5}, {"id": 5, "n": 0}, {"id": 5, "n": 9}]'
    other = '{"id": 2, "items": [{"id": 5, "n": 7}], "lost": [{"x": 1}, {"x": 2}]}'

    before = shape([f'{{"id": 1, "items": {items}}}', other], element_keys=KEYS, **ID)
    after = shape([f'{{"id": 1, "items": {fewer}}}', other], element_keys=KEYS, **ID)

    found, then = (keyed(shaped, "orders__items", "_root_id", "id", "n") for shaped in (before, after))
    assert len(set(found.values())) == len(found) == 7
    assert found[1, 5, 0] == then[1, 5, 0]
    assert found[1, 6, 5] == then[1, 6, 5]
    assert found[1, 5, 2] == then[1, 5, 9]  # the same position
    assert found[2, 5, 7] == then[2, 5, 7]
    assert len(set(keyed(before, "orders__lost", "x").values())) == 2


def test_keys_do_not_depend_on_what_other_records_hold(shape):
    line = '{"id": 1, "items": [{"id": 5}, {"x": 1}]}'
    alone = shape([line], element_keys=KEYS, **ID)
    among = shape([line, '{"id": 2, "items": [{"id": "a"}, {"id": 1.5}, 3, "b", [4]]}'], element_keys=KEYS, **ID)

    mine = {row["_hw_key"] for row in among.rows("orders__items", own=True) if row["_root_id"] == 1}
    assert mine == set(alone.column("orders__items", "_hw_key"))


def test_without_element_keys_the_position_decides(shape):
    before, after = (shape([f'{{"id": 1, "items": {items}}}'], **ID) for items in ('["a", "b"]', '["b", "a"]'))

    assert before.column("orders__items", "_hw_key") == after.column("orders__items", "_hw_key")

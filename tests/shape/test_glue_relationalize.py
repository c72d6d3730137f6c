"""Where AWS's own Relationalize is right, it and ours give the same tables, rows and keys."""

import pytest

ID = {"key": ("id",)}

AGREED = [
    '{"id": 1, "name": "", "donor": {"city": "Gent"}, '
    '"items": [{"id": 9, "tags": ["x", "y"]}, {"id": 8, "tags": ["z"]}]}',
    '{"id": 2, "name": "b", "donor": {"city": "Lund"}, "items": [{"id": 7, "tags": ["x"]}], "grid": [[1, 2], [3]]}',
]


@pytest.fixture
def both(shape):
    def make(lines, **stream):
        return shape(lines, **stream), shape(lines, relationalize="glue", **stream)

    return make


def test_tables_rows_and_keys_are_the_same(both):
    ours, theirs = both(AGREED, **ID)

    assert theirs.tables == ours.tables
    for table in ours.tables:
        assert theirs.types(table) == ours.types(table)
        assert theirs.comments(table) == ours.comments(table)
        assert theirs.rows(table, own=True, nulls=True) == ours.rows(table, own=True, nulls=True)


def test_mixed_elements_and_odd_names_are_the_same(both):
    ours, theirs = both(['{"id": 1, "it\'s": [1, [2], {"a.b": 3, "id": 4}], "A": {"b c": [5]}, "a": 6}'], **ID)

    for table in ours.tables:
        keys = "_hw_key", "_hw_parent_key", "_hw_root_key", "_hw_index", "_root_id"
        for name in keys if table != "orders" else keys[:1]:
            assert theirs.column(table, name) == ours.column(table, name)


def test_keys_are_the_same_in_every_run_although_glues_ids_are_not(shape):
    alone = shape(AGREED[1:], relationalize="glue", **ID)
    together = shape(AGREED, relationalize="glue", **ID)

    assert set(alone.column("orders__items__tags", "_hw_key")) < set(together.column("orders__items__tags", "_hw_key"))


def test_without_a_key_the_rows_are_the_same(both):
    ours, theirs = both(AGREED)

    for table in ours.tables:
        assert theirs.rows(table, own=True) == ours.rows(table, own=True)


def test_glues_ways_are_kept_an_empty_array_leaves_a_row_and_a_null_text_comes_back_empty(both):
    ours, theirs = both(['{"id": 1, "tags": []}', '{"id": 2, "tags": ["a", null]}', '{"id": 3, "tags": null}'], **ID)

    def told(shaped):
        rows = shaped.rows("orders__tags", own=True)
        return sorted((row["_root_id"], row.get("_hw_index", -1), row.get("value")) for row in rows)

    assert told(ours) == [(2, 0, "a"), (2, 1, None)]
    assert told(theirs) == [(1, -1, ""), (2, 0, "a"), (2, 1, "")]


def test_values_that_change_their_kind_find_their_columns_here_too(shape):
    stored = shape(['{"id": 1, "items": [{"x": 12}]}'], **ID).stored()

    theirs = shape(['{"id": 1, "items": [{"x": "a"}, {"x": 13}]}'], stored=stored, relationalize="glue", **ID)

    assert theirs.rows("orders__items") == [{"x__string": "a"}, {"x__string": "", "x": 13}]

import pytest

from glue_lib.shape.layout import layout, place_comment
from glue_lib.shape.paths import EACH
from glue_lib.shape.targets import Stored


@pytest.fixture
def tables(notes_of):
    """Lay out lines: by table, the name and type of each column."""

    def make(*lines, stored=None, hints=()):
        planned = layout(notes_of(*lines), "orders", hints=dict(hints), stored=stored or {})
        return {table.name: {column.name: column.type for column in table.columns} for table in planned.tables}

    return make


def test_objects_are_flattened_and_arrays_become_tables(tables):
    line = '{"id": 1, "donor": {"address": {"city": "x"}}, "items": [{"sku": "a", "tags": ["t"]}]}'

    assert tables(line) == {
        "orders": {"id": "bigint", "donor_address_city": "string"},
        "orders__items": {"sku": "string"},
        "orders__items__tags": {"value": "string"},
    }


def test_arrays_of_arrays(tables):
    assert tables('{"grid": [[1, 2], [3]]}') == {
        "orders": {},
        "orders__grid": {},
        "orders__grid__value": {"value": "bigint"},
    }


def test_mixed_elements_share_a_table(tables):
    assert tables('{"x": [1, "a", {"y": true}, [2.5]]}') == {
        "orders": {},
        "orders__x": {"value": "string", "value__bigint": "bigint", "y": "boolean"},
        "orders__x__value": {"value": "double"},
    }


def test_a_field_may_hold_scalars_objects_and_arrays(tables):
    assert tables('{"x": "a"}', '{"x": {"y": 1}}', '{"x": [2]}') == {
        "orders": {"x": "string", "x_y": "bigint"},
        "orders__x": {"value": "bigint"},
    }


def test_what_was_never_more_than_null_or_empty_makes_nothing(tables):
    assert tables('{"a": null, "b": {}, "c": [], "d": [null], "e": [{}], "f": {"g": null}, "h": [[]]}') == {
        "orders": {}
    }


def test_columns_that_would_have_the_same_name_are_told_apart(tables):
    names = list(tables('{"unitPrice": 1, "unit_price": 2, "unit price": 3}')["orders"])

    assert names[0] == "unit_price"
    assert len(set(names)) == 3
    assert all(name.startswith("unit_price") for name in names)


def test_tables_that_would_have_the_same_name_are_told_apart(tables):
    names = list(tables('{"a_b": [1], "a": {"b": [2]}}'))

    assert names[:2] == ["orders", "orders__a_b"]
    assert names[2].startswith("orders__a_b_")


def test_an_array_named_quarantine_is_no_quarantine(tables):
    (_, name) = tables('{"quarantine": [1]}')

    assert name.startswith("orders__quarantine_")


@pytest.mark.parametrize("key", ["_hw_key", "_hw_loaded_at", "_HW_INDEX", "_root_id"])
def test_fields_are_told_apart_from_our_own_columns(tables, key):
    found = tables(f'{{"{key}": 1, "items": [{{"{key}": 2}}]}}')

    for columns in found.values():
        (name,) = columns
        assert name.startswith(f"{key.lower()}_")


@pytest.mark.parametrize("key", ["id", "index", "val", "key", "value"])
def test_other_fields_keep_their_names(tables, key):
    assert tables(f'{{"{key}": 1, "items": [{{"{key}": 2}}]}}') == {
        "orders": {key: "bigint"},
        "orders__items": {key: "bigint"},
    }


def test_demanded_types_reach_into_arrays(tables):
    found = tables('{"items": [{"price": "1.10"}]}', hints={"items.price": "decimal(18,2)"})

    assert found["orders__items"] == {"price": "decimal(18,2)", "price__string": "string"}


def test_a_table_is_known_by_its_path_not_by_its_name(notes_of):
    stored = {"orders__a_b": Stored({place_comment(("a", "b", EACH)): ("_hw_index", "bigint")})}

    flat = layout(notes_of('{"a_b": [1]}'), "orders", hints={}, stored=stored)
    nested = layout(notes_of('{"a": {"b": [1]}}'), "orders", hints={}, stored=stored)

    assert flat.tables[1].name.startswith("orders__a_b_")
    assert nested.tables[1].name == "orders__a_b"


def test_nulls_are_rows_where_their_table_exists(tables):
    stored = {"orders__tags": Stored({place_comment(("tags", EACH)): ("_hw_index", "bigint")})}

    assert tables('{"tags": [null, null]}', stored=stored) == {"orders": {}, "orders__tags": {}}
    assert tables('{"tags": []}', stored=stored) == {"orders": {}}


def test_nulls_at_depth_are_rows_where_their_table_exists(tables):
    stored = {"orders__x__tags": Stored({place_comment(("x", EACH, "tags", EACH)): ("_hw_index", "bigint")})}

    assert "orders__x__tags" in tables('{"x": [{"tags": [null]}]}', stored=stored)


def test_columns_and_arrays_are_named_as_relationalize_names_them(notes_of):
    planned = layout(notes_of('{"a": {"b": [{"c": [[{"d": 1}]]}]}}'), "orders", hints={}, stored={})

    assert [table.array_column for table in planned.tables] == ["", "a.b", "a.b.val.c", "a.b.val.c.val"]
    assert planned.tables[3].column_of(planned.tables[3].leaves[0]) == "a.b.val.c.val.val.d"


def test_only_new_columns_that_may_stay_empty_are_unproven(notes_of):
    notes = notes_of('{"x": 1.5, "y": 2, "z": "a"}')
    stored = {
        "$.x": ("x", "bigint"),
        "$.z": ("z", "bigint"),
        "$.y": ("y", "double"),
    }

    fresh = layout(notes, "orders", hints={}, stored={}).tables[0]
    known = layout(notes, "orders", hints={}, stored={"orders": Stored(stored)}).tables[0]
    again = layout(
        notes, "orders", hints={}, stored={"orders": Stored({**stored, "$.x as double": ("x__double", "double")})}
    ).tables[0]

    assert fresh.unproven == ()
    assert [target.name for target in known.unproven] == ["x__double"]  # 1.5 might have been 5.0
    assert again.unproven == ()


def test_without_records_there_is_an_empty_root(tables):
    assert tables() == {"orders": {}}


def test_numbers_that_may_end_as_text_are_read_as_text(notes_of):
    stored = {"orders": Stored({"$.x": ("x", "bigint"), "$.x as decimal": ("x__decimal", "decimal(38,0)")})}

    (leaf,) = layout(notes_of('{"x": 0.12345678901234567}'), "orders", hints={}, stored=stored).tables[0].leaves

    assert leaf.type == "string"

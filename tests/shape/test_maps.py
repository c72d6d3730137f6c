"""Objects with ids as keys, declared as `types: {prices: map}`: one row an entry, told apart by its key."""

import pytest

from glue_lib.errors import ShapeError
from glue_lib.shape.layout import layout
from glue_lib.shape.maps import misfits
from glue_lib.shape.targets import Stored

ID = {"key": ("id",)}


def entries(shaped, table):
    """Return what the rows of a table say, by the root's id: without keys, and without what is null."""
    return [
        {name: value for name, value in row.items() if name == "_root_id" or not name.startswith("_")}
        for row in shaped.rows(table, own=True)
    ]


@pytest.fixture
def tables(notes_of):
    """Lay out lines: by table, the name and type of each column."""

    def make(*lines, **hints):
        planned = layout(notes_of(*lines), "orders", hints=hints, stored={})
        return {table.name: {column.name: column.type for column in table.columns} for table in planned.tables}

    return make


LAID_OUT = [  # a record, what is declared, the tables with their columns
    (
        '{"p": {"eur": 1, "usd": 2.5}}',
        {"p": "map"},
        {"orders": {}, "orders__p": {"key": "string", "value": "double"}},
    ),
    (
        '{"p": {"a": {"price": 1}, "b": {"sku": "x"}}}',
        {"p": "map"},
        {"orders": {}, "orders__p": {"key": "string", "price": "bigint", "sku": "string"}},
    ),
    (
        '{"p": {"a": {"key": 1, "value": 2}, "b": 3}}',
        {"p": "map"},
        {"orders": {}, "orders__p": {"key": "string", "value": "bigint", "key_?": "bigint", "value_?": "bigint"}},
    ),
    (
        '{"p": {"a": [1, 2], "b": ["x"]}}',
        {"p": "map"},
        {
            "orders": {},
            "orders__p": {"key": "string"},
            "orders__p__value": {"value": "string", "value__bigint": "bigint"},
        },
    ),
    (
        '{"p": {"a": {"x": {"n": 1}}, "b": {"y": {"n": 2}}}}',
        {"p": "map", "p.*": "map"},
        {"orders": {}, "orders__p": {"key": "string"}, "orders__p__value": {"key": "string", "n": "bigint"}},
    ),
    (
        '{"items": [{"by_day": {"mon": 1}}]}',
        {"items.by_day": "map"},
        {"orders": {}, "orders__items": {}, "orders__items__by_day": {"key": "string", "value": "bigint"}},
    ),
    (
        '{"p": {"a": {"price": "1.10"}}}',
        {"p": "map", "p.*.price": "decimal(18,2)"},
        {"orders": {}, "orders__p": {"key": "string", "price": "decimal(18,2)", "price__string": "string"}},
    ),
    (
        '{"p": {"a": "1.10"}}',
        {"p": "map", "p.*": "decimal(18,2)"},
        {"orders": {}, "orders__p": {"key": "string", "value": "decimal(18,2)", "value__string": "string"}},
    ),
    ('{"p": {"a": null, "b": {}}}', {"p": "map"}, {"orders": {}, "orders__p": {"key": "string"}}),
    ('{"p": {}}', {"p": "map"}, {"orders": {}}),
    ('{"p": null}', {"p": "map"}, {"orders": {}}),
    ('{"p": "x"}', {"p": "map"}, {"orders": {"p": "string"}}),
    ('{"p": []}', {"p": "map"}, {"orders": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "hints", "expected"), LAID_OUT)
def test_a_map_becomes_a_table_of_its_entries(tables, line, hints, expected):
    found = {
        table: {name if name in expected[table] else f"{name[:-8]}?": kind for name, kind in columns.items()}
        for table, columns in tables(line, **hints).items()
    }

    assert found == expected


def test_beside_a_map_scalars_and_arrays_keep_columns_and_a_table_of_their_own(tables):
    found = tables('{"p": {"a": 1}}', '{"p": [2]}', '{"p": 3}', p="map")

    assert [found["orders"], found["orders__p"]] == [{"p": "bigint"}, {"value": "bigint"}]
    (name,) = found.keys() - {"orders", "orders__p"}
    assert name.startswith("orders__p_")
    assert found[name] == {"key": "string", "value": "bigint"}


def test_entries_are_told_apart_by_their_keys_and_nothing_else(shape):
    line = '{"id": 1, "p": {"b": {"n": 1, "tags": ["x", "y"]}, "a": {"n": 2}, "": {"n": 3}, "A": {"n": 4}, "a.b c": 5}}'
    again = (
        '{"id": 1, "p": {"A": {"n": 4}, "new": {"n": 9}, "a.b c": 5, "": {"n": 3}, '
        '"b": {"n": 1, "tags": ["x", "y"]}, "a": {"n": 2}}}'
    )
    types = {"types": {"p": "map"}}

    before, after = shape([line], **types, **ID), shape([again], **types, **ID)

    assert sorted(entries(before, "orders__p"), key=lambda row: row["key"]) == [
        {"_root_id": 1, "key": "", "n": 3},
        {"_root_id": 1, "key": "A", "n": 4},
        {"_root_id": 1, "key": "a", "n": 2},
        {"_root_id": 1, "key": "a.b c", "value": 5},
        {"_root_id": 1, "key": "b", "n": 1},
    ]
    assert entries(before, "orders__p__tags") == [{"_root_id": 1, "value": "x"}, {"_root_id": 1, "value": "y"}]
    gained = [row for row in after.rows("orders__p", own=True) if row not in before.rows("orders__p", own=True)]
    assert [(row["key"], row["n"]) for row in gained] == [("new", 9)]
    assert len(after.rows("orders__p")) == 6
    assert after.rows("orders__p__tags", own=True) == before.rows("orders__p__tags", own=True)
    assert before.column("orders__p", "_hw_index") == [None] * 5
    assert before.comments("orders__p") == {
        "_hw_index": "place in $.p{}", "key": "$.p{}~", "value": "$.p{}", "n": "$.p{}.n",
    }  # fmt: skip


def test_maps_of_maps_and_maps_in_arrays_keep_every_entry(shape):
    line = (
        '{"id": 1, "p": {"a": {"x": 1, "y": null}, "b": {}}, "items": [{"q": {"k": "v"}}, {"q": null}, {"q": {}}, '
        '{"q": {"k": ""}}], "r": {"k": 1, "k": 2}, "s": {"\\ud83d": 1, "\\\\ud83d": 2}}'
    )
    shaped = shape([line], types=dict.fromkeys(("p", "p.*", "items.q", "r", "s"), "map"), **ID)

    outer = sorted(entries(shaped, "orders__p"), key=lambda row: row["key"])
    assert outer == [{"_root_id": 1, "key": "a"}, {"_root_id": 1, "key": "b"}]
    inner = sorted(entries(shaped, "orders__p__value"), key=lambda row: row["key"])
    assert inner == [{"_root_id": 1, "key": "x", "value": 1}, {"_root_id": 1, "key": "y"}]
    in_items = sorted(row["value"] for row in shaped.rows("orders__items__q"))
    assert in_items == ["", "v"]
    assert shaped.rows("orders__r") == [{"key": "k", "value": 2}]
    halves = shaped.rows("orders__s", own=True)
    assert sorted(row["value"] for row in halves) == [1, 2]
    assert len({row["_hw_key"] for row in halves}) == 2


def test_a_map_that_gets_keys_with_every_run_gets_no_columns(shape):
    types = {"types": {"p": "map"}}
    before = shape(['{"id": 1, "p": {"k1": 1}}'], **types, **ID)

    after = shape(['{"id": 1, "p": {"k2": 2, "k3": "x"}}'], stored=before.stored(), **types, **ID)

    assert before.types("orders__p") == {"key": "string", "value": "bigint"}
    assert after.types("orders__p") == {"key": "string", "value": "bigint", "value__string": "string"}


def test_aws_relationalize_knows_no_maps(shape):
    with pytest.raises(ShapeError, match="tells elements apart by their position only"):
        shape(['{"id": 1, "p": {"k1": 1}}'], types={"p": "map"}, relationalize="glue", **ID)


def test_what_is_new_in_a_map_is_told_of_the_records_that_have_it(spark, notes_of, land):
    from glue_lib.shape.contract import Contract
    from glue_lib.shape.novelties import novelties
    from glue_lib.shape.records import records
    from glue_lib.shape.stream import StreamShape
    from glue_lib.shape.targets import Stored

    lines = ['{"id": 1, "p": {"a": {"n": 1}}}', '{"id": 2, "p": {"b": {"n": 2, "new": [1]}}}', '{"id": 3, "p": {}}']
    orders = {"orders": Stored({"$.id": ("id", "bigint")})}
    entries = Stored(
        {"place in $.p{}": ("_hw_index", "bigint"), "$.p{}~": ("key", "string"), "$.p{}.n": ("n", "bigint")}
    )
    all_new = Contract(tables="discard_row", columns="discard_row", types="discard_row")

    def told(stored):
        planned = layout(notes_of(*lines), "orders", hints={"p": "map"}, stored=stored)
        rows = records(spark, land(lines), planned.reading)
        found = novelties(planned, stored, all_new, StreamShape("shop", "orders", key=("id",)))
        return {new.words: sorted(row.id for row in rows.where(new.sql).collect()) for new in found}

    assert told({**orders, "orders__p": entries}) == {"new table `orders__p__new`": [2]}
    assert told(orders)["new table `orders__p`"] == [1, 2]


OBJECT = {"$.id": ("id", "bigint"), "$.a.b": ("a_b", "bigint"), '$.a["x y"] as string': ("a_x_y__string", "string")}
ENTRIES = {"place in $.a{}": ("_hw_index", "bigint"), "$.a{}~": ("key", "string"), "$.a{}.c[].d": ("d", "bigint")}
ELEMENTS = {"place in $.a[]": ("_hw_index", "bigint"), "$.a[].p.q": ("p_q", "bigint"), "$.a[]": ("value", "string")}


@pytest.mark.parametrize(
    ("stored", "types", "found"),
    [
        (OBJECT, {}, []),
        (OBJECT, {"a": "map"}, [("a", True, ("a_b", "a_x_y__string"))]),
        (OBJECT, {"a.b": "map", "b": "map", "a.x y": "map"}, []),
        (ENTRIES, {"a": "map"}, []),
        (ENTRIES, {}, [("a", False, ("_hw_index", "key", "d"))]),
        (ENTRIES, {"a": "map", "a.*.c": "map"}, [("a.*.c", True, ("d",))]),
        (ELEMENTS, {"a.p": "map"}, [("a.p", True, ("p_q",))]),
        (ELEMENTS, {"a": "map"}, [("a", True, ("p_q",))]),
        ({"month of $.a": ("_hw_partition", "string")}, {"a": "map"}, []),
    ],
)
def test_columns_tell_whether_they_were_made_of_a_map(stored, types, found):
    told = misfits({"t": Stored(stored)}, types)

    assert [(one.path, one.is_map, one.columns) for one in told] == found

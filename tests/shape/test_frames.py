"""What became of values, whole: from landed lines to typed rows."""

import random
from collections import defaultdict
from decimal import Decimal

import pytest

from glue_lib.errors import ShapeError

ID = {"key": ("id",)}


def test_nested_records_become_flat_tables(shape):
    shaped = shape(
        [
            '{"id": 7, "donor": {"name": "Ada", "address": {"city": "Ghent"}}, '
            '"items": [{"sku": "a", "tags": ["x", "y"]}]}'
        ],
        **ID,
    )

    assert shaped.tables == ["orders", "orders__items", "orders__items__tags"]
    assert shaped.rows("orders") == [{"id": 7, "donor_name": "Ada", "donor_address_city": "Ghent"}]
    assert shaped.rows("orders__items") == [{"sku": "a"}]
    assert shaped.rows("orders__items__tags") == [{"value": "x"}, {"value": "y"}]


def test_children_know_their_parents_and_their_root(shape):
    shaped = shape(['{"id": 7, "items": [{"sku": "a"}, {"sku": "b", "tags": ["x"]}]}'], **ID)

    (root,) = shaped.rows("orders", own=True)
    first, second = shaped.rows("orders__items", own=True)
    (tag,) = shaped.rows("orders__items__tags", own=True)
    assert [first["_hw_parent_key"], first["_hw_root_key"], first["_hw_index"]] == [root["_hw_key"], root["_hw_key"], 0]
    assert tag["_hw_parent_key"] == second["_hw_key"]
    assert tag["_hw_root_key"] == root["_hw_key"]
    assert [row["_root_id"] for row in (first, second, tag)] == [7, 7, 7]
    assert {row["_hw_run_id"] for row in (root, first, tag)} == {"r1"}
    assert shaped.types("orders__items") == {"sku": "string"}


def test_every_frame_has_the_columns_of_its_kind(shape):
    shaped = shape(['{"id": 7, "items": [1]}'], **ID)

    root, child = shaped.frames
    assert root.rows.columns == ["_hw_key", "id", "_hw_run_id", "_hw_loaded_at"]
    assert child.rows.columns == [
        "_hw_key", "_hw_parent_key", "_hw_root_key", "_hw_index", "_root_id", "value", "_hw_run_id", "_hw_loaded_at",
    ]  # fmt: skip
    assert (root.is_child, child.is_child, child.root, root.has_lasting_keys) == (False, True, "orders", True)


def test_comments_tell_where_values_come_from(shape):
    shaped = shape(
        ['{"id": 7, "donor": {"City name": "x"}, "items": [{"a": 1}]}', '{"id": 8, "items": [{"a": "b"}]}'], **ID
    )

    assert shaped.comments("orders") == {"id": "$.id", "donor_city_name": '$.donor["City name"]'}
    assert shaped.comments("orders__items") == {
        "_hw_index": "place in $.items[]",
        "a": "$.items[].a",
        "a__bigint": "$.items[].a as bigint",
    }


# Values stay exact.


EXACT = [  # what was sent, the type of the column, the value in it
    ("9223372036854775807", "bigint", 2**63 - 1),
    ("9223372036854775808", "decimal(38,0)", Decimal(2**63)),
    ("-99999999999999999999999999999999999999", "decimal(38,0)", Decimal("-" + "9" * 38)),
    ("1" * 41, "string", "1" * 41),
    ("1" * 1500, "string", "1" * 1500),
    ("1.10", "double", 1.1),
    ('"1.10"', "string", "1.10"),
    ("0.1234567890123456789", "decimal(38,19)", Decimal("0.1234567890123456789")),
    ("1e3", "double", 1000.0),
    ("1E400", "string", "1E400"),
    ("1.2345678901234567e3", "string", "1.2345678901234567e3"),
    ('""', "string", ""),
    ('" x "', "string", " x "),
    ('"2026-01-31T00:00:00Z"', "string", "2026-01-31T00:00:00Z"),
    ('"NaN"', "string", "NaN"),
    ('"null"', "string", "null"),
    ('"007"', "string", "007"),
    ("false", "boolean", False),
    ('"\\ud83d\\ude00 \\u0000 \\u2028"', "string", "😀 \0 \u2028"),
    ('"a\\ud83d"', "string", "a\\ud83d"),
    ('"line\\r\\nbreak"', "string", "line\r\nbreak"),
]


def test_values_stay_as_they_were_sent(shape):
    fields = ", ".join(f'"x{place}": {written}' for place, (written, _, _) in enumerate(EXACT))
    shaped = shape([f'{{"id": 1, {fields}}}'], **ID)

    (row,), types = shaped.rows("orders"), shaped.types("orders")
    for place, (written, kind, value) in enumerate(EXACT):
        assert (written, types[f"x{place}"], row[f"x{place}"]) == (written, kind, value)


def test_bytes_that_are_no_text_become_escapes(shape):
    assert shape([b'{"id": 1, "x": "a\xff"}'], **ID).rows("orders") == [{"id": 1, "x": "a\\udcff"}]


def test_nulls_are_no_empty_texts_and_absent_is_null(shape):
    shaped = shape(['{"id": 1, "x": ""}', '{"id": 2, "x": null}', '{"id": 3}'], **ID)

    assert sorted(shaped.rows("orders", nulls=True), key=lambda row: row["id"]) == [
        {"id": 1, "x": ""},
        {"id": 2, "x": None},
        {"id": 3, "x": None},
    ]


def test_12_and_text_12_stand_in_two_columns(shape):
    shaped = shape(['{"id": 1, "x": 12}', '{"id": 2, "x": "12"}', '{"id": 3, "x": true}'], **ID)

    assert sorted(shaped.rows("orders"), key=lambda row: row["id"]) == [
        {"id": 1, "x__bigint": 12},
        {"id": 2, "x": "12"},
        {"id": 3, "x__boolean": True},
    ]


def test_a_number_as_text_never_looks_like_text(shape):
    shaped = shape(['{"id": 1, "x": 12}', '{"id": 2, "x": "12"}', '{"id": 3, "x": %s}' % ("1" * 41)], **ID)

    assert sorted(shaped.rows("orders"), key=lambda row: row["id"]) == [
        {"id": 1, "x__number": "12"},
        {"id": 2, "x": "12"},
        {"id": 3, "x__number": "1" * 41},
    ]


def test_a_demanded_decimal_takes_text_and_numbers(shape):
    lines = ['{"id": 1, "x": "1.10"}', '{"id": 2, "x": 1.1}', '{"id": 3, "x": 2}', '{"id": 4, "x": "n/a"}',
             '{"id": 5, "x": 0.001}', '{"id": 6, "x": 1e1}', '{"id": 7, "x": true}']  # fmt: skip
    shaped = shape(lines, types={"x": "decimal(18,2)"}, **ID)

    found = {row.pop("id"): row for row in shaped.rows("orders")}
    assert found == {
        1: {"x": Decimal("1.10")},
        2: {"x": Decimal("1.10")},
        3: {"x": Decimal("2.00")},
        4: {"x__string": "n/a"},
        5: {"x__double": 0.001},
        6: {"x": Decimal("10.00")},
        7: {"x__boolean": True},
    }


def test_demanded_text_keeps_what_was_written(shape):
    shaped = shape(
        ['{"id": 1, "x": 1.10}', '{"id": 2, "x": "1.10"}', '{"id": 3, "x": 1e3}'], types={"x": "string"}, **ID
    )

    assert [row["x"] for row in sorted(shaped.rows("orders"), key=lambda row: row["id"])] == ["1.10", "1.10", "1e3"]


def test_demanded_types_that_no_value_needs_a_way_out_of_make_no_columns(shape):
    shaped = shape(['{"id": 1, "x": "1.10"}'], types={"x": "decimal(18,2)"}, **ID)

    assert shaped.types("orders") == {"id": "bigint", "x": "decimal(18,2)"}


# Names.


def test_keys_of_every_make_become_columns(shape):
    keys = ["a.b", "unit price", "it's", "`tick`", "back\\\\slash", "größe", "", "new\\nline", "id ", "ID", "_hw_key",
            "_hw_slice", "_root_id", "_metadata", "_corrupt_record", "index", "val", "2fa", "$ref", "\\ud83d",
            "select"]  # fmt: skip
    fields = ", ".join(f'"{key}": {place}' for place, key in enumerate(keys))
    line = f'{{"id": 99, {fields}, "items": [{{{fields}}}]}}'

    shaped = shape([line], **ID)

    for table, expected in (("orders", [*range(len(keys)), 99]), ("orders__items", list(range(len(keys))))):
        (row,) = shaped.rows(table, own=True)
        columns = [name for name in shaped.comments(table) if name != "_hw_index"]
        assert sorted(row[name] for name in columns) == expected
        assert row["index"] == keys.index("index")


def test_arrays_may_have_names_of_every_make(shape):
    keys = ["a.b", "unit price", "it's", "`tick`", "back\\\\slash", "größe", "", "new\\nline", "id", "index", "val"]
    fields = ", ".join(f'"{key}": [{place}]' for place, key in enumerate(keys))

    shaped = shape([f"{{{fields}}}"])

    assert [shaped.rows(table) for table in shaped.tables[1:]] == [[{"value": place}] for place in range(len(keys))]


def test_keys_that_differ_by_case_stay_apart(shape):
    shaped = shape(['{"id": 1, "Id": 2, "ID": 3}'], **ID)

    (row,) = shaped.rows("orders")
    assert row["id"] == 1
    assert sorted(row.values()) == [1, 2, 3]


def test_of_equal_keys_the_last_counts(shape):
    assert shape(['{"id": 1, "x": 1, "x": "b"}'], **ID).rows("orders") == [{"id": 1, "x": "b"}]


# Arrays.


def test_null_empty_and_absent_arrays_make_no_rows(shape):
    shaped = shape(['{"id": 1, "x": null}', '{"id": 2, "x": []}', '{"id": 3}', '{"id": 4, "x": [null, 5]}'], **ID)

    assert [(row["_root_id"], row["_hw_index"], row.get("value")) for row in shaped.rows("orders__x", own=True)] == [
        (4, 0, None),
        (4, 1, 5),
    ]


def test_arrays_of_mixed_elements_keep_every_element_in_its_place(shape):
    shaped = shape(['{"id": 1, "x": [1, "a", {"id": 2, "value": 3}, [4, [5]], null, {}, 2.5]}'], **ID)

    rows = [
        {name: value for name, value in row.items() if name == "_hw_index" or not name.startswith("_")}
        for row in shaped.rows("orders__x", own=True)
    ]
    values = shaped.comments("orders__x")
    own_value = next(name for name, comment in values.items() if comment == "$.x[].value")
    assert rows == [
        {"_hw_index": 0, "value__double": 1.0},
        {"_hw_index": 1, "value": "a"},
        {"_hw_index": 2, "id": 2, own_value: 3},
        {"_hw_index": 3},
        {"_hw_index": 4},
        {"_hw_index": 5},
        {"_hw_index": 6, "value__double": 2.5},
    ]
    assert shaped.rows("orders__x__value") == [{"value": 4}, {}]
    assert shaped.rows("orders__x__value__value") == [{"value": 5}]


def test_deep_arrays(shape):
    shaped = shape(['{"id": 1, "g": [[[1, 2], []], [], [[3]]]}'], **ID)

    assert shaped.rows("orders__g__value__value") == [{"value": 1}, {"value": 2}, {"value": 3}]
    assert len(shaped.rows("orders__g__value")) == 3
    assert len(shaped.rows("orders__g")) == 3


def test_empty_objects_beside_numbers_lose_nothing(shape):
    shaped = shape(['{"id": 1, "x": {}}', '{"id": 2, "x": 5}', '{"id": 3, "x": []}', '{"id": 4, "x": [{}, 6]}'], **ID)

    assert sorted(shaped.rows("orders"), key=lambda row: row["id"]) == [
        {"id": 1},
        {"id": 2, "x": 5},
        {"id": 3},
        {"id": 4},
    ]
    assert [row.get("value") for row in shaped.rows("orders__x")] == [None, 6]


# From run to run.


CHANGED = [  # sent first, sent then, the column that the second value goes to, that value
    ("12", '"12"', "x__string", "12"),
    ("12", "1.5", "x__double", 1.5),
    ("12", "9223372036854775808", "x__decimal", Decimal(2**63)),
    ("12", "1" * 41, "x__number", "1" * 41),
    ("12", "true", "x__boolean", True),
    ("12", "13", "x", 13),
    ("1.5", "0.12345678901234567", "x__decimal", Decimal("0.12345678901234567")),
    ("1.5", "12", "x", 12.0),
    ("1.5", "9007199254740993", "x__bigint", 9007199254740993),
    ('"a"', "12", "x__bigint", 12),
    ('"a"', "1.5", "x__double", 1.5),
    ('"a"', "true", "x__boolean", True),
    ("true", '"true"', "x__string", "true"),
    ("9223372036854775808", "12", "x", Decimal(12)),
    ("9223372036854775808", "1.5", "x__double", 1.5),
    ("1" * 41, "12", "x__bigint", 12),
    ("1" * 41, "1" * 42, "x", "1" * 42),
]


def test_a_stored_column_keeps_its_type_and_no_value_is_lost(shape):
    first = ", ".join(f'"{chr(97 + place)}x": {change[0]}' for place, change in enumerate(CHANGED))
    then = ", ".join(f'"{chr(97 + place)}x": {change[1]}' for place, change in enumerate(CHANGED))
    before = shape([f'{{"id": 1, {first}}}'], **ID)

    after = shape([f'{{"id": 2, {then}}}'], stored=before.stored(), run_id="r2", **ID)

    (row,) = after.rows("orders")
    expected = {chr(97 + place) + column: value for place, (_, _, column, value) in enumerate(CHANGED)}
    assert row == {"id": 2} | expected
    assert after.types("orders").items() & before.types("orders").items() == {
        (name, kind) for name, kind in before.types("orders").items() if name in after.types("orders")
    }


def test_a_value_goes_to_the_same_column_whatever_comes_along(shape):
    first = shape(['{"id": 1, "x": 12}'], **ID).stored()
    then = shape(['{"id": 1, "x": 1.5}'], stored=first, **ID).stored()
    both = {"orders": type(first["orders"])({**first["orders"].columns, **then["orders"].columns})}

    alone = shape(['{"id": 2, "x": 2.5}'], stored=both, **ID).rows("orders")
    together = shape(['{"id": 2, "x": 2.5}', '{"id": 3, "x": 0.12345678901234567}'], stored=both, **ID).rows("orders")

    assert alone == [{"id": 2, "x__double": 2.5}]
    assert {"id": 2, "x__double": 2.5} in together


def test_new_fields_of_a_stored_table_are_told_apart_from_its_columns(shape):
    stored = shape(['{"id": 1, "unitPrice": 1}'], **ID).stored()

    shaped = shape(['{"id": 1, "unit_price": 2, "unitPrice": 1}'], stored=stored, **ID)

    (row,) = shaped.rows("orders")
    assert row["unit_price"] == 1
    assert 2 in row.values()


def test_child_keys_stay_when_the_kinds_of_a_field_change(shape):
    before = shape(['{"id": 1, "x": [{"a": 1}, {"a": 2}]}'], **ID)
    after = shape(
        ['{"id": 1, "x": [{"a": 1}, {"a": 2}, "b", [3]]}', '{"id": 2, "x": 5}', '{"id": 3, "x": {"y": 1}}'], **ID
    )

    assert before.column("orders__x", "_hw_key") == [
        row["_hw_key"] for row in after.rows("orders__x", own=True) if row["_hw_index"] < 2
    ]


def test_the_copied_key_keeps_its_type_when_keys_change_theirs(shape):
    before = shape(['{"id": 1, "items": [1]}'], **ID)

    after = shape(['{"id": "a", "items": [2]}'], stored=before.stored(), **ID)

    assert after.rows("orders__items", own=True)[0]["_root_id__string"] == "a"
    assert "_root_id" not in after.schema("orders__items").names


def test_copies_of_key_columns_that_no_value_needs_are_not_made(shape):
    before = shape(['{"id": 1, "items": [1]}'], types={"id": "bigint"}, **ID)

    after = shape(['{"id": "2", "items": [2]}'], stored=before.stored(), types={"id": "bigint"}, **ID)

    assert after.rows("orders") == [{"id": 2}]
    assert [name for name in after.schema("orders__items").names if name.startswith("_root")] == ["_root_id"]


# Records.


def test_records_without_a_key_are_refused(shape):
    with pytest.raises(ShapeError, match=r"1 of 2 records have no `id`"):
        shape(['{"id": 1}', '{"id": null}'], **ID)


def test_of_records_with_one_key_only_the_newests_children_are_there(shape):
    lines = ['{"id": 1, "at": "2026-02-01", "x": ["new"]}', '{"id": 1, "at": "2026-01-01", "x": ["old", "older"]}']

    shaped = shape(lines, order=("at",), **ID)

    assert shaped.rows("orders__x") == [{"value": "new"}]


def test_no_records_make_an_empty_root(shape):
    shaped = shape([], **ID)

    assert shaped.tables == ["orders"]
    assert shaped.rows("orders") == []


def test_records_without_any_value_are_rows(shape):
    shaped = shape(["{}", '{"x": null}', '{"x": {}}'])

    assert shaped.rows("orders") == [{}, {}, {}]
    assert len(set(shaped.column("orders", "_hw_key"))) == 3


# Cost.


def test_frames_look_at_values_only_where_notes_prove_nothing(shape, looks):
    lines = ['{"id": 1, "x": 1.5, "items": [{"y": "a"}]}']

    assert looks(lambda: shape(lines, **ID)) == 0
    assert looks(lambda: shape(lines, types={"x": "bigint"}, **ID)) == 1
    assert looks(lambda: shape(lines, types={"x": "bigint", "items.y": "date"}, **ID)) == 2


def test_no_frame_joins_and_no_frame_calls_python(shape):
    shaped = shape(['{"id": 1, "items": [{"y": "a", "z": [1]}]}'], key=())

    for frame in shaped.frames:
        plan = frame.rows._jdf.queryExecution().executedPlan().toString()
        assert "Join" not in plan
        assert "Python" not in plan


# Any records.


def any_value(chance, depth):
    kinds = ["int", "fraction", "text", "boolean", "null"] + (["object", "array"] * 2 if depth else [])
    kind = chance.choice(kinds)
    if kind == "int":
        return str(chance.choice([0, -1, 7, 2**53 + 1, 2**63, 10**39]))
    if kind == "fraction":
        return chance.choice(["1.10", "0.12345678901234567", "-2.5", "1e3", "1E-400", "-0.0"])
    if kind == "text":
        return chance.choice(['""', '"12"', '"1.10"', '"é"', '"true"', '"a\\"b"'])
    if kind == "boolean":
        return chance.choice(["true", "false"])
    if kind == "null":
        return "null"
    if kind == "array":
        return "[{}]".format(", ".join(any_value(chance, depth - 1) for _ in range(chance.randrange(4))))
    return any_object(chance, depth - 1)


def any_object(chance, depth, more=""):
    keys = chance.sample(["a", "A", "b", "c.d", "e f", "id2", "value"], chance.randrange(5))
    return "{{{}}}".format(
        ", ".join([*([more] if more else []), *(f'"{key}": {any_value(chance, depth)}' for key in keys)])
    )


@pytest.mark.parametrize("seed", range(3))
def test_any_records_lose_nothing_and_gain_nothing(shape, land, seed, scalars_of, scalars_in):
    chance = random.Random(seed)
    lines = [any_object(chance, 3, f'"id": {number}') for number in range(12)]
    parts = land(lines[:4], lines[4:8], lines[8:])

    shaped = shape(parts, **ID)

    sent = scalars_of(lines)
    kinds = defaultdict(set)
    for _, path, _, kind, _ in sent:
        kinds[path].add(kind)
    assert scalars_in(shaped, only_numbers={path for path, seen in kinds.items() if "text" not in seen}) == sent


@pytest.mark.parametrize("seed", range(3, 5))
def test_any_records_come_out_the_same_with_and_without_the_normaliser(shape, land, seed):
    chance = random.Random(seed)
    lines = [any_object(chance, 2, f'"id": {number}') for number in range(8)]
    parts = land(*([line] for line in lines))

    quick, careful = shape(parts, **ID), shape(parts, careful=True, **ID)

    assert quick.tables == careful.tables
    for table in quick.tables:
        assert quick.schema(table) == careful.schema(table)
        assert quick.rows(table, own=True) == careful.rows(table, own=True)

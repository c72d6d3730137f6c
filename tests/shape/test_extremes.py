"""Records that are far from ordinary: very deep, very wide. They take Spark seconds where it would take for ever."""

import json

import pytest

ID = {"key": ("id",)}


@pytest.mark.slow
def test_fifty_levels_of_objects_are_fifty_columns(shape):
    def nested(levels):
        return {"v": "end"} if not levels else {"n": levels, "a": nested(levels - 1)}

    shaped = shape([json.dumps({"id": 1, "o": nested(50)})], **ID)

    (row,) = shaped.rows("orders")
    comments = shaped.comments("orders")
    found = {comments[name].count(".a"): value for name, value in row.items() if name != "id"}
    assert found == {place: 50 - place for place in range(50)} | {50: "end"}
    assert len({name.lower() for name in row}) == 52


@pytest.mark.slow
def test_thirty_levels_of_arrays_are_thirty_tables_of_which_each_row_knows_its_parent(shape):
    def nested(levels):
        return [] if not levels else [{"n": levels, "kids": nested(levels - 1)}, {"n": -levels}]

    shaped = shape([json.dumps({"id": 1, "kids": nested(30)})], **ID)

    assert len(shaped.tables) == len(set(shaped.tables)) == 31
    parents = {row["_hw_key"] for row in shaped.rows("orders", own=True)}
    for depth, table in enumerate(shaped.tables[1:]):
        first, second = rows = shaped.rows(table, own=True)
        assert [(row["_hw_index"], row["n"], row["_root_id"]) for row in rows] == [
            (0, 30 - depth, 1), (1, depth - 30, 1),
        ]  # fmt: skip
        assert {row["_hw_parent_key"] for row in rows} <= parents
        parents = {first["_hw_key"]}
        assert first["_hw_key"] != second["_hw_key"]


@pytest.mark.slow
def test_a_thousand_columns_of_several_kinds(shape):
    def record(number):
        kinds = (lambda place: place, lambda place: f"t{place}", lambda place: place / 8, lambda place: place % 2 == 0)
        return {"id": number, **{f"field {place}": kinds[(place + number) % 4](place) for place in range(300)}}

    shaped = shape([json.dumps(record(number)) for number in range(4)], **ID)

    types, rows = shaped.types("orders"), shaped.rows("orders")
    assert len(types) == 901
    assert sum(len(row) for row in rows) == 4 * 301
    assert sorted(row["field_299__double"] for row in rows if "field_299__double" in row) == [37.375, 299.0]

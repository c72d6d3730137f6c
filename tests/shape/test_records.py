from pathlib import Path

import pytest

from glue_lib.shape.layout import layout
from glue_lib.shape.records import LANDED, records, schema_of


@pytest.fixture
def read(spark, notes_of):
    """Read parts; `lines` are those that the notes are taken from."""

    def make(parts, lines):
        reading = layout(notes_of(*lines), "orders", hints={}, stored={}).reading
        return records(spark, parts, reading)

    return make


def test_a_row_a_record_with_the_place_where_it_was_landed(read, land):
    lines = ['{"id": 1}', '{"id": 2}', '{"id": 3}']
    parts = land(lines[:1], lines[1:], slice_number=3, first=7)

    rows = read(parts, lines).orderBy("id").collect()

    assert [(row["id"], row["_hw_slice"], row["_hw_part"]) for row in rows] == [(1, 3, 7), (2, 3, 8), (3, 3, 8)]
    assert rows[1]["_hw_line"] < rows[2]["_hw_line"]


def test_plain_and_normalised_parts_are_read_together(read, land):
    lines = ['{"id": 1, "x": "12"}', '{"id": 2, "x": 12}']
    parts = land(lines[:1], lines[1:])

    rows = read(parts, lines).orderBy("id").drop(*LANDED).collect()

    assert [row.asDict() for row in rows] == [
        {"id": 1, "x": "12", "x__number": None},
        {"id": 2, "x": None, "x__number": 12},
    ]


def test_lines_of_a_normalised_part_keep_their_order(read, land):
    lines = [f'{{"id": {-number}, "id": {number}}}' for number in range(50)]

    rows = read(land(lines), lines).orderBy("_hw_line").collect()

    assert [row["id"] for row in rows] == list(range(50))


def test_slices_and_parts_are_told_by_the_files_own_folder(read, land, tmp_path):
    lines = ['{"id": 1}']
    (part,) = land(lines, slice_number=2, first=5)
    moved = tmp_path / "slice=9" / "part-1.jsonl.gz" / "slice=2" / "part-5-3fa9c1b2.jsonl.gz"
    moved.parent.mkdir(parents=True)
    moved.write_bytes(Path(part.uri.removeprefix("file://")).read_bytes())

    (row,) = read([type(part)(f"file://{moved}", part.notes)], lines).collect()

    assert (row["_hw_slice"], row["_hw_part"]) == (2, 5)


def test_no_parts_make_no_rows_but_the_columns(read):
    rows = read([], ['{"id": 1, "donor": {"city": "x"}}'])

    assert rows.columns == ["id", "donor", *LANDED]
    assert rows.count() == 0


@pytest.mark.parametrize("line", ["{}", '{"x": null}', '{"x": {}}', '{"x": {"y": null}}'])
@pytest.mark.parametrize("others", [[], ['{"x": {"z": 1}}', '{"x": "a"}']])
def test_records_without_any_value_are_rows(read, land, line, others):
    rows = read(land([line, line]), [line, *others])

    assert rows.count() == 2


def test_reading_looks_at_nothing(read, land, looks):
    lines = ['{"id": 1, "id": 2}', '{"id": 3}']
    parts = land(lines[:1], lines[1:])

    assert looks(lambda: read(parts, lines)) == 0
    assert looks(lambda: read(parts, lines).collect()) == 1


def test_the_schema_is_the_reading(spark, notes_of):
    reading = layout(
        notes_of('{"a": 1, "b": {"c": 1.5}, "d": [{"e": true}], "f": [1, "x"], "g": 9223372036854775808}'),
        "orders",
        hints={},
        stored={},
    ).reading

    assert schema_of(reading).simpleString() == (
        "struct<a:bigint,b:struct<c:double>,d:array<struct<e:boolean>>,f:array<struct<value:string,value__number:bigint>>,"
        "g:decimal(38,0)>"
    )

"""A version is known by its record and its moment; two that say the same have the same hash, whatever came along."""

from datetime import UTC, datetime

import pytest

from glue_lib.shape.deletions import mark_deleted
from glue_lib.shape.keyed import keyed
from glue_lib.shape.layout import layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.versions import versioned

RUN = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def versions(spark, land, notes_of):
    """Read lines as versions of records; by their `n`."""

    def make(*lines, order=("at",), order_format="", types=()):
        types = dict(types)
        stream = StreamShape("shop", "orders", key=("id",), order=order, order_format=order_format, types=types)
        planned = layout(notes_of(*lines), "orders", hints=types, stored={})
        rows = records(spark, land(lines), planned.reading)
        rows = mark_deleted(keyed(rows, planned.tables[0], stream, "r1"), planned.tables[0], "gone", ())
        found = versioned(rows, planned, stream, RUN).collect()
        return {row["n"]: row for row in found}

    return make


def test_a_version_begins_at_its_first_order_field_or_with_its_run(versions):
    at = [
        *('"2026-01-02T00:00:00+02:00"', "1767304800", "1767304800000", "1767304800000000", '"1767304800"'),
        *("7", "null", '"soon"', '"0001-01-01T00:00:00Z"', "true"),
    ]

    found = versions(*(f'{{"id": 1, "n": {n}, "at": {value}}}' for n, value in enumerate(at)))

    moments = {n: row["_hw_valid_from"].astimezone(UTC) for n, row in found.items()}
    assert moments == {
        **dict.fromkeys(range(5), datetime(2026, 1, 1, 22, tzinfo=UTC)),
        **dict.fromkeys(range(5, 10), RUN),
    }
    assert len({row["_hw_entity_key"] for row in found.values()}) == 1
    assert len({row["_hw_key"] for row in found.values()}) == 2
    assert all(row["_hw_key"] == row["_hw_root_key"] for row in found.values())


def test_the_format_of_the_cursor_tells_what_a_number_means(versions):
    found = versions('{"id": 1, "n": 0, "at": 7000}', '{"id": 1, "n": 1, "at": "8000"}', order_format="epoch_ms")

    assert [found[n]["_hw_valid_from"].timestamp() for n in (0, 1)] == [7, 8]


SAME = [
    '"price": 1, "note": null, "tags": ["a", null], "o": {"x": 1, "y": []}',
    '"o": {"y": null, "x": 1.0, "z": {}}, "tags": ["a", null], "price": 1.00, "empty": []',
]
OTHERS = [
    '"price": "1", "tags": ["a", null], "o": {"x": 1}',
    '"price": 1, "tags": ["a"], "o": {"x": 1}',
    '"price": 1, "tags": [null, "a"], "o": {"x": 1}',
    '"price": 1, "tags": ["a", null], "o": {"x": 1, "y": [1]}',
    '"price": 1, "tags": ["a", null], "x": 1',
    '"price": 1, "tags": ["a\\",\\"b", null], "o": {"x": 1}',
    '"price": 1.5, "tags": ["a", null], "o": {"x": 1}',
    '"price": true, "tags": [["a"], 2, {"k": 0.1}], "o": {"x": 1}',
]


def test_what_a_record_says_does_not_depend_on_its_neighbours_nor_on_how_it_is_written(versions):
    def lines(*texts):
        return [f'{{"id": 1, {text}, "n": "{n}"}}' for n, text in enumerate(texts)]

    def said(*texts):
        found = versions(*lines(*texts))
        return [found[str(n)]["_hw_said"] for n in range(len(texts))]

    alone, together = said(SAME[0]), said(SAME[0], *OTHERS)
    rewritten = versions(f'{{{SAME[1]}, "n": "0", "id": 1}}')["0"]["_hw_said"]

    assert alone == [rewritten] == together[:1]
    assert len(set(together)) == len(together)


def test_a_map_says_the_same_in_any_order_of_its_entries(versions):
    maps = [
        '{"a": {"x": 1}, "b": {"x": 2, "tags": ["t"]}}', '{"a": {"x": 1}, "b": {"x": 2}}', '{"a": {"x": 1}}',
        '{"a": {"x": 1}, "c": null}', "{}", '"{}"', '{"a": 1}', '{"a": "1"}',
    ]  # fmt: skip
    turned = '{"b": {"tags": ["t"], "x": 2.0, "y": null}, "a": {"x": 1}}'

    found = versions(*(f'{{"id": 1, "n": "{n}", "m": {said}}}' for n, said in enumerate(maps)), types={"m": "map"})
    again = versions(f'{{"id": 1, "n": "0", "m": {turned}}}', types={"m": "map"})

    assert again["0"]["_hw_said"] == found["0"]["_hw_said"]
    none = versions('{"id": 1, "n": "4", "m": null}', '{"id": 1, "n": "5", "m": {"a": 1}}', types={"m": "map"})
    assert none["4"]["_hw_said"] == found["4"]["_hw_said"]
    assert len({row["_hw_said"] for row in found.values()}) == len(maps)


def test_a_flag_or_a_time_says_that_a_record_is_deleted(versions):
    values = ["true", '"2026-01-01"', "1", "false", '""', "0", "null", '"No"', '"FALSE"']

    found = versions(*(f'{{"id": 1, "n": {n}, "gone": {value}}}' for n, value in enumerate(values)))

    assert [n for n in range(len(values)) if found[n]["_hw_is_deleted"]] == [0, 1, 2]

import json

import pytest

from glue_lib.errors import ShapeError
from glue_lib.shape.layout import layout
from glue_lib.shape.width import WIDEST


def planned(notes_of, record, **hints):
    return layout(notes_of(json.dumps(record)), "orders", hints=hints, stored={})


def test_an_object_with_more_keys_than_a_table_has_columns_is_named(notes_of):
    ids = {f"k{number}": {"n": number} for number in range(WIDEST + 1)}
    record = {"id": 1, "items": [{"by_id": ids}], "few": {"a": 1}}

    with pytest.raises(ShapeError) as error:
        planned(notes_of, record)

    assert str(error.value) == (
        "orders: `$.items[].by_id` has 5001 different keys, and a table has at most 5000 columns; if they are ids, "
        "declare it by `types: {items.by_id: map}`, for a row an entry. No table was changed"
    )
    assert len(planned(notes_of, record, **{"items.by_id": "map"}).tables) == 3


def test_wide_records_pass(notes_of):
    (table,) = planned(notes_of, {f"k{number}": 1 for number in range(WIDEST)}).tables

    assert len(table.columns) == WIDEST

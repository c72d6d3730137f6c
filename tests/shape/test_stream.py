import pytest

from glue_lib.errors import ShapeError
from glue_lib.shape.stream import StreamShape, may_lack


def test_records_without_a_key_are_refused(notes_of):
    stream = StreamShape("shop", "orders", key=("id",))

    with pytest.raises(ShapeError, match=r"shop.orders: 2 of 3 records have no `id`; a key column must be"):
        stream.check_keys(notes_of('{"id": 1}', '{"id": null}', "{}"))


@pytest.mark.parametrize(
    "line", ['{"account": {}}', '{"account": null}', '{"account": {"id": [1]}}', '{"account.id": 1}']
)
def test_a_key_inside_an_object_must_be_there(notes_of, line):
    with pytest.raises(ShapeError, match=r"1 of 1 records have no `account.id`"):
        StreamShape("shop", "orders", key=("account.id",)).check_keys(notes_of(line))


@pytest.mark.parametrize("value", ['"a"', "1", "1.5", "true", '""'])
def test_any_scalar_is_a_key(notes_of, value):
    StreamShape("shop", "orders", key=("id",)).check_keys(notes_of(f'{{"id": {value}}}'))


def test_without_records_nothing_is_missing(notes_of):
    StreamShape("shop", "orders", key=("id",)).check_keys(notes_of())


def test_there_is_a_rank_for_each_order_field():
    assert StreamShape("shop", "orders", order=("a", "b")).ranks == ("_hw_rank_0", "_hw_rank_1")


def test_the_key_is_named_in_errors():
    assert StreamShape("shop", "orders", key=("a", "b.c")).key_named == "`a`, `b.c`"


@pytest.mark.parametrize(
    ("lines", "may"),
    [
        (['{"account": {"id": 1}}', '{"account": {"id": "a"}}'], False),
        (['{"account": {"id": 1}}', '{"account": {}}'], True),
        (['{"account": {"id": 1}}', '{"account": {"id": null}}'], True),
        (['{"account": {"id": 1, "id": 2}}', '{"account": {}}'], True),  # the counts would do
        (['{"account": {"id": 1, "x": {"y": 1, "y": 2}}}'], False),
        ([], False),
    ],
)
def test_notes_tell_whether_a_record_may_be_without_a_key(notes_of, lines, may):
    assert may_lack(notes_of(*lines), ("account", "id")) is may

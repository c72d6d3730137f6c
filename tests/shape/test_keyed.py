import pytest

from glue_lib.errors import LoadError
from glue_lib.lake.spark_errors import spark_errors_of
from glue_lib.shape.keyed import keyed, lasting, newest, newest_of_many, numbered, stored_ranks
from glue_lib.shape.layout import layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored


@pytest.fixture
def key(spark, land, notes_of):
    """Read lines of one or more parts and key them."""

    def make(*parts, run_id="r1", only=slice(None), **stream):
        stream = StreamShape("shop", "orders", **stream)
        lines = [line for part in parts for line in part]
        planned = layout(notes_of(*lines), "orders", hints=stream.types, stored={})
        rows = records(spark, land(*parts)[only], planned.reading)
        return keyed(rows if stream.key else numbered(rows), planned.tables[0], stream, run_id)

    return make


@pytest.fixture
def winner(key):
    """Return the `n` of the newest of some records with the same key."""

    def make(*lines, order=("at",), **stream):
        stream |= {"key": ("id",), "order": order}
        parts = [lines] if isinstance(lines[0], str) else lines
        (row,) = newest(key(*parts, **stream), StreamShape("shop", "orders", **stream)).collect()
        return row["n"]

    return make


def keys(rows, column="id"):
    return {row[column]: row["_hw_key"] for row in rows.collect()}


def test_the_same_record_has_the_same_key_in_every_run(key):
    first = key(['{"id": 12}'], run_id="r1", key=("id",)).first()["_hw_key"]
    later = key(['{"x": "y", "id": 12}', '{"id": 13}'], run_id="r2", key=("id",)).where("id = 12").first()["_hw_key"]

    assert first == later


@pytest.mark.parametrize(
    "sibling", ['{"id": 1.5}', '{"id": "a"}', '{"id": 9223372036854775808}', '{"id": %s}' % ("1" * 41)]
)
def test_a_key_does_not_depend_on_the_records_that_come_along(key, sibling):
    alone = key(['{"n": 1, "id": 12}'], key=("id",))
    together = key(['{"n": 1, "id": 12}', sibling.replace("{", '{"n": 2, ')], key=("id",))

    assert keys(alone, "n")[1] == keys(together, "n")[1]


def test_12_and_text_12_are_two_records(key):
    rows = key(['{"id": 12}', '{"id": "12"}'], key=("id",))

    assert len({row["_hw_key"] for row in rows.collect()}) == 2


def test_keys_may_be_nested_and_many(key):
    rows = key(
        ['{"account": {"id": 1}, "type": "a"}', '{"account": {"id": 1}, "type": "b"}'], key=("account.id", "type")
    )

    assert len({row["_hw_key"] for row in rows.collect()}) == 2
    assert {row["_root_account_id"] for row in rows.collect()} == {1}


def test_a_field_with_a_dot_in_its_name_is_not_taken_for_a_nested_key(key):
    rows = key(['{"account": {"id": 1}, "account.id": 7}'], key=("account.id",))

    assert rows.first()["_root_account_id"] == 1


def test_copies_of_the_key_follow_the_columns_that_hold_it(key):
    rows = key(['{"orderId": 12}', '{"orderId": "x"}'], key=("orderId",)).orderBy("orderId")

    assert [(row["_root_order_id"], row["_root_order_id__bigint"]) for row in rows.collect()] == [
        (None, 12),
        ("x", None),
    ]


def test_without_a_key_a_record_is_known_by_its_place(key):
    parts = ['{"n": 0}', '{"n": 1}'], ['{"n": 2}', '{"n": 3}']

    together = keys(key(*parts), "n")
    again = keys(key(*parts), "n")
    alone = keys(key(*parts, only=slice(1, 2)), "n")
    other_run = keys(key(*parts, run_id="r2"), "n")

    assert together == again
    assert len(set(together.values())) == 4
    assert alone.items() <= together.items() and len(alone) == 2
    assert not set(other_run.values()) & set(together.values())


def test_a_place_is_the_same_whether_the_normaliser_ran_or_not(key):
    plain = ['{"n": 0}', '{"n": 1}']

    assert keys(key(plain), "n").items() <= keys(key(plain, ['{"n": 9, "n": 2}']), "n").items()


def test_the_later_instant_wins_whatever_its_zone(winner):
    assert (
        winner(
            '{"id": 1, "n": "late", "at": "2026-01-31T08:00:00-05:00"}',
            '{"id": 1, "n": "early", "at": "2026-01-31T09:00:00+02:00"}',
        )
        == "late"
    )


def test_numbers_win_as_numbers(winner):
    assert winner('{"id": 1, "n": "ten", "at": "10"}', '{"id": 1, "n": "nine", "at": "9"}') == "ten"


def test_among_equals_the_later_landed_wins(winner):
    first = [
        '{"id": 1, "n": 1, "at": "2026-01-31T08:00:00Z"}',
        '{"id": 1, "n": 2, "at": "2026-01-31T10:00:00+02:00"}',
    ]

    assert winner(*first) == 2
    assert winner(first, ['{"id": 1, "n": 3, "at": "2026-01-31T08:00:00.000Z"}']) == 3


def test_without_an_order_the_last_landed_wins(winner):
    assert winner(['{"id": 1, "n": 1}', '{"id": 1, "n": 2}'], ['{"id": 1, "n": 3}'], order=()) == 3


def test_a_record_without_the_order_field_is_older_than_any_with_it(winner):
    assert winner('{"id": 1, "n": "with", "at": "2026-01-31"}', '{"id": 1, "n": "without", "at": null}') == "with"


def test_the_first_order_field_decides_first(winner):
    assert winner(
        '{"id": 1, "n": "a", "major": 2, "minor": 1}', '{"id": 1, "n": "b", "major": 1, "minor": 9}',
        order=("major", "minor"),
    ) == "a"  # fmt: skip


def test_ten_parts_are_in_the_order_of_their_numbers(winner):
    parts = [[f'{{"id": 1, "n": {number}}}'] for number in range(11)]

    assert winner(*parts, order=()) == 10


def test_stored_rows_rank_as_records_do(spark, key):
    stream = StreamShape("shop", "orders", key=("id",), order=("at",))
    stored = Stored({"$.at": ("at", "timestamp"), "$.at as string": ("at__string", "string")})
    rows = spark.sql("select timestamp'2026-01-31 08:00:00' as at, cast(null as string) as at__string")
    arrived = key(['{"id": 1, "at": "2026-01-31T10:00:00+02:00"}'], key=("id",), order=("at",))

    (rank,) = stored_ranks(stream, stored)

    assert rows.selectExpr(rank).first()[0] == arrived.first()["_hw_rank_0"]


def test_stored_rows_without_the_order_field_have_no_rank(spark):
    (rank,) = stored_ranks(StreamShape("shop", "orders", order=("at",)), Stored())

    assert spark.range(1).selectExpr(rank).first()[0] is None


def test_a_record_without_a_key_that_hides_behind_another_ends_the_load(key):
    rows = key(['{"id": 1, "id": 2}', '{"n": 1}'], key=("id",))

    with pytest.raises(LoadError, match=r"^load: shop.orders: a record has no `id`"), spark_errors_of("load"):
        rows.collect()


def test_the_newest_of_many_are_the_newest_and_travel_only_where_a_key_stands_twice(key, notes_of):
    stream = StreamShape("shop", "orders", key=("id",), order=("at",))
    lines = ['{"id": 1, "at": 2, "n": 0}', '{"id": 1, "at": 1, "n": 1}', '{"id": 2, "n": 2}', '{"id": 2, "n": 3}']
    root = layout(notes_of(*lines), "orders", hints={}, stored={}).tables[0]
    twice = key(lines[:2], lines[2:], key=("id",), order=("at",)).persist()
    once = key(lines[1:3], key=("id",), order=("at",)).persist()

    assert sorted(row["n"] for row in newest_of_many(twice, root, stream).collect()) == [0, 3]
    assert newest_of_many(once, root, stream) is once
    unranked = twice.drop(*stream.ranks)
    assert sorted(row["n"] for row in newest_of_many(unranked, root, stream).collect()) == [0, 3]
    twice.unpersist()
    once.unpersist()


@pytest.mark.parametrize("lines, found", [
    (['{"id": 1}'], ["_root_id"]),
    (['{"id": 12345678901234567.5}'], ["_root_id"]),
    (['{"id": 12345678901234567890}'], ["_root_id"]),
    (['{"id": "a"}'], ["_root_id"]),
    (['{"id": 1.5}'], []),  # a double: what of it is exact depends on the digits
    (['{"id": true}'], []),
    (['{"id": 1}', '{"id": "a"}'], []),  # where 1 stands, the next run may decide
    (['{"id": %s}' % ("1" * 41)], []),
])  # fmt: skip
def test_a_value_of_the_key_stands_in_the_same_column_in_every_run(notes_of, lines, found):
    planned = layout(notes_of(*lines), "orders", hints={}, stored={})

    assert lasting(planned.tables[0], StreamShape("shop", "orders", key=("id",))) == found

"""Snapshots, histories and deletions, from records to tables."""

import pytest

from glue_lib.errors import LoadError
from glue_lib.lake.write.history import History
from glue_lib.lake.write.snapshot import Snapshot
from glue_lib.lake.write.upsert import Upsert
from tests.lake.write.story import order

VERSION = ("id", "_hw_valid_from", "_hw_valid_to", "_hw_is_current")


def test_a_history_keeps_every_version_with_its_children_and_puts_late_ones_in_their_place(story):
    orders = story(History(), "at")
    orders.run(order(1, "apple", day=1), order(1, "apple", "pear", day=3), order(2, day=1))
    assert orders.rows("orders", *VERSION) == [(1, 1, 3, False), (1, 3, None, True), (2, 1, None, True)]

    orders.run(order(1, "plum", day=2), order(2, "fig", day=5), order(1, day=4, status="deleted"))

    assert orders.rows("orders", *VERSION) == [
        (1, 1, 2, False),
        (1, 2, 3, False),
        (1, 3, 4, False),
        (2, 1, 5, False),
        (2, 5, None, True),
    ]
    assert orders.rows("orders__items", "_root_id", "_hw_valid_from", "_hw_valid_to", "_hw_is_current", "name") == [
        (1, 1, 2, False, "apple"),
        (1, 2, 3, False, "plum"),
        (1, 3, 4, False, "apple"),
        (1, 3, 4, False, "pear"),
        (2, 5, None, True, "fig"),
    ]
    assert orders.rows("orders__items__tags", "_hw_valid_from", "_hw_valid_to", "value") == [
        (1, 2, "a"),
        (2, 3, "p"),
        (3, 4, "a"),
        (3, 4, "p"),
        (5, None, "f"),
    ]
    assert orders.run(run_id="r1").changed == {} == orders.run(run_id="r2").changed


def test_of_several_fields_that_tell_the_order_all_count_against_a_deletion_of_the_same_moment(story):
    orders = story(History(), "at", "n")
    orders.run(order(1, day=1, n=1), order(2, day=1, n=1), order(3, day=1, n=1))
    orders.run(*(order(key, day=5, n=5, status="deleted") for key in (1, 2, 3)))

    orders.run(order(1, "older", day=5, n=4), order(2, "same", day=5, n=5), order(3, day=5, n=7, status="deleted"))
    orders.run(order(3, "older", day=5, n=6))

    ended, stands = [(1, 1, 5, False)], [(2, 1, 5, False), (2, 5, None, True)]
    assert orders.rows("orders", *VERSION) == [*ended, *stands, (3, 1, 5, False)]
    assert orders.rows("orders__items", "name") == [("same",)]
    assert orders.run(run_id="r2").changed == {} == orders.run(run_id="r4").changed


def test_without_a_moment_of_its_own_a_record_holds_from_the_run_that_first_said_so(story):
    orders = story(History())
    orders.run(order(1, "apple", n=1, note=None), order(2, n=1))
    orders.run(order(1, "apple", n=1.0), order(2, "fig", n=1), order(3, n=1.5))
    assert orders.rows("orders", *VERSION) == [
        (1, 1, None, True),
        (2, 1, 2, False),
        (2, 2, None, True),
        (3, 2, None, True),
    ]
    orders.run(order(1, status="deleted"), order(2, n=1))

    assert orders.rows("orders", *VERSION) == [
        (1, 1, 3, False),
        (2, 1, 2, False),
        (2, 2, 3, False),
        (2, 3, None, True),
        (3, 2, None, True),
    ]
    orders.run(order(1, "apple", n=1))
    assert orders.rows("orders", *VERSION)[:2] == [(1, 1, 3, False), (1, 4, None, True)]
    assert len({row[0] for row in orders.rows("orders", "_hw_entity_key")}) == 3
    orders.mode = Upsert()
    with pytest.raises(LoadError, match="orders: has the versions of `write: history`"):
        orders.run(order(1))


def test_a_snapshot_lets_go_what_a_full_run_did_not_bring(story):
    orders = story(Snapshot(most_gone=0.5))
    orders.run(order(1, "apple"), order(2, "fig"), order(3), order(4, "plum"))

    orders.run(order(2, "fig"), whole=False)
    assert orders.changed == {}
    orders.run(order(1, "apple"), order(2, "fig", n=1), order(5), order(4, status="deleted"))

    assert orders.rows("orders", "id", "_hw_run_id") == [(1, "r1"), (2, "r3"), (5, "r3")]
    assert orders.rows("orders__items", "_root_id", "name") == [(1, "apple"), (2, "fig")]
    assert orders.rows("orders__items__tags", "value") == [("a",), ("f",)]
    assert orders.changed == {"orders": (1, 1, 2), "orders__items": (0, 0, 1), "orders__items__tags": (0, 0, 1)}


def test_the_brake_of_a_snapshot_refuses_before_anything_is_written(story):
    orders = story(Snapshot())
    orders.run(*(order(key, "apple") for key in range(10)))

    for kept, told in ((range(7), "3 of 10"), ((), "10 of 10")):
        with pytest.raises(LoadError, match=f"orders: {told} rows did not come .* `most_gone: 0.2`"):
            orders.run(*(order(key) for key in kept))
    assert len(orders.rows("orders", "id")) == len(orders.rows("orders__items", "name")) == 10
    orders.run(*(order(key, "apple") for key in range(8)))
    assert len(orders.rows("orders", "id")) == 8


def test_a_marked_row_stays_with_its_children_until_it_comes_back(story):
    orders = story(Snapshot(gone="mark", most_gone=1))
    orders.run(order(1, "apple", day=2), order(2, "fig", day=2))

    orders.run(order(2, "fig", day=2))
    assert orders.rows("orders", "id", "_hw_gone_at") == [(1, 2), (2, None)]
    assert orders.rows("orders__items", "name") == [("apple",), ("fig",)]
    assert orders.run(order(2, "fig", day=2)).changed == {}

    orders.run(order(1, "apple", day=1), order(2, "fig", day=2))
    assert orders.rows("orders", "id", "_hw_gone_at") == [(1, None), (2, None)]
    assert orders.changed == {"orders": (0, 1, 0)}
    orders.run(order(2, "fig", day=2))
    orders.mode = Snapshot(most_gone=1)
    orders.run(order(2, "fig", day=2))
    assert orders.rows("orders", "id") == [(2,)]


def test_an_upserted_record_that_says_it_is_deleted_takes_its_children_along_unless_it_is_older(story):
    orders = story(Upsert(), "at")
    orders.run(order(1, "apple", day=2), order(2, "fig", day=2), order(3, day=1, status="deleted"))

    orders.run(order(1, day=3, status="deleted"), order(2, day=1, status="deleted"))

    assert orders.rows("orders", "id") == [(2,)]
    assert orders.rows("orders__items", "name") == [("fig",)]
    assert orders.rows("orders__items__tags", "value") == [("f",)]
    orders.mode = History()
    with pytest.raises(
        LoadError, match=r"orders: was not written with `write: history`, .* `headwater load FILE --rebuild`"
    ):
        orders.run(order(2, day=4))


FIRST, SECOND, GONE = order(1, day=1, n=1), order(1, day=2, n=2), order(1, day=2, status="deleted")


@pytest.mark.parametrize(
    ("records", "held"),
    [
        ([FIRST, GONE, SECOND], [(1, 2), (2, None)]),
        ([FIRST, SECOND, GONE], [(1, 2)]),
        pytest.param([SECOND, GONE], [], marks=pytest.mark.slow),
        pytest.param([GONE, SECOND], [(2, None)], marks=pytest.mark.slow),
    ],
)
def test_of_one_moment_what_landed_last_counts_in_one_run_and_over_several(story, records, held):
    at_once, in_turn = story(History(), "at"), story(History(), "at", source="mart")

    at_once.run(*records)
    for record in records:
        in_turn.run(record)

    told = ("_hw_valid_from", "_hw_valid_to")
    assert at_once.rows("orders", *told) == in_turn.rows("orders", *told) == held

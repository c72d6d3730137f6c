"""A position moves only from where its mover saw it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from glue_lib.errors import LoadError
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.storage import Storage

FIRST = Position("2026-01-01", "r1", 1)
SECOND = Position("2026-02-01", "r2", 2)


def positions_of(storage: Storage) -> Positions:
    return Positions(storage, "donorbox", "donations")


def test_a_stream_starts_without_positions(storage: Storage):
    assert positions_of(storage).landed() is None
    assert positions_of(storage).loaded() is None


def test_each_position_moves_on_its_own(storage: Storage):
    positions = positions_of(storage)
    positions.move("landed", FIRST, None)
    positions.move("landed", SECOND, FIRST)
    positions.move("loaded", FIRST, None)

    assert (positions.landed(), positions.loaded()) == (SECOND, FIRST)
    assert storage.list("") == [f"_headwater/positions/donorbox/donations/{kind}.json" for kind in ("landed", "loaded")]


@pytest.mark.parametrize("seen", [None, SECOND])
def test_a_position_that_stands_elsewhere_is_not_moved(storage: Storage, seen: Position | None):
    positions_of(storage).move("landed", FIRST, None)

    with pytest.raises(LoadError, match=r"position `landed` was moved by another run, from .* to `2026-01-01`"):
        positions_of(storage).move("landed", Position("2026-03-01", "r3", 3), seen)
    assert positions_of(storage).landed() == FIRST


def test_a_move_that_was_made_already_is_made_again_in_peace(storage: Storage):
    positions_of(storage).move("landed", FIRST, None)
    positions_of(storage).move("landed", FIRST, None)

    assert positions_of(storage).landed() == FIRST


@pytest.mark.parametrize("start", [None, FIRST])
def test_one_of_many_runs_at_once_moves_the_position(storage: Storage, start: Position | None):
    if start:
        positions_of(storage).move("landed", start, None)

    def move(number: int) -> bool:
        try:
            positions_of(storage).move("landed", Position("x", f"run {number}", 2), start)
        except LoadError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        moved = list(pool.map(move, range(6)))

    assert moved.count(True) == 1
    assert positions_of(storage).landed() == Position("x", f"run {moved.index(True)}", 2)

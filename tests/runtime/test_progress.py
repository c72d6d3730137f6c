"""How far an execution is, from its events alone."""

import logging
import threading
from typing import Any

import pytest

from glue_lib import log
from glue_lib.runtime.progress import Board, Row, duration, tell, told


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> Board:
    return Board(clock)


def plan(board: Board, slices: int, whole: int = 0, stream: str = "orders") -> None:
    board.take("run planned", {"stream": stream, "slices": slices, "whole": whole, "run": "r"})


def page(board: Board, records: int = 10, **fields: Any) -> None:
    known = {"stream": "orders", "slice": "1", "rows": records, "chain": 0}
    board.take("page", known | {"records": records} | fields)


def only(board: Board) -> Row:
    (row,) = board.rows()
    return row


def test_pages_and_records_are_counted_over_slices_with_their_rate(board: Board, clock: Clock):
    plan(board, 4)
    for number in range(10):
        clock.now += 1
        page(board, 20, slice=str(number % 2))

    row = only(board)
    assert (row.stream, row.phase, row.pages, row.records, row.per_second) == ("orders", "fetch", 10, 200, 20)


def test_nobody_knows_how_long_one_slice_without_a_total_takes(board: Board, clock: Clock):
    plan(board, 1)
    for _ in range(50):
        clock.now += 1
        page(board)

    assert (only(board).share, only(board).left_seconds) == (None, None)


def test_the_total_of_the_api_tells_what_is_left(board: Board, clock: Clock):
    plan(board, 1)
    clock.now += 10
    page(board, 250, of=1000)

    assert (only(board).share, only(board).left_seconds) == (0.25, pytest.approx(30))


def test_slices_that_are_done_of_those_planned_tell_what_is_left(board: Board, clock: Clock):
    plan(board, 8)
    for number in range(2):
        clock.now += 10
        page(board, slice=str(number))
        board.take("slice landed", {"stream": "orders", "slice": str(number)})

    row = only(board)
    assert (row.whole, row.slices, row.share, row.left_seconds) == (2, 8, 0.25, pytest.approx(60))


def test_the_parents_of_a_fan_out_tell_what_is_left(board: Board, clock: Clock):
    plan(board, 1)
    page(board, chain=0, chains=100)
    clock.now += 5
    page(board, chain=50, chains=100)
    assert (only(board).share, only(board).left_seconds) == (0.5, pytest.approx(5))

    page(board, chain=50, chains=100, rows=10, of=20)
    assert only(board).share == 0.505


def test_what_an_earlier_execution_did_is_no_pace_of_this_one(board: Board, clock: Clock):
    plan(board, 10, whole=8)
    clock.now += 30
    page(board)
    assert (only(board).share, only(board).left_seconds) == (0.8, None)

    board.take("slice landed", {"stream": "orders", "slice": "1"})
    assert (only(board).share, only(board).left_seconds) == (0.9, pytest.approx(30))


def test_a_slice_that_is_gone_on_with_counts_from_there(board: Board, clock: Clock):
    plan(board, 1)
    clock.now += 10
    page(board, 100, rows=900, of=1000)

    assert (only(board).share, only(board).left_seconds) == (0.9, pytest.approx(10))


def test_too_little_done_is_no_ground_for_a_time(board: Board, clock: Clock):
    plan(board, 1)
    clock.now += 5
    page(board, rows=10, of=1000)

    assert only(board).left_seconds is None


def test_a_total_that_is_too_small_makes_no_share_above_the_whole(board: Board, clock: Clock):
    plan(board, 1)
    clock.now += 5
    page(board, 300, of=100)

    assert (only(board).share, only(board).left_seconds) == (1.0, 0)


def test_a_wait_is_told_with_its_reason_until_it_is_over(board: Board, clock: Clock):
    plan(board, 1)
    board.take("waiting", {"stream": "shop.orders", "seconds": "20.0", "reason": "answered 429"})
    clock.now += 5
    assert only(board).doing == "waits 15 s: answered 429"

    clock.now += 16
    assert only(board).doing == ""


def test_all_streams_wait_for_their_source(board: Board, clock: Clock):
    plan(board, 1)
    plan(board, 1, stream="shops")
    board.take("source waiting", {"seconds": "60.0", "reason": "no requests are left"})
    assert [row.doing for row in board.rows()] == ["waits 60 s: no requests are left"] * 2

    clock.now += 61
    board.take("source paced", {"seconds": "2.0"})
    assert board.rows()[0].doing == "waits 2 s: the pace of `limits`"


@pytest.mark.parametrize("end", ["run landed", "run incomplete", "stream failed", "stream waits"])
def test_a_stream_is_gone_when_it_has_ended(board: Board, end: str):
    plan(board, 1)
    plan(board, 1, stream="shops")

    board.take(end, {"source": "s", "stream": "orders", "reason": "x"})

    assert [row.stream for row in board.rows()] == ["shops"]


def test_a_stream_comes_again_when_it_is_loaded(board: Board):
    plan(board, 1)
    board.take("run landed", {"stream": "orders"})
    board.take("run loading", {"stream": "orders", "run": "r", "bytes": 9})
    assert (only(board).phase, only(board).doing) == ("load", "reads what is landed")

    board.take("table writing", {"stream": "orders", "table": "orders__lines", "tables": 2})
    assert (only(board).doing, only(board).share) == ("writes orders__lines", 0.0)

    board.take("table loaded", {"table": "orders__lines", "inserted": 1})
    assert (only(board).share, only(board).left_seconds) == (0.5, None)

    board.take("stream loaded", {"stream": "orders"})
    assert board.rows() == []


def test_what_nobody_counts_is_ignored(board: Board):
    board.take("jar wanted", {"jar": "x", "folder": "y"})
    board.take("end in doubt", {"stream": "orders"})

    assert board.rows() == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (59, "59 s"), (140, "2 min"), (5900, "98 min"), (7260, "2 h 1 min")]
)
def test_a_time_is_told_in_large_units(seconds: float, words: str):
    assert duration(seconds) == words


def test_a_line_tells_what_is_known_and_no_more(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "headwater")

    tell(Row("orders", "fetch", 12, 1200, 99.7, 10, 3, 0.33, 240, "waits 5 s: answered 429"))
    tell(Row("shops", "fetch", 1, 7, 0, 1, 0, None, None, ""))
    tell(Row("orders", "load", 12, 1200, 0, 10, 10, None, None, "writes orders"))

    assert caplog.messages == [
        "progress stream=orders phase=fetch pages=12 records=1200 per_second=100 slices=3/10 done=33% left=4 min"
        " now=waits 5 s: answered 429",
        "progress stream=shops phase=fetch pages=1 records=7 per_second=0",
        "progress stream=orders phase=load pages=12 records=1200 slices=10/10 now=writes orders",
    ]


class Lines(logging.Handler):
    """Keeps the lines, and says when one has come."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.came = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.came.set()


@pytest.fixture
def lines():
    handler, level = Lines(), log.LOGGER.level
    log.LOGGER.addHandler(handler)
    log.LOGGER.setLevel(logging.INFO)
    yield handler
    log.LOGGER.removeHandler(handler)
    log.LOGGER.setLevel(level)


def test_a_line_comes_again_and_again_though_pages_are_not_logged_themselves(lines: Lines):
    with told(every_seconds=0.01):
        log.debug("page", stream="orders", slice="1", number=1, records=5, rows=5, chain=0)
        for _ in range(2):
            lines.came.clear()
            assert lines.came.wait(10)

    assert {line.partition(" per")[0] for line in lines.lines} == {
        "progress stream=orders phase=fetch pages=1 records=5"
    }
    assert not log.is_watched()


def test_nothing_is_told_twice_where_somebody_shows_progress_already(lines: Lines):
    before = threading.active_count()
    with log.watched(lambda name, fields: None), told(every_seconds=0.001):
        log.debug("page", stream="orders", slice="1", number=1, records=5, rows=5, chain=0)
        assert threading.active_count() == before

    assert lines.lines == []


def test_the_thread_ends_with_the_block_also_when_it_fails():
    before = threading.active_count()

    with pytest.raises(ZeroDivisionError), told(every_seconds=60):
        raise ZeroDivisionError

    assert threading.active_count() == before
    assert not log.is_watched()

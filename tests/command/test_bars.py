"""The lines that move, as a terminal of some width would have them."""

import io
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from glue_lib.command.bars import Bars
from glue_lib.runtime.progress import Board

ROOT = Path(__file__).parents[2]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def console(width: int, height: int = 25) -> Console:
    return Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)


def drawn(board: Board, width: int, height: int = 25) -> list[str]:
    """Return the lines without the spinner before them."""
    screen = console(width, height)
    screen.print(Bars(board, screen).shown())
    text: str = screen.file.getvalue()  # type: ignore[attr-defined]
    return [line[2:].rstrip() for line in text.splitlines()]


@pytest.fixture
def board() -> Board:
    clock = Clock()
    board = Board(clock)
    board.take("run planned", {"stream": "orders", "slices": 4, "whole": 0})
    board.take("run planned", {"stream": "a_stream_with_a_long_name", "slices": 1, "whole": 0})
    clock.now = 10
    page: dict[str, Any] = {"slice": "1", "records": 1500, "rows": 1500, "chain": 0}
    board.take("page", {"stream": "orders"} | page)
    board.take("slice landed", {"stream": "orders", "slice": "1"})
    board.take("page", {"stream": "a_stream_with_a_long_name"} | page)
    board.take(
        "waiting", {"stream": "s.a_stream_with_a_long_name", "seconds": "9", "reason": "answered 429 (slow down)"}
    )
    return board


def test_a_wide_terminal_has_bars_and_all_figures(board: Board):
    first, second = drawn(board, 130)

    assert first.startswith("orders") and "━" in first
    assert first.endswith("25%  1/4 slices  1 pages  1,500 records  150/s  ~30 s left")
    assert second.startswith("a_stream_with_a_long_name")
    assert second.endswith("1 pages  1,500 records  150/s  waits 9 s: answered 429 (slow down)")
    assert "%" not in second and "left" not in second  # nobody knows how much there is


def test_a_narrow_terminal_has_what_tells_most_in_one_line_a_stream(board: Board):
    assert drawn(board, 40) == ["orders     25%  1,500 records  ~30 …", "a_stream_… waits 9 s: answered 429 …"]


@pytest.mark.parametrize("width", [10, 20, 40, 59, 60, 99, 100, 200])
def test_no_line_is_wider_than_the_terminal(board: Board, width: int):
    lines = drawn(board, width)

    assert len(lines) == 2
    assert all(len(line) + 2 <= width for line in lines)


def test_more_streams_than_lines_are_counted():
    board = Board(Clock())
    for number in range(30):
        board.take("run planned", {"stream": f"s{number}", "slices": 1, "whole": 0})

    lines = drawn(board, 80, height=12)

    assert len(lines) == 10
    assert lines[-1] == "… and 21 more streams"


def test_what_wipes_the_lines_goes_up_as_many_as_there_are(board: Board):
    screen = console(80)
    bars = Bars(board, screen)
    assert bars.clear() == "\r\x1b[J\x1b[?25h"

    bars.shown()

    assert bars.clear() == "\r\x1b[1A\x1b[J\x1b[?25h"


SHOWING = """
import time
from rich.console import Console
from glue_lib import log
from glue_lib.command.job_here import shown
with shown():
    log.info("run planned", stream="orders", slices=1, whole=0)
    log.info("run planned", stream="shops", slices=1, whole=0)
    log.debug("page", stream="orders", slice="1", records=7, rows=7, chain=0)
    time.sleep(60)
"""


def in_a_terminal(term: str, until: bytes) -> tuple[bytes, int]:
    """Return what a terminal gets up to Ctrl-C, which is pressed when it has got `until`, and the exit code."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": term, "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", SHOWING], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    text = b""
    while until not in text:
        text += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    while b"stopped" not in text or not text.endswith(b"\n"):
        text += os.read(ours, 4096)
    code = process.wait(10)
    os.close(ours)
    return text, code


def test_ctrl_c_leaves_a_terminal_clean():
    text, code = in_a_terminal("xterm", b"7 records")

    assert code == 130
    end = text.rpartition(b"\x1b[J")[2]
    assert end.startswith(b"\x1b[?25h")  # the cursor, which the bars had hidden
    assert end.endswith(b"stopped; what is landed stays, and the next run goes on from there\r\n")
    assert b"\r\x1b[1A\x1b[J" in text  # both lines are wiped

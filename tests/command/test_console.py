"""What people see while an execution works."""

import ast
import io
import string
from pathlib import Path

import pytest
from rich.console import Console

import glue_lib
from glue_lib import log
from glue_lib.command.console import SAID, has_bars, progress

ROOT = Path(glue_lib.__file__).parent


@pytest.fixture
def pipe() -> Console:
    """Stderr that leads into a pipe of 80 columns."""
    return Console(file=io.StringIO(), width=80)


def shown(console: Console) -> list[str]:
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text.splitlines()


def test_a_pipe_gets_one_plain_line_an_event(pipe: Console):
    with progress(pipe):
        log.info("run landed", source="s", stream="orders", run="r1", mode="full", records=7)
        log.info("table loaded", table="orders", inserted=7, updated=0, deleted=0, new_columns="a,b")
        log.info("table loaded", table="shops", inserted=0, updated=0, deleted=0)

    assert shown(pipe) == [
        "orders: 7 records landed (full, run r1)",
        "orders: 7 rows inserted, 0 updated, 0 deleted, new columns a,b",
        "shops: nothing changed",
    ]


def test_pages_are_no_lines(pipe: Console):
    with progress(pipe):
        log.debug("page", stream="orders", number=1, records=2)

    assert shown(pipe) == []


def test_a_pipe_gets_how_far_a_stream_is(pipe: Console):
    with progress(pipe):
        log.info(
            "progress",
            stream="orders",
            phase="fetch",
            pages=1200,
            records=7000,
            per_second="9",
            done="30%",
            left="4 min",
        )
        log.info("progress", stream="shops", phase="fetch", pages=1, records=2, now="waits 9 s: answered [429]")
        log.info("progress", stream="orders", phase="load", pages=1, records=2, now="writes orders")

    assert shown(pipe) == [
        "orders: 1,200 pages, 7,000 records, 9 a second, 30% done, about 4 min left",
        "shops: 1 pages, 2 records; waits 9 s: answered [429]",
        "orders: writes orders",
    ]


def test_quiet_is_quiet_and_no_line_goes_elsewhere(pipe: Console, capsys: pytest.CaptureFixture[str]):
    with progress(pipe, is_quiet=True):
        log.to_stderr()
        log.warning("waiting", stream="s.orders", seconds="1.0", reason="x")

    assert shown(pipe) == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("term", "moves"), [("xterm", True), ("dumb", False), ("unknown", False)])
def test_lines_move_only_where_they_can_be_written_over(term: str, moves: bool):
    terminal = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": term})

    assert has_bars(terminal) is moves
    assert not has_bars(Console(file=io.StringIO(), _environ={"TERM": term}))


def test_what_an_api_says_is_not_taken_for_markup_nor_cut(pipe: Console):
    reason = "answered 429 ([red]slow[/] [/] down) " + "x" * 100

    with progress(pipe):
        log.warning("waiting", stream="s.orders", seconds="1.0", reason=reason)

    assert shown(pipe) == [f"s.orders: waits 1.0 s: {reason}"]


def test_a_terminal_sees_a_line_that_moves_and_goes_away(pipe: Console):
    terminal = Console(file=io.StringIO(), width=80, force_terminal=True)

    with progress(terminal):
        log.debug("page", stream="orders", number=1, records=2)
        log.debug("page", stream="orders", number=2, records=3)
        log.info("run landed", source="s", stream="orders", run="r1", mode="full", records=5)

    text: str = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert "5 records landed" in text


def test_nothing_is_shown_after_the_block_and_the_log_is_as_before(pipe: Console):
    before = (log.LOGGER.level, list(log.LOGGER.handlers))

    with pytest.raises(ZeroDivisionError), progress(pipe):
        raise ZeroDivisionError
    log.error("stream failed", stream="orders", error="x")

    assert shown(pipe) == []
    assert (log.LOGGER.level, log.LOGGER.handlers) == before


def test_every_event_that_is_shown_is_logged_somewhere_with_the_fields_that_its_words_need():
    logged = list(events())
    assert logged, "no call of `log` was found: the test looks in the wrong place"

    for event, words in SAID.items():
        if event == "table unchanged":  # another name of `table loaded`
            continue
        needed = {name for _, name, _, _ in string.Formatter().parse(words) if name} - {"more", "far"}
        calls = [fields for name, fields in logged if name == event]
        assert calls, f"nobody logs `{event}`"
        for fields in calls:
            assert fields == "**" or needed <= set(fields), f"`{event}` lacks {needed - set(fields)}"


def events():
    """Yield the name of each event that the library logs, with its fields, or `**` where those come from elsewhere."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            owner, first = node.func.value, node.args[0]
            if isinstance(owner, ast.Name) and owner.id == "log" and isinstance(first, ast.Constant):
                fields = [keyword.arg for keyword in node.keywords]
                yield first.value, "**" if None in fields else fields

"""What people see on stderr while an execution works: bars on a terminal, plain lines elsewhere."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape

from glue_lib import log
from glue_lib.command.bars import Bars
from glue_lib.log import LOGGER
from glue_lib.runtime.progress import Board, told

SAID = {
    "jar wanted": "{jar}: is downloaded into {folder}, this once",
    "run resumed": "[cyan]{stream}[/]: goes on with run {run}",
    "run abandoned": "[yellow]{stream}[/]: run {run} is abandoned, it was planned otherwise",
    "cursor changed": "[yellow]{stream}[/]: cursor changed from {before} to {now}, everything is read again",
    "slice restarted": "[yellow]{stream}[/]: slice {slice} begins anew, the API no longer knows its place",
    "slices spread": "[cyan]{stream}[/]: {slices} slices are read by {tasks} Spark tasks",
    "no executors": "[cyan]{stream}[/]: its slices are read in threads: {reason}",
    "stream waits": "[yellow]{stream}[/]: {reason}",
    "run landed": "[cyan]{stream}[/]: {records} records landed ({mode}, run {run})",
    "run incomplete": "[yellow]{stream}[/]: incomplete, run {run} can go on at {resume_at}",
    "table loaded": "[green]{table}[/]: {inserted} rows inserted, {updated} updated, {deleted} deleted{more}",
    "records set aside": "[yellow]{stream}[/]: {records} of {of} records are set aside: {why}",
    "records quarantined": "[yellow]{table}[/]: {inserted} records set aside, {deleted} taken out again",
    "rows kept": "[yellow]{stream}[/]: no row is deleted as gone: {reason}",
    "values left out": "[yellow]{stream}[/]: values of {records} records are left out: {why}",
    "table unchanged": "[green]{table}[/]: nothing changed",
    "table kept": "[green]{table}[/]: {files} files, {removed} old ones removed",
    "runs expired": "[cyan]{stream}[/]: {runs} raw runs deleted",
    "waiting": "[yellow]{stream}[/]: waits {seconds} s: {reason}",
    "source waiting": "[yellow]all streams[/]: wait {seconds} s: {reason}",
    "lease wanted": "waits for another execution: {reason}",
    "stream failed": "[red]{stream}[/]: failed",
    "progress": "{stream}: {far}",
}
"""The events that are shown, each in words with its fields; those of pages move the bars, all others stay silent."""


_IN_BARS = ("waiting", "source waiting")  # the bars tell of these for as long as they last


@contextmanager
def progress(console: Console, *, is_quiet: bool = False) -> Iterator[Bars | None]:
    """Show the events of the block; yield what moves, where something does."""
    with ExitStack() as stack:
        bars = None
        if is_quiet:
            stack.enter_context(_handled(logging.NullHandler()))
            stack.enter_context(log.watched(lambda name, fields: None))
        else:
            stack.enter_context(_handled(_Handler(console, _IN_BARS if has_bars(console) else ())))
            if has_bars(console):
                bars = stack.enter_context(_moving(console))
            else:
                stack.enter_context(told())
        yield bars


def has_bars(console: Console) -> bool:
    """Say whether lines on this console can be written over."""
    return console.is_terminal and not console.is_dumb_terminal


@contextmanager
def _moving(console: Console) -> Iterator[Bars]:
    board = Board()
    bars = Bars(board, console)
    with (
        log.watched(board.take),
        Live(console=console, get_renderable=bars.shown, refresh_per_second=4, transient=True, redirect_stdout=False),
    ):
        yield bars


@contextmanager
def _handled(handler: logging.Handler) -> Iterator[None]:
    level = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)


class _Handler(logging.Handler):
    def __init__(self, console: Console, silent: Collection[str]) -> None:
        super().__init__()
        self._console, self._silent = console, silent

    def emit(self, record: logging.LogRecord) -> None:
        """Show one event."""
        name, fields = getattr(record, "event", ""), getattr(record, "fields", {})
        if name == "table loaded" and not (fields["inserted"] or fields["updated"] or fields["deleted"]):
            name = "table unchanged"
        if name in SAID and name not in self._silent:
            told = {key: escape(str(value)) for key, value in fields.items()}
            new = f", new columns {told['new_columns']}" if "new_columns" in told else ""
            text = SAID[name].format(**told, more=new, far=escape(far(fields)))
            self._console.print(text, soft_wrap=True, highlight=False)


def far(fields: Mapping[str, Any]) -> str:
    """Return how far a stream is, in words, from the fields of the event `progress`."""
    if fields.get("phase") == "load":
        return str(fields.get("now", ""))
    words = [f"{fields['pages']:,} pages, {fields['records']:,} records"] if "pages" in fields else []
    words += [f"{fields['per_second']} a second"] if "per_second" in fields else []
    words += [f"{fields['done']} done"] if "done" in fields else []
    words += [f"about {fields['left']} left"] if "left" in fields else []
    return ", ".join(words) + (f"; {fields['now']}" if "now" in fields else "")

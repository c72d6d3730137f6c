"""What people see on stderr while an execution works: a moving line on a terminal, plain lines elsewhere."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from glue_lib.log import LOGGER

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
    "stream failed": "[red]{stream}[/]: failed",
}
"""The events that are shown, each in words with its fields; those of pages move the line, all others stay silent."""

_ENDS = ("run landed", "run incomplete", "stream failed")


@contextmanager
def progress(console: Console) -> Iterator[None]:
    """Show the events of the block."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    moving = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    handler, level = _Handler(console, moving), LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG if console.is_terminal else logging.INFO)
    try:
        with moving:
            yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)


class _Handler(logging.Handler):
    def __init__(self, console: Console, moving: Progress) -> None:
        super().__init__()
        self._console, self._moving = console, moving
        self._pages: Counter[str] = Counter()
        self._records: Counter[str] = Counter()
        self._tasks: dict[str, TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Show one event."""
        name, fields = getattr(record, "event", ""), getattr(record, "fields", {})
        if name == "page":
            self._count(fields["stream"], fields["records"])
            return
        if name in _ENDS:
            self._stop(fields["stream"])
        if name == "table loaded" and not (fields["inserted"] or fields["updated"] or fields["deleted"]):
            name = "table unchanged"
        if name in SAID:
            told = {key: escape(str(value)) for key, value in fields.items()}
            new = f", new columns {told['new_columns']}" if "new_columns" in told else ""
            self._console.print(SAID[name].format(**told, more=new), soft_wrap=True, highlight=False)

    def _count(self, stream: str, records: int) -> None:
        self._pages[stream] += 1
        self._records[stream] += records
        text = f"{stream}: {self._pages[stream]} pages, {self._records[stream]} records"
        if stream in self._tasks:
            self._moving.update(self._tasks[stream], description=text)
        else:
            self._tasks[stream] = self._moving.add_task(text)

    def _stop(self, stream: str) -> None:
        if stream in self._tasks:
            self._moving.remove_task(self._tasks.pop(stream))

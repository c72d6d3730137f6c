"""The lines that move: one a stream, as many of its figures as the terminal is wide."""

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from glue_lib.runtime.progress import Board, Row, duration

_WIDE, _MIDDLE = 100, 60  # columns from which there is room for a bar, and for the rate
_BAR = 20
_LEAST_LINES = 3


class Bars:
    """Draws a board for a console, anew at every look."""

    def __init__(self, board: Board, console: Console) -> None:
        self._board, self._console = board, console
        self._spinner = Spinner("dots")
        self.height = 0  # lines of the last look

    def shown(self) -> RenderableType:
        """Return the lines as they are now."""
        rows = self._board.rows()
        room = max(_LEAST_LINES, self._console.height - 2)
        shown = rows if len(rows) <= room else rows[: room - 1]
        self.height = len(shown) + (len(shown) < len(rows))
        table = _table(shown, self._console.width, self._spinner)
        if len(shown) == len(rows):
            return table
        return Group(table, Text(f"  … and {len(rows) - len(shown)} more streams", style="dim"))

    def clear(self) -> str:
        """Return what wipes the lines off a terminal and shows its cursor again, for a process that ends at once."""
        up = f"\x1b[{self.height - 1}A" if self.height > 1 else ""
        return f"\r{up}\x1b[J\x1b[?25h"


def _table(rows: list[Row], width: int, spinner: Spinner) -> Table:
    table = Table.grid(padding=(0, 1), expand=False)
    table.add_column(no_wrap=True, width=1)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(10, width // 4))
    if width >= _WIDE:
        table.add_column(no_wrap=True, width=_BAR)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(10, width - width // 4 - 5))
    for row in rows:
        told = Text(_words(row, width), overflow="ellipsis", no_wrap=True)
        if row.doing.startswith("waits"):
            told.stylize("yellow", len(told.plain) - len(row.doing))
        table.add_row(spinner, Text(row.stream, style="cyan"), *([_bar(row)] if width >= _WIDE else []), told)
    return table


def _bar(row: Row) -> ProgressBar:
    if row.share is None:
        return ProgressBar(total=None, width=_BAR, pulse=True)
    return ProgressBar(total=1.0, completed=row.share, width=_BAR)


def _words(row: Row, width: int) -> str:
    """Return the figures of a stream: what there is room for, the most telling ones first."""
    if row.phase == "load":
        return row.doing
    share = [] if row.share is None else [f"{row.share:.0%}"]
    if row.slices > 1 and width >= _WIDE:
        share.append(f"{row.whole}/{row.slices} slices")
    left = [] if row.left_seconds is None else [f"~{duration(row.left_seconds)} left"]
    if width < _MIDDLE:
        return "  ".join([*share, *([row.doing] if row.doing else [f"{row.records:,} records", *left])])
    rate = [f"{row.per_second:,.0f}/s"] if row.per_second >= 1 else []
    counts = [f"{row.pages:,} pages", f"{row.records:,} records"]
    return "  ".join([*share, *counts, *rate, *left, *([row.doing] if row.doing else [])])

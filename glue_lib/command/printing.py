"""How the command's results look on stdout: rows below each other for people, one JSON document for machines."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console

_OUT = Console()


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{line}\n")


def print_json(value: Any) -> None:
    """Print a value as one JSON document."""
    say(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], *, indent: str = "") -> None:
    """Print rows below each other, under their columns' names where there are any."""
    widths = _widths(columns, rows)
    for row in [columns, *rows] if columns else rows:
        say(indent + "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_result(columns: list[str], rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print rows below each other; where they are too wide for that, the columns of each below each other."""
    cells = [[cell_text(row[name]) for name in columns] for row in rows]
    if as_json:
        print_json(rows)
    elif sum(_widths(columns, cells)) + 2 * len(columns) <= _OUT.width:
        print_rows(columns, cells)
    else:
        for number, row in enumerate(cells, 1):
            say(f"-- {number}")
            print_rows((), list(zip(columns, row, strict=True)))


def cell_text(value: Any) -> str:
    """Return a value in one line; null is nothing."""
    return "" if value is None else str(value).replace("\n", "\\n").replace("\r", "\\r")


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(*([columns] if columns else []), *rows, strict=True)]

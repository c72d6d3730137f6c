"""How what the command says looks: on stdout rows for people or one JSON document for machines, the rest on stderr."""

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console

_OUT = Console()
_ERR = Console(stderr=True)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{line}\n")


def say_at_once(line: str) -> None:
    """Print one line that is read while the command goes on."""
    say(line)
    sys.stdout.flush()


def say_aside(text: str, style: str | None = None) -> None:
    """Tell on stderr what is no result."""
    lines = "\n".join(map(cell_text, text.split("\n")))
    _ERR.print(lines, style=style, markup=False, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print a value as one JSON document."""
    say(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]], *, indent: str = "") -> None:
    """Print rows below each other, under their columns' names where there are any."""
    lines = [[cell_text(cell) for cell in row] for row in ([columns, *rows] if columns else rows)]
    widths = _widths((), lines)
    for row in lines:
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
    """Return a value in one line, in which nothing commands the terminal or turns the text around; null is nothing."""
    return "" if value is None else _UNSEEN.sub(_escaped, str(value))


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(*([columns] if columns else []), *rows, strict=True)]

"""Pieces of Markdown: tables, anchors, and docstrings as text with code in it."""

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

_YAML = re.compile(r"(- )?[a-z_\"]+:(\s|$)")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what would end a cell early is written so that it does not."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def anchor(text: str) -> str:
    """Return what a heading's anchor is called: the same that MkDocs makes of it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def code(text: str) -> str:
    """Return the text as code."""
    return f"`{text}`"


def plain(text: str) -> str:
    """Return a text that is not Markdown as Markdown: a `<` outside of code begins no element."""
    return re.sub(r"`[^`]*`|<", lambda found: "&lt;" if found[0] == "<" else found[0], text)


def prose(docstring: str | None) -> str:
    """Return a docstring as Markdown: what stands indented in it becomes blocks of code, in the language it is in."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    text: list[str] = []
    block: list[str] = []
    for line in [*lines, "."]:
        if line.startswith("    ") or (block and not line.strip()):
            block.append(line.removeprefix("    "))
            continue
        if block:
            text += [*_fenced(block), ""]
            block = []
        text.append(line)
    return "\n".join(text[:-1]).strip() + "\n"


def _fenced(block: Sequence[str]) -> Iterator[str]:
    """Return fences; between paragraphs of a block the language may change."""
    paragraphs = "\n".join(block).strip("\n").split("\n\n")
    for language, run in groupby(paragraphs, _language):
        yield f"```{language}"
        yield "\n\n".join(run)
        yield "```"


def _language(paragraph: str) -> str:
    first = paragraph.lstrip()
    return "json" if first.startswith(("{", "[")) else "yaml" if _YAML.match(first) else "text"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

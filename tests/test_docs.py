"""The YAML in the documentation is valid, so that whoever copies it has a file that works."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from glue_lib.spec.loader import loads

PAGE = Path(__file__).parents[1] / "docs" / "apis.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml (source|streams?)\n(.*?)```", TEXT, re.DOTALL)
CELLS = re.findall(r"\| `(\{type: .*?\}|link)` \|$", TEXT, re.MULTILINE)
LINES = re.findall(r"`((?:records|format|error): [^`]+)`", TEXT)


def file(source: str = "", stream: str = "", streams: str = "") -> str:
    under = streams or f"things:\n  path: /things\n  key: [id]\n  write: upsert\n{indent(stream, '  ')}"
    return f"source: shop\nbase_url: https://api.example.org\n{source}\nstreams:\n{indent(under, '  ')}"


def test_the_page_has_what_is_tested_here():
    assert len(BLOCKS) >= 14 and len(CELLS) == 10 and len(LINES) >= 9


@pytest.mark.parametrize(("where", "yaml"), BLOCKS)
def test_a_block_of_the_page_is_valid(where: str, yaml: str):
    assert loads(file(**{where: yaml}), PAGE.name).streams


@pytest.mark.parametrize("pagination", CELLS)
def test_a_pagination_of_the_table_is_valid(pagination: str):
    assert loads(file(stream=f"pagination: {pagination}"), PAGE.name).streams


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_page_is_valid(line: str):
    assert loads(file(stream=line), PAGE.name).streams

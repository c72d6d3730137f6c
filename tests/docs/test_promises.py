"""The page of promises names tests that there are, for each promise."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.blocks import pages

ROOT = Path(__file__).parents[2]
SECTIONS = re.split(r"^## ", pages()["explanation/promises.md"], flags=re.M)[1:]
NAMED = re.compile(r"^- `(tests/[\w/]+\.py)::(test_\w+)`$", re.M)
TESTS = [found for section in SECTIONS for found in NAMED.findall(section)]


def test_there_are_ten_promises_each_with_tests_that_try_to_break_it():
    assert [section.split(".")[0] for section in SECTIONS] == [str(number) for number in range(1, 11)]
    assert [section for section in SECTIONS if len(NAMED.findall(section)) < 2] == []


def test_every_test_that_is_named_is_read():
    assert len(TESTS) == pages()["explanation/promises.md"].count("::test_")


@pytest.mark.parametrize(("file", "name"), TESTS, ids=[name for _, name in TESTS])
def test_a_test_that_is_named_is_there(file: str, name: str):
    tree = ast.parse((ROOT / file).read_text())

    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

"""At the end of a run of all tests: each message of the catalogue was made, and the test that made it compares it.

A process of xdist hands what it noted to the one that began it. A run of some tests, or with failures, shows nothing.
"""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.errors.catalogue import entries
from tests.errors.elsewhere import ELSEWHERE
from tests.errors.recorder import MADE
from tests.errors.templates import Template

TESTS = Path(__file__).parents[1]
DIRECT = "tests/errors/test_catalogue.py"

_LEAST = 9  # letters that a test must compare, of the words that are the same in each case
_FEWEST = 6  # where a message has no more of its own, such as `…, page 3: …`
_ENOUGH = 18
_SOME = ("lf", "stepwise", "deselect", "ignore", "ignore_glob", "collectonly", "file_or_dir", "keyword")


class WholeRun:
    """The part of pytest that gathers what was made and, once all the tests have passed, says what was not."""

    def __init__(self) -> None:
        self._made: set[tuple[str, str]] = set()
        self._broken: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._made.update((text, test) for text, test in getattr(node, "workeroutput", {}).get("messages", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        config = session.config
        if hasattr(config, "workeroutput"):
            config.workeroutput["messages"] = [list(one) for one in sorted(MADE)]
        elif exitstatus == pytest.ExitCode.OK and is_whole(config):
            self._broken = unshown(self._made | MADE)
            if self._broken:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._broken:
            terminalreporter.section("messages that no test made and compared", red=True)
            terminalreporter.write_line(
                "Add a way to tests/errors/ways.py, or compare the words in the test that is named:"
            )
            terminalreporter.write_line("\n".join(self._broken))


def is_whole(config: pytest.Config) -> bool:
    """Say whether all tests are run, but for the slow ones."""
    option = config.option
    return option.markexpr in ("", "not slow") and not any(getattr(option, name, None) for name in _SOME)


def unshown(made: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each message of the catalogue that was not made, or not where its words are compared."""
    tests: dict[str, set[str]] = {}
    for text, test in made:
        tests.setdefault(text, set()).add(test)
    lines = []
    for entry in entries():
        makers = tests.get(entry.text, set())
        if entry.text not in ELSEWHERE and not any(is_compared(entry.text, test) for test in makers):
            lines.append(f"{entry.text}\n    made by {', '.join(sorted(makers)) or 'none'}")
    return lines


def is_compared(text: str, test: str) -> bool:
    """Say whether a file of tests holds a stretch of a message's own words against what came."""
    if test == DIRECT:
        from tests.errors.test_catalogue import DIRECTLY

        return text in DIRECTLY
    words = _words(test)
    chunks = [chunk.strip() for chunk in Template("", False, text).chunks]
    least = max(_FEWEST, min(_LEAST, len(chunks[0])))
    for chunk in chunks:
        size = min(len(chunk), _ENOUGH)
        if size >= least and any(chunk[start : start + size] in words for start in range(len(chunk) - size + 1)):
            return True
    return False


@cache
def _words(test: str) -> str:
    """Return every text in a file of tests, and in the files of tests that it takes from."""
    path = TESTS.parent / test
    if not path.is_file():
        return ""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    taken = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    near = [f"{module.replace('.', '/')}.py" for module in taken if re.match(r"tests\.(?!errors)", module)]
    return "\0".join([*(text.replace("\\", "") for text in texts if len(text) >= _FEWEST), *map(_words, near)])

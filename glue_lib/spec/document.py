"""YAML text as a tree that remembers where everything stands.

Only JSON's scalar forms count as numbers, booleans and null: `NO`, `2024-01-01` and `0123` are text, so that a file
says the same to every reader. A key that is given twice is a problem, not a silent last-one-wins.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from glue_lib.spec.problem import Path, Problem

MOST_NODES = 50_000  # aliases of aliases can make a short text unfold without end

_YAML_TAG = "tag:yaml.org,2002:"
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Node:
    """A value of the file with its place; `line` is where its key stands, None for a value set from outside."""

    value: Any  # dict[str, Node], list[Node], or a scalar
    path: Path
    line: int | None
    written: str = ""  # a scalar as it stands in the file
    is_bare: bool = False  # a scalar without quotes
    key_is_bare: bool = False

    def child(self, key: str) -> "Node | None":
        """Return the value under a key, or None when there is none or this is no mapping."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def at(self, *keys: str) -> "Node | None":
        """Return the value under a chain of keys, or None."""
        node: Node | None = self
        for key in keys:
            node = node.child(key) if node else None
        return node


@dataclass(frozen=True)
class Document:
    """What was read; without a root, nothing could be."""

    root: Node | None
    problems: tuple[Problem, ...]


def read(text: str) -> Document:
    """Read one YAML document."""
    try:
        top = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        return Document(None, (_syntax_problem(error),))
    except yaml.reader.ReaderError as error:
        return Document(None, (_character_problem(text, error),))
    except RecursionError:
        return Document(None, (Problem((), 1, "is nested too deep to be read"),))
    if top is None:
        return Document(None, (Problem((), 1, "is empty; a pipeline file begins with `source:`"),))
    builder = _Builder()
    try:
        root = builder.node(top, (), 1, False)
    except _EndlessError as error:
        return Document(None, (error.problem,))
    return Document(root, tuple(builder.problems))


def given(value: Any, path: Path, line: int | None = None) -> Node:
    """Return the tree of a value that did not come from the file."""
    if isinstance(value, Mapping):
        return Node({str(key): given(item, (*path, str(key)), line) for key, item in value.items()}, path, line)
    if isinstance(value, list | tuple):
        return Node([given(item, (*path, index), line) for index, item in enumerate(value)], path, line)
    return Node(value, path, line, value if isinstance(value, str) else json.dumps(value, default=str))


class _Loader(yaml.SafeLoader):
    """Finds the forms only; what a bare scalar means is decided by `_Builder`, so a node with a tag was given one."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        return ""


class _EndlessError(Exception):
    def __init__(self, path: Path, line: int) -> None:
        super().__init__()
        self.problem = Problem(path, line, "unfolds without end; write the values out, or share them by `defaults:`")


@dataclass
class _Builder:
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    unfolding: list[yaml.Node] = field(default_factory=list)

    def node(self, source: yaml.Node, path: Path, line: int, key_is_bare: bool) -> Node:
        self.count += 1
        if source in self.unfolding or self.count > MOST_NODES:
            raise _EndlessError(path, line)
        if source.tag:
            self.problems.append(Problem(path, line, f"has the tag `{_tag(source)}`; write the value without a tag"))
        if isinstance(source, yaml.ScalarNode):
            return self._scalar(source, path, line, key_is_bare)
        self.unfolding.append(source)
        is_mapping = isinstance(source, yaml.MappingNode)
        value: Any = self._mapping(source, path) if is_mapping else self._list(source, path)
        self.unfolding.pop()
        return Node(value, path, line, key_is_bare=key_is_bare)

    def _list(self, source: yaml.Node, path: Path) -> list[Node]:
        return [self.node(item, (*path, index), _line(item), False) for index, item in enumerate(source.value)]

    def _mapping(self, source: yaml.Node, path: Path) -> dict[str, Node]:
        values: dict[str, Node] = {}
        for key, item in source.value:
            line = _line(key)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(Problem(path, line, "has a key that is no text; did you forget quotes?"))
            elif not _is_whole(key.value):
                self.problems.append(Problem(path, line, "has a key with half a character (`\\ud800` to `\\udfff`)"))
            elif key.value == "<<" and key.style is None:
                self.problems.append(Problem((*path, "<<"), line, "merge keys are not read; use `defaults:`"))
            elif key.value in values:
                text = f"is given twice, first on line {values[key.value].line}; keep one"
                self.problems.append(Problem((*path, key.value), line, text))
            else:
                values[key.value] = self.node(item, (*path, key.value), line, key.style is None)
        return values

    def _scalar(self, source: yaml.ScalarNode, path: Path, line: int, key_is_bare: bool) -> Node:
        is_bare = source.style is None
        value = _meaning(source.value) if is_bare else source.value
        if isinstance(value, float) and not math.isfinite(value):
            self.problems.append(Problem(path, line, "is a number too large to be read; write it in quotes"))
            value = source.value
        if not _is_whole(source.value):
            told = "has half a character (`\\ud800` to `\\udfff`); write it as `\\U0001…`"
            self.problems.append(Problem(path, line, told))
            return Node("", path, line)
        return Node(value, path, line, source.value, is_bare, key_is_bare)


def _meaning(written: str) -> str | int | float | bool | None:
    if written in ("", "null"):
        return None
    if written in _BOOLEANS:
        return _BOOLEANS[written]
    number = _NUMBER.match(written)
    if not number:
        return written
    if number[2] or number[3]:
        return float(written)
    return int(written) if len(written) < 100 else math.inf


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _line(source: yaml.Node) -> int:
    return int(source.start_mark.line) + 1


def _tag(source: yaml.Node) -> str:
    return str(source.tag).replace(_YAML_TAG, "!!")


_SYNTAX = (  # what PyYAML says, and what the writer of the file can do about it
    (r"'\\t' that cannot start", "a tab stands where YAML wants spaces; indent with spaces"),
    (r"character .* that cannot start", "a value cannot begin with this character; write it in quotes"),
    (r"alphabetic or numeric character", "a value cannot begin with `*` or `&`; write it in quotes"),
    (r"scanning a block scalar", "a value cannot begin with `|` or `>`; write it in quotes"),
    (r"mapping keys are not allowed", "a `?` begins a value; write it in quotes"),
    (r"tag handle|(scanning|parsing) a tag", "a value cannot begin with `!`; write it in quotes"),
    (
        r"mapping values are not allowed",
        "a second `: ` in one line, or a line before it without `:`; mind the indentation",
    ),
    (r"sequence entries are not allowed", "a list begins on a line of its own"),
    (r"could not find expected ':'", "a line without `:`; write `key: value`"),
    (r"expected a single document", "a second document begins here (`---`); one file is one source"),
    (r"document start|directive", "a file begins with `source:`, without `%` lines"),
    (r"undefined alias", "an alias (`*name`) has no anchor (`&name`) before it"),
    (r"duplicate anchor", "an anchor (`&name`) is given twice"),
    (
        r"expected ',' or|parsing a flow",
        "inside `[…]` or `{…}` a comma or the closing bracket is missing; quote a value that has brackets",
    ),
    (r"end of stream|document separator", "quotes or brackets are opened and not closed"),
    (r"escape", "in double quotes a `\\` begins an escape; use single quotes"),
    (
        r"expected <block end>|parsing a block",
        "the indentation does not fit the lines above, or a text goes on behind its quotes",
    ),
)


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = f"{error.problem} {error.context or ''}"
    told = next((text for pattern, text in _SYNTAX if re.search(pattern, said)), "this is not YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem((), line, f"cannot be read: {told} (column {column})")


def _character_problem(text: str, error: yaml.reader.ReaderError) -> Problem:
    line = text.count("\n", 0, error.position) + 1
    return Problem((), line, f"has the invisible character U+{ord(text[error.position]):04X}; remove it")

"""The messages that the library can stop with, read from the syntax trees: one template for each place that raises.

What is put into a message is a placeholder, `<name>`; a text that a variable holds, or that is one of two, is followed.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2] / "glue_lib"

USERS = (
    *("ConfigError", "ApiError", "ShapeError", "LoadError", "HeadwaterError", "ValueError", "StartAnew", "Outrun"),
    *("NoEngine", "LeaseLost", "RowsMoved", "Truncated", "selection.Truncated", "ErrorAnswer", "Deferred", "Cut"),
    *("_Setback", "Spent", "TooMany"),
)
"""The classes whose text a user reads: the stops, the faults of a file (ValueError), and what an attempt failed of."""

FAULTS = ("Problem",)
"""What is said of one place of a pipeline file: its third argument."""

_DEPTH = 3


@dataclass(frozen=True)
class Template:
    """A message with placeholders, and the module whose it is."""

    module: str
    is_of_file: bool  # a fault of a pipeline file: its line and field stand before it
    text: str

    @property
    def pattern(self) -> "re.Pattern[str]":
        """What a message that was made from this looks like."""
        parts = re.split(r"<[^<>]*>", self.text)
        return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)

    @property
    def chunks(self) -> list[str]:
        """The parts that are the same in each message, the longest first."""
        return sorted(re.split(r"<[^<>]*>", self.text), key=len, reverse=True)


@dataclass(frozen=True)
class Site:
    """A place that makes a message: what is called there, which of its arguments is the message, and its templates."""

    call: ast.Call
    argument: int
    templates: list[Template]


def templates() -> list[Template]:
    """Return every template, in the order of the modules, each once a module."""
    trees = [(path, ast.parse(path.read_text())) for path in sorted(ROOT.rglob("*.py"))]
    return list(dict.fromkeys(one for path, tree in trees for site in sites(path, tree) for one in site.templates))


def sites(path: Path, tree: ast.Module) -> Iterator[Site]:
    """Yield the places of one module that make a message."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    reader = _Reader(tree)
    for scope, call in _calls(tree, tree):
        name = ast.unparse(call.func)
        argument = 0 if name in USERS else 2 if name in FAULTS else len(call.args)
        if len(call.args) > argument:
            texts = reader.texts(call.args[argument], scope, _DEPTH)
            of_file = name in (*FAULTS, "ValueError")
            yield Site(call, argument, [Template(module, of_file, text) for text in texts if _has_words(text)])


def _has_words(text: str) -> bool:
    """Say whether a text has words of its own; of one that is all another's, that one is listed."""
    return len(re.sub(r"<[^<>]*>|\W", "", text)) > 3


def _calls(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield what may make an error, whether it is raised there or returned for another to raise, with its function."""
    scope = node if isinstance(node, ast.FunctionDef) else scope
    if isinstance(node, ast.Call):
        yield scope, node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, scope)


class _Reader:
    """Reads the texts that an expression of one module may come to."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def texts(self, node: ast.AST, scope: ast.AST, depth: int) -> list[str]:
        """Return them, with a placeholder for what nobody can tell."""
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        if isinstance(node, ast.IfExp):
            return [*self.texts(node.body, scope, depth), *self.texts(node.orelse, scope, depth)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined([node.left, node.right], scope, depth)
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values, scope, depth)
        if isinstance(node, ast.FormattedValue):
            return (
                self.texts(node.value, scope, depth) if isinstance(node.value, ast.Name) else [f"<{_name(node.value)}>"]
            )
        if isinstance(node, ast.Name) and (kept := self._kept(node.id, scope, depth)):
            return kept
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and depth:
            called = self._functions.get(node.func.id)
            returned = [one.value for one in ast.walk(called) if isinstance(one, ast.Return)] if called else []
            if returned and all(_is_text(one) for one in returned):
                return [text for one in returned for text in self.texts(one, called or scope, depth - 1) if text]
        return [f"<{_name(node)}>"]

    def _joined(self, parts: list[ast.expr], scope: ast.AST, depth: int) -> list[str]:
        made = [""]
        for part in parts:
            made = [before + text for before in made for text in self.texts(part, scope, depth)]
        return made

    def _kept(self, name: str, scope: ast.AST, depth: int) -> list[str]:
        """Return the texts that a variable may hold, of the function or of the module; none where nobody can tell."""
        inside, outside = _assigned(ast.walk(scope), name), _assigned(self._tree.body, name)
        values = inside or outside
        if not depth or not values or not all(_is_text(value) for value in values):
            return []
        return [text for value in values for text in self.texts(value, scope, depth - 1)]


def _assigned(nodes: Iterable[ast.AST], name: str) -> list[ast.expr]:
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]


def _is_text(node: ast.AST | None) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) or _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _name(node: ast.AST) -> str:
    """Return a word for what is put into a message."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
        return "names"
    if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Constant):
        return _name(node.args[0])
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Subscript | ast.BinOp):
        return _name(node.value if isinstance(node, ast.Subscript) else node.left)
    return "…"

"""Which messages were really made while the tests ran, and by the tests of which file.

The modules of the library are compiled with a note at each place that makes a message (`Site`): an error that is caught
and told on by another is seen like one that a test catches, and a test that runs without making an error pays nothing.
"""

import ast
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.errors.templates import ROOT, Template, sites

MADE: set[tuple[str, str]] = set()
"""The text of each template that was made in this process, with the file whose test made it."""

_NOTED = "_headwater_noted"  # a name in `sys`: a process of Spark that gets a function of a noted module has none


def watch() -> None:
    """Note from now on what the library's modules make; before the first of them is imported."""
    early = [name for name in sys.modules if name.partition(".")[0] == ROOT.name]
    assert not early, f"imported before they could be watched: {early}"
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the modules of the library as they are, and has them compiled by `_Loader`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != ROOT.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and isinstance(spec.loader, SourceFileLoader) and Path(spec.loader.path).is_relative_to(ROOT):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """Compiles a module with its notes, and keeps no bytecode of it: the next process may be no test."""

    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.path)
        return compile(noted(path, ast.parse(path.read_bytes())), self.path, "exec", dont_inherit=True)


def noted(path: Path, tree: ast.Module) -> ast.Module:
    """Return the module's tree, in which each message that it makes is noted first."""
    found = list(sites(path, tree))
    for number, site in enumerate(found):
        message = site.call.args[site.argument]
        note = ast.parse(f"getattr(__import__('sys'), {_NOTED!r}, lambda told, *at: told)", mode="eval").body
        call = ast.Call(note, [message, ast.Constant(str(path)), ast.Constant(number)], [])
        for node in (call, *ast.walk(note), *call.args[1:]):
            ast.copy_location(node, message)
        site.call.args[site.argument] = call
    _SITES[str(path)] = [site.templates for site in found]
    return tree


_SITES: dict[str, list[list[Template]]] = {}


def _note(told: Any, path: str, number: int) -> Any:
    """Note the message that was made at this place, and return it as it is."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
    templates = _SITES[path][number]
    alone = len({one.text for one in templates}) == 1
    MADE.update((one.text, test) for one in templates if alone or one.pattern.fullmatch(str(told)))
    return told


setattr(sys, _NOTED, _note)

"""The page about the `headwater` command: every command, argument and option, as `--help` knows them."""

import inspect
from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import typer

from glue_lib.cli import app
from reference.markdown import anchor, code, plain, table

_TYPES = {bool: "flag", int: "whole number", float: "number"}
_INTRO = """# Command line

Results go to stdout, what is said on the way to stderr. `headwater COMMAND --help` says the same as this page.

| exit code | meaning |
| --- | --- |
| 0 | complete |
| 1 | a stream failed; the others were brought to their end |
| 2 | a pipeline file or an argument is wrong; nothing was fetched |
| 3 | incomplete: run again when the message says so, and the same run goes on |
| 130 | stopped by Ctrl-C; what is landed stays |
"""


def pages() -> dict[str, str]:
    """Return the page by its name."""
    return {"command-line.md": "\n".join([_INTRO, *(_section(*one) for one in commands())])}


def commands() -> Iterator[tuple[str, Any]]:
    """Return every command that does something, with the words that call it: `deploy plan`."""
    yield from _below(typer.main.get_command(app), ())


def _below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield " ".join(words), command
        return
    for name, below in command.commands.items():
        if not below.hidden:
            yield from _below(below, (*words, name))


def _section(words: str, command: Any) -> str:
    title = f"headwater {words}"
    usage = " ".join([title, *_usage(command)])
    parts = [f"## `{title}` {{: #{anchor(words)} }}\n", f"{_told(command)}\n", f"```text\n{usage}\n```\n"]
    types = get_type_hints(inspect.unwrap(command.callback))
    rows = [_row(one, types.get(one.name, str)) for one in command.params if not one.hidden and one.name != "help"]
    return "\n".join([*parts, table(["option", "value", "default", "meaning"], rows)])


def _told(command: Any) -> str:
    return plain(str(command.help or "").replace("\f", "").strip())


def _usage(command: Any) -> Iterator[str]:
    for one in command.params:
        if one.param_type_name == "argument":
            word = one.name.upper() + ("..." if one.nargs == -1 else "")
            yield word if one.required else f"[{word}]"
    yield "[OPTIONS]"


def _row(one: Any, asked: Any) -> list[str]:
    is_argument = one.param_type_name == "argument"
    names = one.name.upper() if is_argument else ", ".join([*one.opts, *one.secondary_opts])
    return [code(names), _value(one, asked), _default(one), plain(one.help or "")]


def _value(one: Any, asked: Any) -> str:
    """Return in words what an option takes; `asked` is the type that the function of the command has there."""
    members = [kind for kind in get_args(asked) if kind is not type(None)]
    if get_origin(asked) is Literal:
        return ", ".join(code(str(word)) for word in members)
    if get_origin(asked) in (Union, UnionType):
        return _value(one, members[0])
    if get_origin(asked) is list:
        return f"{_value(one, members[0])}, several"
    if isinstance(asked, type) and issubclass(asked, Enum):
        return ", ".join(code(str(word.value)) for word in asked)
    return _TYPES.get(asked, "text")


def _default(one: Any) -> str:
    if one.required:
        return "required"
    value = one.default
    return "" if value in (None, "", False, ()) or callable(value) else code(str(value))

"""The commands in the documentation are ones that there are, with options that there are."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from glue_lib.cli import app
from tests.docs.blocks import blocks, commands, pages

ROOT = Path(__file__).parents[2]
OURS = typer.main.get_command(app)
CALLS = [(str(block), words) for block in blocks("bash", "sh") for words in commands(block.text)]
HEADWATER = [(place, words[1:]) for place, words in CALLS if words[0] == "headwater"]
#: In a sentence: what is meant is the command and its options, not a call that could be made.
SAID = [
    (page, said)
    for page, text in pages().items()
    for said in re.findall(r"(?<!`)`headwater ([^`]+)`(?!`)", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S))
]


def found(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that the words call, and the words that are left for it."""
    command = OURS
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"`{words[0]}` is none of {', '.join(command.commands)}"
        command, words = command.commands[words[0]], words[1:]
    return command, words


def test_there_are_commands_to_look_at():
    assert len(HEADWATER) > 30 and len(SAID) > 15


@pytest.mark.parametrize(
    ("place", "words"), HEADWATER, ids=[f"{place} {' '.join(words)}" for place, words in HEADWATER]
)
def test_a_command_can_be_called_like_that(place: str, words: list[str]):
    command, rest = found(words)

    command.make_context(command.name, rest)  # raises what a user would see


@pytest.mark.parametrize(("page", "said"), SAID, ids=[f"{page} {said}" for page, said in SAID])
def test_a_command_in_a_sentence_is_there_with_its_options(page: str, said: str):
    words = [word for word in said.split() if word != "…"]
    command, rest = found(words)

    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    assert {word.partition("=")[0] for word in rest if word.startswith("--") and len(word) > 2} <= known | {"--help"}


def test_targets_of_make_are_there():
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))

    asked = {word for _, words in CALLS if words[0] == "make" for word in words[1:]}
    assert asked and asked <= targets


def test_scripts_and_folders_are_there():
    scripts = {words[0] for _, words in CALLS if "/" in words[0]} | {words[1] for _, words in CALLS if words[0] == "cd"}

    assert scripts and all((ROOT / script).exists() for script in scripts)

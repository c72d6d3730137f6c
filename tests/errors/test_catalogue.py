"""The catalogue of docs/errors.md: complete, true, and each message made to happen and compared."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.errors.catalogue import entries
from tests.errors.families import FAMILIES, FILE, LEFT_OUT, family, is_left_out
from tests.errors.templates import Template, templates
from tests.errors.ways import ANSWERS, DEEDS, WRONG, Answer, Deed, Wrong

TESTS = Path(__file__).parents[1]
ALL = templates()
RAISED = list({one.text: one for one in reversed(ALL) if not is_left_out(one)}.values())
ENTRIES = {one.text: one for one in entries()}
UNMADE = set((TESTS / "errors" / "unmade.txt").read_text().splitlines())
"""Messages that no test makes happen yet: most need a broken disk, a race, or Spark. It can only shrink."""

_LEAST = 9  # letters that a test must compare, of the words that are the same in each case
_ENOUGH = 18


def test_the_places_that_raise_are_found():
    assert len(RAISED) > 350
    assert "was redirected more than <MOST> times" in {one.text for one in RAISED}  # one that is raised
    assert "merge keys are not read; use `defaults:`" in {one.text for one in RAISED}  # one that is a fault of a file
    assert any("install Java 17" in one.text for one in RAISED)  # a constant's text is followed


def test_every_message_is_in_the_catalogue():
    missing = [f"{one.module}: {one.text}" for one in RAISED if one.text not in ENTRIES]

    assert not missing, "add to docs/errors.md, each with its cause and what to do:\n" + "\n".join(missing)


def test_the_catalogue_has_no_message_that_nobody_says():
    said = {one.text for one in RAISED}

    assert not [text for text in ENTRIES if text not in said], "take out of docs/errors.md, or correct its words"


def test_each_message_stands_once_and_in_its_chapter():
    assert [text for text, count in Counter(one.text for one in entries()).items() if count > 1] == []
    chapters = {one.text: {family(other) for other in RAISED if other.text == one.text} for one in RAISED}
    wrong = [one.text for one in entries() if one.text in chapters and one.chapter not in chapters[one.text]]
    assert not wrong, f"these stand in the wrong chapter: {wrong}"
    assert {one.chapter for one in entries()} == {FILE, *FAMILIES}


def test_every_entry_says_why_and_what_to_do():
    for entry in ENTRIES.values():
        assert entry.cause.endswith(".") and entry.remedy.endswith("."), entry
        assert min(len(entry.cause), len(entry.remedy)) > 8, entry


def test_what_is_left_out_is_there_and_can_only_shrink():
    rooms = {one.module for one in ALL if is_left_out(one)}

    assert len(LEFT_OUT) <= 7
    assert len(rooms) < 40


@pytest.mark.parametrize("way", WRONG, ids=lambda way: way.entry[:60])
def test_a_wrong_file_gets_the_message(way: Wrong):
    _compare(way.entry, way.told())


@pytest.mark.parametrize("way", [*ANSWERS, *DEEDS], ids=lambda way: way.entry[:60])
def test_what_goes_wrong_gets_the_message(way: Answer | Deed, tmp_path: Path):
    _compare(way.entry, way.told(tmp_path))


def _compare(entry: str, told: str) -> None:
    assert entry in ENTRIES, "the catalogue has no such message"
    assert Template("", False, entry).pattern.search(told), told


def test_every_message_is_made_to_happen_by_some_test_but_for_a_list_that_can_only_shrink():
    made = {way.entry for way in (*WRONG, *ANSWERS, *DEEDS)}
    compared = _words()
    unmade = {one.text for one in RAISED if one.text not in made and not _is_compared(one, compared)}

    assert unmade - UNMADE == set(), "no test makes these happen: add a way to tests/errors/ways.py"
    assert len(UNMADE) <= 25
    assert UNMADE - unmade == set(), "these are made to happen by now: take them out of tests/errors/unmade.txt"


def _words() -> str:
    """Return every text in the tests, which is where they say what a message should be."""
    files = [path for path in TESTS.rglob("*.py") if "errors" not in path.parts]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text()))]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return "\0".join({text.replace("\\", "") for text in texts if len(text) >= _LEAST})


def _is_compared(template: Template, words: str) -> bool:
    """Say whether a test holds a stretch of the message's own words against what came."""
    for chunk in map(str.strip, template.chunks):
        size = min(len(chunk), _ENOUGH)
        if size >= _LEAST and any(chunk[start : start + size] in words for start in range(len(chunk) - size + 1)):
            return True
    return False

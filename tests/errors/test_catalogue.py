"""The catalogue of docs/errors.md: complete, true, and each message made to happen and compared."""

from collections import Counter
from pathlib import Path

import pytest

from tests.errors.catalogue import entries
from tests.errors.families import FAMILIES, FILE, family
from tests.errors.templates import Template, templates
from tests.errors.ways import ANSWERS, DEEDS, WRONG, Answer, Deed, Wrong
from tests.errors.ways_of_proposing import PROPOSING
from tests.errors.ways_of_running import MORE_WRONG, RUNNING

ALL = templates()
RAISED = list({one.text: one for one in reversed(ALL)}.values())
ENTRIES = {one.text: one for one in entries()}
DIRECTLY = {way.entry for way in (*WRONG, *MORE_WRONG, *ANSWERS, *DEEDS, *PROPOSING, *RUNNING)}
"""The messages that are made and compared here; `whole_run` sees to the others when all the tests are run."""


def test_the_places_that_raise_are_found():
    assert len(RAISED) > 450
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


@pytest.mark.parametrize("way", [*WRONG, *MORE_WRONG], ids=lambda way: way.entry[:60])
def test_a_wrong_file_gets_the_message(way: Wrong):
    _compare(way.entry, way.told())


@pytest.mark.parametrize("way", [*ANSWERS, *DEEDS, *PROPOSING, *RUNNING], ids=lambda way: way.entry[:60])
def test_what_goes_wrong_gets_the_message(way: Answer | Deed, tmp_path: Path):
    _compare(way.entry, way.told(tmp_path))


def _compare(entry: str, told: str) -> None:
    assert entry in ENTRIES, "the catalogue has no such message"
    assert Template("", False, entry).pattern.search(told), told

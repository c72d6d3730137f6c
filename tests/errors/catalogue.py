"""What docs/errors.md says: each message, its cause and what to do."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"

_ENTRY = re.compile(r"^- `` (?P<text>.+?) ``  \n  (?P<cause>.+?) \*Do:\* (?P<remedy>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One entry of the page."""

    chapter: str
    text: str
    cause: str
    remedy: str


def entries() -> list[Entry]:
    """Return the entries of the page in their order."""
    chapters = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return [
        Entry(chapter.partition("\n")[0], found["text"], found["cause"], found["remedy"])
        for chapter in chapters
        for found in _ENTRY.finditer(chapter)
    ]

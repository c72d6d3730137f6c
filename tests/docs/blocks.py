"""The blocks of code in the documentation: what language they are in, what stands beside it, and where they are."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w+)(?P<about>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """One block of code of a page."""

    page: str
    line: int
    language: str
    about: str  # what stands behind the language: `title="shop.yaml"`
    text: str

    @property
    def title(self) -> str:
        """Return the name of the file that the block shows."""
        found = re.search(r'title="([^"]+)"', self.about)
        return found[1] if found else ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> dict[str, str]:
    """Return the texts of all pages that are written by hand, by their places."""
    found = sorted(path for path in DOCS.rglob("*.md"))
    return {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in found}


def blocks(*languages: str, of: str = "") -> list[Block]:
    """Return the blocks in these languages, of one page or of all."""
    named = {page: text for page, text in pages().items() if not of or page == of}
    found = [block for page, text in named.items() for block in _of_page(page, text)]
    return [block for block in found if block.language in languages]


def commands(text: str) -> Iterator[list[str]]:
    """Return the words of each command of a block, without the variables that are set before them."""
    for line in text.replace("\\\n", " ").splitlines():
        for part in re.split(r"\s&&\s", line):
            words = shlex.split(part, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                yield words


def _of_page(page: str, text: str) -> Iterator[Block]:
    for found in _FENCE.finditer(text):
        body = "".join(line.removeprefix(found["indent"]) for line in found["text"].splitlines(keepends=True))
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found["language"], found["about"].strip(), body)

"""What MkDocs is handed while it builds the site: pages made from the code, and pages that are found."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:  # MkDocs loads this file by its path
    sys.path.insert(0, str(ROOT))

from reference import arguments, command, pipeline_file, readmes, terraform  # noqa: E402

FOLDER = "reference/"
_DECISIONS = "decisions/"
_MARKS = re.compile(r'^(?P<fence> *```\w+)(?P<title> title="[^"]*")?(?: [\w=]+)+$', re.MULTILINE)


def generated() -> dict[str, str]:
    """Return every page that is made, by its place below `docs/`."""
    makers = (pipeline_file, command, arguments, terraform, readmes)
    return {f"{FOLDER}{name}": text for maker in makers for name, text in maker.pages().items()}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave out of the navigation what is not there, and put the decisions into it, which are many and grow."""
    docs = Path(config.docs_dir)
    made = generated()
    config.nav = [_present(entry, docs, made) for entry in config.nav or []]
    decisions = sorted(path.name for path in (docs / _DECISIONS).glob("*.md"))
    config.nav.append({"Decisions": [f"{_DECISIONS}{name}" for name in decisions]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for place, text in generated().items():
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Take away what stands behind the language of a block for the tests: MkDocs would not take it for a block."""
    return _MARKS.sub(r"\g<fence>\g<title>", markdown)


def _present(entry: Any, docs: Path, made: dict[str, str]) -> Any:
    if isinstance(entry, dict):
        return {title: _present(below, docs, made) for title, below in entry.items()}
    if isinstance(entry, list):
        return list(_kept(entry, docs, made))
    return entry


def _kept(entries: list[Any], docs: Path, made: dict[str, str]) -> Iterator[Any]:
    for entry in entries:
        page = next(iter(entry.values())) if isinstance(entry, dict) else entry
        if not isinstance(page, str) or page in made or (docs / page).is_file():
            yield _present(entry, docs, made)

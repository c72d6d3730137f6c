"""The site as it is built: every link leads somewhere in it, and nothing in it is fetched from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

pytest.importorskip("mkdocs")  # Glue's image has it not
ROOT = Path(__file__).parents[2]
LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "use": "href"}


class Page(HTMLParser):
    """What a page links to, loads, and can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag in LOADING and LOADING[tag] in found and found.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(found[LOADING[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it, with every warning as an error."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_page_that_is_written_or_made_is_there(site: Path, pages: dict[Path, Page]):
    from reference.site import generated

    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    made = {Path(place).with_suffix(".html") for place in generated()}

    assert len(made) > 8
    assert {path.relative_to(site) for path in pages} == written | made


def test_every_link_leads_to_a_page_and_an_anchor_of_it(site: Path, pages: dict[Path, Page]):
    wrong = []
    for path, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme:
                assert re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+(/\S*)?", link), f"{path.name}: {link}"
                continue
            place, anchor = urldefrag(link)
            target = (path.parent / unquote(place)).resolve() if place else path
            if not target.is_file() or (anchor and unquote(anchor) not in pages[target].anchors):
                wrong.append(f"{path.relative_to(site)}: {link}")
    assert wrong == []


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]):
    loaded = [(path.name, place) for path, page in pages.items() for place in page.loaded]

    assert len(loaded) > len(pages)
    assert [one for one in loaded if urlsplit(one[1]).scheme or one[1].startswith("//")] == []
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8")) == []


def test_no_page_needs_what_the_theme_would_fetch(pages: dict[Path, Page]):
    """Its script asks a content network for diagrams and mathematics, where a page has some."""
    for path in pages:
        assert not re.search(r'class="[^"]*\b(mermaid|arithmatex)\b', path.read_text(encoding="utf-8")), path


def test_every_block_of_code_is_taken_for_one(pages: dict[Path, Page]):
    """A word behind its language that MkDocs does not know leaves a block as text, and turns the rest inside out."""
    assert [path.name for path in pages if "```" in path.read_text(encoding="utf-8")] == []

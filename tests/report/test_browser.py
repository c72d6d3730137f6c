"""The page as a browser shows it: axe finds nothing, nothing is wider than a phone, and a live one stays where it is.

A Chromium of the system does it, without a driver: a script in the page looks it over and leaves what it finds in the
page, which the browser then prints.
"""

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glue_lib.command.report import page_server
from glue_lib.landing.run_records import RunRecords
from glue_lib.landing.storage import FolderStorage
from glue_lib.report.page import page
from tests.report.records import many, record

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
DARK = "--blink-settings=preferredColorScheme=0"
LOOK = """
<script>addEventListener("load", async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  const wide = document.documentElement.scrollWidth - innerWidth;
  const told = {
    violations: found.violations.map((one) => [one.id, one.nodes[0].html, one.nodes[0].failureSummary]),
    passes: found.passes.length, wide, ground: getComputedStyle(document.body).backgroundColor, width: innerWidth,
    small: [...document.querySelectorAll("a, summary")].filter((one) => one.getClientRects()[0]?.height < 24
      && getComputedStyle(one).position === "static").map((one) => one.outerHTML),
  };
  const place = parent.document.body.appendChild(parent.document.createElement("pre"));
  place.id = "told";
  place.textContent = JSON.stringify(told);
});</script>
"""


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return what prints a page as the browser has made it."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(
            "SKIPPED LOUDLY: no Chromium on the PATH, the report's page was not looked at; `apt-get install chromium`"
        )
    profile = tmp_path_factory.mktemp("profile")

    def run(address: str, *options: str, milliseconds: int = 15_000) -> str:
        words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
        words += [f"--virtual-time-budget={milliseconds}", *(options or ("--dump-dom",)), address]
        done = subprocess.run([str(program), *words], capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return run


def looked_over(chromium: Callable[..., str], folder: Path, text: str, width: int, *options: str) -> dict[str, Any]:
    """Return what axe and the layout say of a page in a frame of that width."""
    import axe_core_python

    axe = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
    inner = text.replace("</body>", f"<script>{axe}</script>{LOOK}</body>")
    frame = (
        f'<iframe title="page" srcdoc="{html.escape(inner)}" style="width:{width}px;height:3000px;border:0"></iframe>'
    )
    (folder / "outer.html").write_text(f"<!doctype html><title>frame</title><body style='margin:0'>{frame}")
    shown = chromium(f"file://{folder}/outer.html", "--dump-dom", "--window-size=1400,3000", *options)
    found = re.search(r'<pre id="told">(.*?)</pre>', shown, re.S)
    assert found, shown[-2000:]
    return dict(json.loads(html.unescape(found[1])))


@pytest.mark.parametrize(
    ("width", "options", "ground"),
    [(1200, (), "rgb(244, 243, 238)"), (360, (DARK,), "rgb(16, 24, 28)")],
    ids=["desk and light", "phone and dark"],
)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    chromium: Callable[..., str], tmp_path: Path, width: int, options: tuple[str, ...], ground: str
):
    found = looked_over(chromium, tmp_path, page("./lake", many(60), NOW), width, *options)

    assert found["violations"] == []
    assert found["passes"] > 20 and found["ground"] == ground and found["width"] == width
    assert found["wide"] <= 0
    assert found["small"] == []


@pytest.mark.slow
def test_axe_would_find_what_is_wrong(chromium: Callable[..., str], tmp_path: Path):
    wrong = page("./lake", many(5), NOW).replace("--soft: #51626a", "--soft: #c0c8cc").replace(' lang="en"', "")

    found = looked_over(chromium, tmp_path, wrong, 1200)

    assert {one[0] for one in found["violations"]} == {"color-contrast", "html-has-lang"}


STAY = """
<script>addEventListener("load", () => {
  document.querySelector("details").open = true;
  document.querySelector("nav a:nth-of-type(1)").focus();
  scrollTo({ top: 400, behavior: "instant" });
});
setInterval(() => {
  document.body.dataset.told = JSON.stringify({
    open: document.querySelector("details").open, focus: document.activeElement.textContent, y: scrollY,
  });
}, 300);</script>
"""


def test_a_live_page_takes_in_a_new_run_and_stays_where_it_is(chromium: Callable[..., str], tmp_path: Path):
    records, asked = RunRecords(FolderStorage(tmp_path)), []
    for number in range(3):
        records.write(record(number))

    class Moving(FolderStorage):
        def sizes(self, prefix: str) -> dict[str, int]:
            asked.append(prefix)
            if len(asked) == 4:  # the second time that the page asks for the stamp, of two folders
                records.write(record(77))
            return super().sizes(prefix)

    server = page_server("lake", Moving(tmp_path), 0, changed=lambda text: text.replace("</body>", f"{STAY}</body>"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        shown = chromium(f"http://127.0.0.1:{server.server_port}/", "--dump-dom", "--window-size=800,600")
    finally:
        server.shutdown()
        server.server_close()

    told = re.search(r'data-told="(.*?)"', shown)
    assert "<code>r77</code>" in shown and told
    assert json.loads(html.unescape(told[1])) == {"open": True, "focus": "Streams", "y": 400}


@pytest.mark.slow
def test_a_thousand_runs_are_printed_on_a_few_sheets(chromium: Callable[..., str], tmp_path: Path):
    (tmp_path / "page.html").write_text(page("./lake", many(1000), NOW))

    chromium(f"file://{tmp_path}/page.html", f"--print-to-pdf={tmp_path}/page.pdf", "--no-pdf-header-footer")

    assert 2 <= len(re.findall(rb"/Type /Page\b", (tmp_path / "page.pdf").read_bytes())) <= 12

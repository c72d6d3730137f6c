"""The tutorial is done as it is written: every command runs against the emulator, and says what the page says."""

import re
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulators.catalog import emulators
from emulators.server import Server
from glue_lib.cli import main
from tests.docs.blocks import Block, blocks, commands

PAGE = "tutorials/your-own-api.md"
PORT = 8800  # of the page; the test takes a free one
STEPS = blocks("bash", "yaml", "text", of=PAGE)
Run = Callable[[list[str]], tuple[int, str]]


@pytest.fixture
def origin() -> Iterator[str]:
    """The API that the page has the reader serve in a terminal of its own."""
    server = Server(emulators()["stripe"](), 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run(glue_context: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the session that all tests share; return its exit code and all that it says."""
    monkeypatch.setenv("COLUMNS", "160")

    def call(words: list[str]) -> tuple[int, str]:
        capfd.readouterr()
        code: Any = 0
        if words[0] == "headwater":
            try:
                main(words[1:])
            except SystemExit as left:
                code = left.code or 0
        else:
            code = subprocess.run(words).returncode
        said = capfd.readouterr()
        return code, said.out + said.err

    return call


def write(block: Block, folder: Path, origin: str) -> None:
    path = folder / block.title
    before = path.read_text() if "append" in block.about else ""
    path.write_text(before + block.text.replace(f"127.0.0.1:{PORT}", origin))


def expected(line: str) -> str:
    """Return the pattern of a line that a page shows: spaces may be others, `…` stands for anything."""
    return r"\s*".join(".*" if word == "…" else re.escape(word).replace("…", ".*") for word in re.findall(r"\S+", line))


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(origin: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = ""
    for block in STEPS:
        if block.language == "yaml":
            write(block, tmp_path, origin)
        elif block.language == "text":
            missing = [line for line in block.text.splitlines() if not re.search(expected(line), said)]
            assert missing == [], f"{block}: {said}"
        elif block.about != "terminal":
            said = ""
            for line in block.text.replace(f"127.0.0.1:{PORT}", origin).splitlines():
                if line.startswith("export "):
                    name, _, value = shlex.split(line)[1].partition("=")
                    monkeypatch.setenv(name, value)
                    continue
                (words,) = commands(line)
                code, told = run(words)
                said += told
                assert code == int(block.about.partition("fails=")[2] or 0), f"{block}: {line}\n{said}"

    assert re.search(r'"mode":\s*"incremental"', "".join(path.read_text() for path in tmp_path.rglob("plan.json")))


def test_the_demo_that_the_tutorial_begins_with_is_what_make_runs():
    makefile = Path("Makefile").read_text()

    assert re.search(r"^demo:.*\n\t@\$\(BIN\)/python -m demo\.tour$", makefile, re.M)


def test_the_tutorial_is_read():
    assert [block.about for block in STEPS].count("terminal") == 1
    assert {block.language for block in STEPS} == {"bash", "yaml", "text"}
    assert sum(1 for block in STEPS if block.language == "bash") > 8

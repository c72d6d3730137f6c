import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.__main__ import main
from demo.server import ask

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port_file = tmp_path_factory.mktemp("demo") / "port"
    port_file.write_text("1")
    command = [sys.executable, "-m", "demo", "--port", "0", "--port-file", str(port_file), "--rate", "1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        port = int(port_file.read_text())
        assert said == f"charity API at http://127.0.0.1:{port}/v1, token demo-token; Ctrl-C stops it\n"
        yield port
        process.terminate()


def test_the_port_file_names_the_port_that_answers(port: int):
    assert port > 1 and ask(port, "version") == {"version": 1, "versions": 2}


def test_advance_moves_to_the_next_version_and_stays_at_the_last(port: int, capsys: pytest.CaptureFixture[str]):
    for _ in range(2):
        assert main(["advance", "--port", str(port)]) == 0
        assert json.loads(capsys.readouterr().out) == {"version": 2, "versions": 2}


def test_changes_are_printed_as_json(port: int, capsys: pytest.CaptureFixture[str]):
    assert main(["changes", "--port", str(port)]) == 0
    assert len(json.loads(capsys.readouterr().out)["donations"]["added"]) == 100


def test_a_port_that_is_taken_is_told_in_a_sentence(port: int, capsys: pytest.CaptureFixture[str]):
    assert main(["--port", str(port)]) == 1
    assert f"port {port} cannot be used" in capsys.readouterr().err


def test_a_demo_that_does_not_run_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]):
    assert main(["advance", "--port", "1"]) == 1
    assert "no demo answers on port 1" in capsys.readouterr().err

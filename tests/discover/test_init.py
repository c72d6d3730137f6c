"""`headwater init`: flags or answers, a file that validates, and nothing overwritten unasked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glue_lib.cli import app
from glue_lib.command import init
from glue_lib.errors import ConfigError
from glue_lib.spec.loader import load

FLAGS = ("--base-url", "https://api.shop.example/v1", "--path", "/orders")


def run(*words: str, answers: str = "") -> str:
    done = CliRunner().invoke(app, ["init", *words], input=answers, catch_exceptions=False)
    return done.stdout


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_flags_make_a_valid_file_without_a_question(folder: Path):
    said = run("mine.yaml", *FLAGS, "--records", "data", "--key", "id", "--cron", "0 6 * * ? *")

    pipeline = load(folder / "mine.yaml")
    assert "mine.yaml: written" in said
    assert (pipeline.stream("orders").records.path, pipeline.stream("orders").key) == ("data", ["id"])


def test_without_a_file_it_goes_where_pipelines_are(folder: Path):
    (folder / "pipelines").mkdir()

    run(*FLAGS)

    assert load(folder / "pipelines" / "shop.yaml").source == "shop"


def test_what_is_missing_is_named_where_nobody_can_be_asked():
    with pytest.raises(ConfigError, match="init: --base-url and --path missing"):
        run("mine.yaml")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--base-url", "api.example.org", "--path", "/x"), "--base-url: must be an address"),
        ((*FLAGS, "--auth", "bearrer"), "--auth: `bearrer` is not one of .*did you mean `bearer`"),
        ((*FLAGS, "--secret", "${env:TOKEN}"), "--secret: .* no place of a credential; write `name#field`"),
        ((*FLAGS, "--cron", "daily"), "schedule.cron"),
    ],
    ids=("address", "auth", "secret", "cron"),
)
def test_a_wrong_flag_is_named_and_nothing_is_written(folder: Path, words: tuple[str, ...], told: str):
    with pytest.raises(ConfigError, match=told):
        run("mine.yaml", *words)

    assert list(folder.iterdir()) == []


def test_a_file_that_is_there_stays_unless_forced(folder: Path):
    (folder / "mine.yaml").write_text("kept")

    with pytest.raises(ConfigError, match=r"mine.yaml is there already; `--force` overwrites it"):
        run("mine.yaml", *FLAGS)
    assert (folder / "mine.yaml").read_text() == "kept"

    run("mine.yaml", *FLAGS, "--force")
    assert load(folder / "mine.yaml").source == "shop"


def test_json_tells_what_was_written(folder: Path):
    told = json.loads(run("mine.yaml", *FLAGS, "--json"))

    assert (told["source"], told["streams"], told["file"]) == ("shop", ["orders"], "mine.yaml")
    assert told["text"] == (folder / "mine.yaml").read_text()


def test_a_terminal_is_asked_and_a_wrong_answer_is_asked_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    class Terminal:
        def isatty(self) -> bool:
            return True

    typed = "shop.example|https://api.shop.example/v1|orders|/orders|shop|orders|api_key|shop#key|header.X-Shop-Key|"
    answers = iter(f"{typed}data.rows|page|id region|updated_at|updated_since".split("|"))
    said: list[str] = []
    monkeypatch.setattr(init, "sys", type("Sys", (), {"stdin": Terminal()}))
    monkeypatch.setattr(init.typer, "prompt", lambda question, **_: next(answers))
    monkeypatch.setattr(init.typer, "echo", lambda line, err: said.append(line))

    init.start_file("mine.yaml", {}, force=False, json=False)

    pipeline, stream = load("mine.yaml"), load("mine.yaml").stream("orders")
    assert len(said) == 2 and "must be an address" in said[0] and "must begin with `/`" in said[1]
    assert (pipeline.auth.type, pipeline.auth.write) == ("api_key", "header.X-Shop-Key")
    assert (stream.records.path, stream.key, stream.cursor.field) == ("data.rows", ["id", "region"], "updated_at")

"""Looks at an API that does not answer now: `preview` and `plan --probe`, without Spark."""

from pathlib import Path

import pytest

from glue_lib.cli import main
from glue_lib.command.job_here import COMPLETE, INCOMPLETE
from glue_lib.runtime.secrets import variable_of
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi

LATER = (429, {"Retry-After": "4000"}, b"{}")


@pytest.fixture
def file(tmp_path: Path, api: SmallApi, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(variable_of("small", "token"), TOKEN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    return "small.yaml"


def ended(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def test_a_preview_of_an_api_that_asks_to_come_back_later_is_no_failure(
    file: str, api: SmallApi, capsys: pytest.CaptureFixture[str]
):
    api.before = lambda target, count: LATER

    code = ended("preview", file, "--stream", "orders")

    assert code == INCOMPLETE
    assert "answered 429; the run can go on at " in capsys.readouterr().err


def test_a_plan_has_its_least_figures_also_when_the_api_asks_to_come_back_later(
    file: str, api: SmallApi, capsys: pytest.CaptureFixture[str]
):
    api.before = lambda target, count: LATER

    code = ended("plan", "--probe", file, "--stream", "orders")

    said = capsys.readouterr().out
    assert code == COMPLETE
    assert "the page that was looked at: " in said
    assert "requests  at least 1" in said

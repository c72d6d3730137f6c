"""The doctor as a whole: in one process, with nothing started, and as machines read it."""

import json
from pathlib import Path

import pytest

from glue_lib.command.doctor import examine, show
from glue_lib.command.finding import failed, ok, skipped, warning


def test_findings_are_lines_with_what_to_do_and_a_summary(capsys: pytest.CaptureFixture[str]):
    code = show(
        [ok("java", "Java 17"), warning("disk", "2 GB free", "make room"), skipped("clock", "no Date")], as_json=False
    )

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok       java: Java 17",
        "warning  disk: 2 GB free",
        "         -> make room",
        "skipped  clock: no Date",
        "1 ok, 1 warnings, 0 failed, 1 skipped: nothing stands in the way of a run",
    ]


def test_a_failure_is_the_exit_code_and_json_has_all_fields(capsys: pytest.CaptureFixture[str]):
    code = show([failed("lake", "no such bucket", "create it")], as_json=True)

    assert code == 1
    assert json.loads(capsys.readouterr().out) == [
        {"check": "lake", "status": "failed", "found": "no such bucket", "remedy": "create it"}
    ]


def test_a_wrong_pipeline_file_is_a_finding_a_line_and_the_machine_is_examined_all_the_same(tmp_path: Path):
    file = tmp_path / "shop.yaml"
    file.write_text("source: Shop\nbase_url: 1\nstreams: {}\n")

    found = examine([str(file)], str(tmp_path / "lake"))

    wrong = [one for one in found if one.check == "pipelines"]
    assert len(wrong) > 1 and all(one.status == "failed" and str(file) in one.found for one in wrong)
    assert {"python", "java", "jars", "lake", "disk", "memory"} <= {one.check for one in found}


def test_every_finding_that_is_not_well_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "shop.yaml"
    file.write_text(
        "source: shop\nbase_url: https://nobody.invalid\nauth: {type: bearer, token: '${env:NOT_SET_AT_ALL}'}\n"
        "streams: {orders: {path: /orders}}\n"
    )
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("HEADWATER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HEADWATER_IVY_SETTINGS", "mirror.xml")

    found = examine([str(file)], str(tmp_path))

    statuses = {one.check: one.status for one in found}
    assert statuses["java"] == statuses["secrets of shop"] == statuses["api nobody.invalid"] == "failed"
    assert statuses["jars"] == "warning"
    assert all(one.remedy for one in found if one.status in ("warning", "failed"))
    assert "Traceback" not in str(found)

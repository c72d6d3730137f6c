"""What `headwater runs` and `headwater report` tell of a lake."""

import json
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glue_lib.cli import main
from glue_lib.command.report import page_server
from glue_lib.landing.run_record import RunRecord, SchemaChange, TableChange, written
from glue_lib.landing.run_records import RunRecords
from glue_lib.landing.storage import FolderStorage

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def record(number: int, stream: str = "orders", status: str = "complete", **given: Any) -> RunRecord:
    began = NOW + timedelta(minutes=number)
    execution = f"{began:%Y%m%dT%H%M%SZ}-aaaaaa"
    made = RunRecord("shop", stream, execution, "sync", "complete", written(began), f"run-{number}")
    return replace(made, status=status, requests=10 * number, **given)  # type: ignore[arg-type]


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    records = RunRecords(FolderStorage(tmp_path))
    tables = (TableChange("orders", 5, 1, committed=True),)
    records.write(record(1, tables=tables, schema_changes=(SchemaChange("orders", "column added", "tip"),)))
    records.write(record(2, status="failed", error="shop.orders: answered 403; check the scopes"))
    records.write(record(3, "items", records=7, duration_seconds=61.0))
    records.write(record(4, duration_seconds=2.0))
    return tmp_path


def called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_runs_are_listed_newest_first_with_what_went_wrong(lake: Path, capsys):
    code, out, _ = called(capsys, "runs", "--lake", str(lake))

    lines = out.splitlines()
    assert code == 0 and [line.split()[-1] for line in lines[1:5]] == ["run-4", "run-3", "run-2", "run-1"]
    assert "1 min 1 s" in lines[2]
    assert lines[5] == "shop.orders failed: shop.orders: answered 403; check the scopes"


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--status", "failed"], ["run-2"]),
        (["--stream", "items"], ["run-3"]),
        (["--limit", "2"], ["run-4", "run-3"]),
        (["--source", "shop", "--limit", "1"], ["run-4"]),
        (["--status", "running"], []),
    ],
)
def test_runs_are_chosen_by_status_stream_source_and_number(lake: Path, capsys, options: list[str], ids: list[str]):
    _, out, _ = called(capsys, "runs", "--lake", str(lake), "--json", *options)

    assert [run["run_id"] for run in json.loads(out)] == ids


def test_one_run_is_shown_with_its_tables_and_what_came_to_them(lake: Path, capsys):
    _, out, _ = called(capsys, "runs", "run-1", "--lake", str(lake))

    assert "shop.orders: complete" in out and "column added: orders.tip" in out
    assert ["orders", "5", "1", "0"] in [line.split() for line in out.splitlines()]


def test_the_beginning_of_an_id_is_enough_and_an_execution_is_one_too(lake: Path, capsys):
    _, out, _ = called(capsys, "runs", "20261124T0833", "--lake", str(lake), "--json")

    assert [run["run_id"] for run in json.loads(out)] == ["run-3"]


def test_two_runs_are_compared_where_they_differ(lake: Path, capsys):
    _, out, _ = called(capsys, "runs", "run-2", "run-4", "--lake", str(lake))
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()[2:]}

    assert lines["requests"] == ["20", "40", "+20", "(+100%)"]
    assert lines["status"] == ["failed", "complete"]
    assert lines["duration_seconds"] == ["0.0", "s", "2.0", "s", "+2.0", "s"]
    assert "pages" not in lines


def test_a_comparison_is_there_for_machines(lake: Path, capsys):
    _, out, _ = called(capsys, "runs", "run-1", "run-4", "--lake", str(lake), "--json")

    found = json.loads(out)["shop.orders"]
    assert found["column added orders.tip"] == {"a": True, "b": None}
    assert found["requests"] == {"a": 10, "b": 40} and found["orders inserted"] == {"a": 5, "b": None}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["runs", "run-9"], "runs: there is no run `run-9`; the last are run-4, run-3, run-2, run-1"),
        (["runs", "run-1", "run-3"], "runs: `run-1` is of shop.orders, and `run-3` of shop.items; compare"),
        (["runs", "--status", "faild"], "runs: --status: `faild` is not one of"),
        (["runs", "--source", "shp"], "runs: --source: `shp` is not one of"),
        (["report", "-o", "/nowhere/at/all.html"], "report: `/nowhere/at/all.html` cannot be written"),
    ],
)
def test_a_mistake_is_told_with_what_is_there(lake: Path, capsys, words: list[str], told: str):
    code, _, err = called(capsys, *words, "--lake", str(lake))

    assert code == 2 and told in " ".join(err.split())


def test_a_lake_without_records_says_what_makes_one(tmp_path: Path, capsys):
    code, _, err = called(capsys, "runs", "--lake", str(tmp_path))

    assert code == 2 and "no run has left a record yet" in err


@pytest.mark.parametrize("words", [["report", "-o"], ["runs", "--html"]], ids=["report", "runs"])
def test_the_page_is_written_to_a_file(lake: Path, tmp_path: Path, capsys, words: list[str]):
    code, out, _ = called(capsys, *words, str(tmp_path / "r.html"), "--lake", str(lake))

    assert code == 0 and out.endswith("r.html: 4 runs\n")
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


@pytest.fixture
def served(lake: Path) -> Iterator[str]:
    server = page_server(str(lake), FolderStorage(lake), 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def got(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_page_that_is_served_is_as_the_lake_is_now(served: str, lake: Path):
    before = got(f"{served}/stamp")
    assert "run-4" in got(f"{served}/")[1] and "run-5" not in got(f"{served}/")[1]

    RunRecords(FolderStorage(lake)).write(record(5))

    assert "run-5" in got(f"{served}/")[1] and got(f"{served}/stamp") != before
    assert got(f"{served}/../etc/passwd")[0] == 404


def test_the_page_is_not_for_pages_from_elsewhere(served: str):
    assert got(f"{served}/", Host="evil.example:80")[0] == 403


def heeds_ctrl_c() -> None:
    """Undo what a shell does to what runs in its background, as these tests may."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_serving_ends_with_ctrl_c_and_begins_before_there_is_a_lake(tmp_path: Path):
    words = [sys.executable, "-m", "glue_lib.cli", "report", "--serve", "--port", "0", "--lake", str(tmp_path / "new")]
    serving = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeds_ctrl_c
    )
    assert serving.stdout is not None
    try:
        address = str(re.search(r"http://[\d.:]+/", serving.stdout.readline())[0])  # type: ignore[index]
        assert "No run has left a record here yet" in got(address)[1]
        serving.send_signal(signal.SIGINT)
        said, wrong = serving.communicate(timeout=60)
    finally:
        serving.kill()

    assert (serving.returncode, said, wrong) == (0, "ended\n", "")


def test_what_an_api_wrote_into_an_error_commands_no_terminal(tmp_path: Path, capsys):
    RunRecords(FolderStorage(tmp_path)).write(
        record(1, status="failed", error="said \x1b[2J\u202eolleh", tables=(TableChange("a\x1b[1m"),))
    )

    _, listed, _ = called(capsys, "runs", "--lake", str(tmp_path))
    _, shown, _ = called(capsys, "runs", "run-1", "--lake", str(tmp_path))

    assert "said \\x1b[2J\\u202eolleh" in listed and "a\\x1b[1m" in shown
    assert not re.search("[\x1b\u202e]", listed + shown)


def test_an_object_that_is_no_record_is_told_and_left_out(lake: Path, capsys):
    (lake / "_headwater/runs/shop/month=2026-11/notes.txt").write_text("mine")

    code, out, err = called(capsys, "runs", "--lake", str(lake))

    assert code == 0 and len(out.splitlines()) == 6
    assert err == "_headwater/runs/shop/month=2026-11/notes.txt: is not a run's record, and left out\n"

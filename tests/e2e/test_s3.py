"""The same pipeline with its lake on S3: landing by boto3, tables by S3A, both against a server on loopback."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.small_api import PIPELINE, TOKEN, second_edition


def headwater(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("headwater")), *words]
    env = {**os.environ, "HEADWATER_SECRET_SMALL_TOKEN": TOKEN}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


def test_the_pipeline_runs_with_its_lake_on_s3(api, s3_bucket, tmp_path):
    lake = f"s3://{s3_bucket}/some/lake"
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    run = ("run", "small.yaml", "--stream", "orders", "--lake", lake, "--json")

    first = headwater(*run, cwd=tmp_path)
    api.records = second_edition()
    second = headwater(*run, cwd=tmp_path)
    found = headwater("sql", "select count(*) as n from small.orders__items", "--lake", lake, "--json", cwd=tmp_path)

    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr
    (outcome,) = json.loads(second.stdout)
    assert {table["table"]: (table["inserted"], table["updated"], table["deleted"]) for table in outcome["tables"]} == {
        "orders": (1, 4, 0),
        "orders__items": (0, 0, 7),
        "orders__items__tags": (0, 1, 7),
    }
    assert json.loads(found.stdout) == [{"n": 5}]

    maintained = headwater("maintain", *run[1:], "--retention-hours", "0", "--nobody-reads", cwd=tmp_path)
    again = headwater("sql", "select count(*) as n from small.orders__items", "--lake", lake, "--json", cwd=tmp_path)

    assert maintained.returncode == 0, maintained.stderr
    (orders,) = json.loads(maintained.stdout)  # and nothing else stands there, whatever Delta prints
    assert orders["raw"] == {"runs": 0, "files": 0, "bytes": 0}
    assert [table["table"] for table in orders["tables"]] == ["orders", "orders__items", "orders__items__tags"]
    assert all(table["files"] == 1 and table["removed_files"] >= 1 for table in orders["tables"])
    assert again.stdout == found.stdout
    assert list(tmp_path.iterdir()) == [tmp_path / "small.yaml"]

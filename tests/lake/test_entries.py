"""Notes are found whoever wrote the log, and whatever of it is cleared away."""

import json
from pathlib import Path

import pytest

from glue_lib.lake.commit import Commit
from glue_lib.lake.entries import delta_log, newest_commits, size_bytes

SCHEMA = "_hw_key string, id string, amount bigint, updated_at string"


@pytest.fixture
def donations(lake, frame):
    for run in ("r1", "r2", "r3"):
        of_run = frame([(run, run, 1, "2026-01-01")], SCHEMA, run_id=run)
        commit = Commit(lake, of_run, run)
        commit.append(of_run.rows) if lake.table("donations").exists() else commit.create(of_run.rows)
    return lake.table("donations")


def entry(table, version):
    return Path(table.uri.removeprefix("file://")) / f"_delta_log/{version:020}.json"


def without_checksum(path):
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)  # Hadoop's, of the file as it was


def test_commits_come_newest_first_and_as_many_as_were_asked_for(spark, donations):
    told = [
        (one["version"], json.loads(one["userMetadata"])["run_id"]) for one in newest_commits(spark, donations.uri, 2)
    ]

    assert told == [(2, "r3"), (1, "r2")]


def test_a_commit_that_tells_of_itself_last_is_read_as_any(spark, donations):
    path = entry(donations, 2)
    path.write_text("\n".join(reversed(path.read_text().splitlines())))
    without_checksum(path)

    assert donations.loaded_run() == "r3"


def test_commits_of_others_are_passed_over(spark, donations):
    spark.sql(f"alter table delta.`{donations.uri}` set tblproperties ('of' = 'others')")

    assert donations.loaded_run() == "r3"


def test_where_entries_were_cleared_away_there_is_no_note_beyond(spark, donations):
    delta_log(spark, donations.uri).checkpoint()
    entry(donations, 0).unlink()
    entry(donations, 1).unlink()

    assert [one["version"] for one in newest_commits(spark, donations.uri, 20)] == [2]


def test_the_size_is_that_of_the_files_of_the_newest_version(spark, donations):
    files = [Path(uri.removeprefix("file:")) for uri in donations.read().inputFiles()]

    assert size_bytes(spark, donations.uri) == sum(path.stat().st_size for path in files)

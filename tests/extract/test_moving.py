"""Where `landed` was, found again in the whole runs: a lake that lost its positions is not read from the start."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import pytest

from glue_lib.landing.expiry import delete_records
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.positions import Positions
from glue_lib.landing.reached import ReachedFile
from glue_lib.landing.runs import Runs
from tests.extract.test_fan_out import CAMPAIGNS, COMMENTS, Api, Source, with_campaigns
from tests.feed import Feed, Lake, days

WINDOWS = "{field: at, from: query.since, until: query.until, start: 2026-01-01, format: '%Y-%m-%d', slice: 7d}"
LATEST = "{field: at, from: query.since, format: '%Y-%m-%d'}"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def read(lake: Lake, cursor: str, runs: int) -> Feed:
    """Read a feed so often, a day apart, with a record more each time."""
    feed = Feed(*days(3))
    for number in range(runs):
        lake.ingest(feed, cursor)
        feed.records.append({"id": 100 + number, "at": lake.now.date().isoformat()})
        lake.now += timedelta(days=1)
    return feed


def lose(lake: Lake) -> None:
    rmtree(lake.storage.uri("_headwater").removeprefix("file://"))


@pytest.mark.parametrize("cursor", [WINDOWS, LATEST])
def test_lost_positions_are_found_again_and_the_next_run_asks_for_what_is_new(lake: Lake, cursor: str):
    feed = read(lake, cursor, 3)
    before = lake.position
    lose(lake)

    outcome = lake.ingest(feed, cursor)

    assert [run.mode for run in Runs(lake.storage, "small", "things").complete()][2:] == ["incremental"] * 2
    assert lake.landed_by(outcome.run_id) == [102]
    assert lake.position.sequence == before.sequence + 1
    lose(lake)
    again = lake.ingest(feed, cursor)
    assert lake.landed_by(again.run_id) == []


def test_what_is_found_is_the_very_position_that_was_lost(lake: Lake):
    read(lake, LATEST, 3)
    before = lake.position
    lose(lake)

    lake.ingest(Feed(), LATEST)

    assert before.edge
    assert replace(lake.position, run_id=before.run_id, sequence=before.sequence) == before


def test_where_records_of_a_whole_run_are_deleted_everything_is_read_anew(lake: Lake):
    feed = read(lake, LATEST, 2)
    (first, _) = Runs(lake.storage, "small", "things").complete()
    delete_records(lake.storage, RunLayout("small", "things", first.run_id), datetime(2026, 3, 9, tzinfo=UTC))
    lose(lake)

    lake.ingest(feed, LATEST)

    assert [run.mode for run in Runs(lake.storage, "small", "things").complete()][2:] == ["full"]


def test_how_far_each_parent_is_read_is_found_again_too(tmp_path: Path):
    api = Api()
    source = Source(api, tmp_path)
    streams = CAMPAIGNS + COMMENTS % ", cursor: {field: at, from: query.since, until: query.to, start: 2020-01-01}"
    with_campaigns(api, 1)
    source.ingest(streams)
    with_campaigns(api, 2, at="2024-03-02")
    source.ingest(streams)
    position = Positions(source.storage, "small", "comments").landed()
    assert position
    reached = ReachedFile(source.storage, "small", "comments").read(position.sequence)
    rmtree(tmp_path / "_headwater")
    api.asked.clear()

    source.ingest(streams)

    asked = sorted(target.partition("&to")[0] for target in api.asked if "/comments" in target)
    assert asked == [f"/campaigns/{one}/comments?since=2024-03-02T00:00:00Z" for one in (1, 2)]
    assert reached
    assert set(reached) == set(ReachedFile(source.storage, "small", "comments").read(position.sequence + 1) or {})

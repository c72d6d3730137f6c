"""Which run is opened when the pipeline file says something else than it did for the last one."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from glue_lib.errors import ConfigError
from glue_lib.landing.positions import Positions
from glue_lib.landing.runs import Runs
from tests.feed import PIPELINE, Feed, Lake

CREATED = "{field: at, format: '%Y-%m-%d'}"
UPDATED = "{field: changed, format: '%Y-%m-%d'}"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


@pytest.fixture
def feed() -> Feed:
    """Return two records, the older of which was changed later than the other was made."""
    feed = Feed("2026-01-01", "2026-01-20")
    for record, changed in zip(feed.records, ("2026-01-10", "2026-01-20"), strict=True):
        record["changed"] = changed
    return feed


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    said = [record for record in caplog.records if getattr(record, "event", "") == "cursor changed"]
    return [(record.fields["before"], record.fields["now"]) for record in said]  # type: ignore[attr-defined]


def modes(lake: Lake) -> list[str]:
    return [run.mode for run in Runs(lake.storage, "small", "things").complete()]


def test_records_changed_before_the_old_cursor_s_position_are_read_when_the_file_names_another_field(
    lake: Lake, feed: Feed, caplog: pytest.LogCaptureFixture
):
    lake.ingest(feed, CREATED)
    feed.records[0]["name"] = "changed on the tenth"

    with caplog.at_level(logging.WARNING):
        changed = lake.ingest(feed, UPDATED)

    assert lake.landed_by(changed.run_id) == [1, 2]
    assert modes(lake) == ["full", "full"]
    assert told(caplog) == [("at as %Y-%m-%d", "changed as %Y-%m-%d")]
    assert lake.position.scale == "changed as %Y-%m-%d"


def test_the_run_after_that_brings_only_what_is_new(lake: Lake, feed: Feed, caplog: pytest.LogCaptureFixture):
    lake.ingest(feed, CREATED)
    lake.ingest(feed, UPDATED)
    feed.records[0]["changed"] = "2026-02-01"
    caplog.clear()

    with caplog.at_level(logging.WARNING):
        third = lake.ingest(feed, UPDATED)

    assert lake.landed_by(third.run_id) == [1]
    assert modes(lake)[-1] == "incremental"
    assert told(caplog) == []


def test_numbers_that_were_taken_for_seconds_do_not_hide_what_comes_before_them(lake: Lake):
    feed = Feed(1_767_225_600_000, 1_767_312_000_000)
    lake.ingest(feed, "{field: at, format: epoch_s}")

    again = lake.ingest(feed, "{field: at, format: epoch_ms}")

    assert lake.landed_by(again.run_id) == [1, 2]
    assert lake.position.value == "2026-01-02T00:00:00Z"


def test_a_changed_field_that_no_record_has_does_not_keep_the_other_field_s_position(lake: Lake, feed: Feed):
    lake.ingest(feed, CREATED)
    lake.ingest(feed, "{field: absent}")

    assert (lake.position.value, lake.position.scale) == (None, "absent as iso")


def test_a_position_from_before_fields_were_kept_with_it_stays_good(lake: Lake, feed: Feed):
    lake.ingest(feed, CREATED)
    old = asdict(lake.position)
    old.pop("scale")
    lake.storage.write("_headwater/positions/small/things/landed.json", json.dumps(old).encode())

    lake.ingest(feed, UPDATED)

    assert modes(lake) == ["full", "incremental"]


def test_a_run_stopped_before_its_position_moved_does_not_pass_it_on_to_another_field(
    lake: Lake, feed: Feed, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as stopping:
        stopping.setattr(Positions, "move", stopped)
        with pytest.raises(KeyboardInterrupt):
            lake.ingest(feed, CREATED)

    lake.ingest(feed, UPDATED)  # moves past the run that was whole already
    last = lake.ingest(feed, UPDATED)

    assert lake.landed_by(last.run_id) == [1, 2]
    assert modes(lake) == ["full", "full"]


def test_rows_that_cannot_be_told_apart_are_not_stored_twice_for_a_changed_cursor(
    lake: Lake, feed: Feed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.feed.PIPELINE", keyless())
    lake.ingest(feed, CREATED)

    with pytest.raises(
        ConfigError, match=r"small\.things: cursor: was `at as .*` and is now `changed as .*`, so .*key"
    ):
        lake.ingest(feed, UPDATED)
    assert modes(lake) == ["full"]

    lake.ingest(feed, UPDATED, full_refresh=True)
    assert modes(lake) == ["full", "full"]
    assert lake.position.scale == "changed as %Y-%m-%d"


def keyless() -> str:
    return PIPELINE.replace("    key: [id]\n", "")


def stopped(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt

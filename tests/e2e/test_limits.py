"""The limits of a source over more than one execution; the raw zone tells, no table is needed."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from glue_lib import pipeline
from glue_lib.landing.quota import QuotaLedger
from glue_lib.landing.storage import FolderStorage
from tests.e2e.conftest import Lake
from tests.e2e.small_api import PIPELINE

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
NEXT_DAY = "2026-11-25T05:00:00Z"  # midnight in New York, as a state machine can wait for it


@pytest.fixture
def lake(tmp_path, api):
    return Lake(tmp_path / "lake", PIPELINE.format(base_url=api.base_url), None)


@pytest.fixture
def orders(lake):
    """Only the orders, seven of them on four pages, and three requests a day."""
    lake.text = lake.text.replace(
        "requests_per_second: 1000,",
        "requests_per_second: 1000, requests_per_day: 4, reserve: 0.25, timezone: America/New_York,",
    )

    def ingest(now=NOW, **given):
        (outcome,) = pipeline.ingest(lake.execution(streams=("orders",), now=lambda: now, **given))
        return outcome

    return ingest


def counted(lake, day):
    return QuotaLedger(FolderStorage(lake.folder), "small").reserved(day)


def test_the_days_requests_are_counted_over_executions(api, lake, orders):
    first = orders()
    assert (first.status, first.records, first.resume_at) == ("incomplete", 6, NEXT_DAY)
    assert len(api.asked) == 3

    again = orders(NOW + timedelta(minutes=5))
    assert (again.status, again.resume_at, len(api.asked)) == ("incomplete", NEXT_DAY, 3)

    last = orders(NOW + timedelta(hours=9))
    assert (last.status, last.records, last.run_id) == ("complete", 7, first.run_id)
    assert len(api.asked) == 4
    assert (counted(lake, "2026-11-24"), counted(lake, "2026-11-25")) == (3, 1)


def test_executions_side_by_side_share_the_days_requests(api, lake, orders):
    lake.text = lake.text.replace("requests_per_day: 4", "requests_per_day: 8")
    statuses = []

    def run(stream):
        (outcome,) = pipeline.ingest(lake.execution(streams=(stream,), now=lambda: NOW))
        statuses.append(outcome.status)

    threads = [threading.Thread(target=run, args=(stream,)) for stream in ("orders", "shops")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(statuses) == ["complete", "complete"]  # four pages and two
    assert (len(api.asked), counted(lake, "2026-11-24")) == (6, 6)


def test_what_was_reserved_and_not_asked_is_there_for_the_next_execution(api, lake, orders):
    lake.text = lake.text.replace("requests_per_day: 4", "requests_per_day: 4000")

    assert orders().status == "complete"

    assert (len(api.asked), counted(lake, "2026-11-24")) == (4, 4)


def test_the_end_of_a_long_window_saves_the_run_before_a_request_is_refused(api, lake, orders):
    lake.text = lake.text.replace("requests_per_day: 4, ", "")
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800"}
    page = json.dumps({"data": api.records["/orders"][2:4], "next": "4"}).encode()
    api.before = lambda target, count: (200, spent, page) if count == 2 else None

    outcome = orders()

    assert (outcome.status, outcome.records) == ("incomplete", 4)
    assert (
        timedelta(0) <= NOW + timedelta(minutes=30) - datetime.fromisoformat(outcome.resume_at) < timedelta(seconds=5)
    )
    assert len(api.asked) == 2

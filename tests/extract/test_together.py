"""Slices side by side: what the failure of one means for the others."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glue_lib.api.exchange import Response
from glue_lib.landing.positions import Positions
from tests.feed import Feed, Lake, days


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def failing_in(*months: str) -> Callable[[dict[str, str]], Response | None]:
    return lambda query: Response(400, {}, b'{"message": "no"}') if query["since"][:7] in months else None


MONTHS = "{field: at, from: query.since, until: query.until, start: 2025-09-01, slice: 1mo}"


def test_one_slice_that_fails_does_not_waste_the_others(lake: Lake):
    api = Feed(*days(150, "2025-09-15"))
    api.instead = failing_in("2025-11")

    outcome = lake.ingest(api, MONTHS, limit=50)

    assert (outcome.status, outcome.evidence["whole_slices"], outcome.evidence["slices"]) == ("failed", 5, 6)
    assert list(outcome.evidence["failed_slices"]) == ["2025-11-01T00:00:00Z..2025-12-01T00:00:00Z"]
    assert "1 of 6 slices failed (2025-11-01T00:00:00Z..2025-12-01T00:00:00Z); the others are whole" in str(
        outcome.error
    )
    assert Positions(lake.storage, "small", "things").landed() is None

    api.instead = lambda query: None
    api.asked.clear()
    lake.ingest(api, MONTHS, limit=50)

    assert {query["since"][:7] for query in api.asked} == {"2025-11"}
    assert sorted(lake.landed()) == list(range(1, 151))


@pytest.mark.parametrize(("status", "asked"), [(401, 1), (403, 1)])
def test_a_failure_that_concerns_all_stops_all(lake: Lake, status: int, asked: int):
    api = Feed(*days(150, "2025-09-15"))
    api.instead = lambda query: Response(status, {}, b"")

    outcome = lake.ingest(api, MONTHS, limit=50)

    assert (outcome.status, len(api.asked)) == ("failed", asked)
    assert len(outcome.evidence["waiting_slices"]) == 5


def test_where_others_became_whole_a_403_is_one_slice_s_matter(lake: Lake):
    api = Feed(*days(150, "2025-09-15"))
    api.instead = lambda query: Response(403, {}, b"") if query["since"][:7] == "2025-11" else None

    assert lake.ingest(api, MONTHS, limit=50).evidence["whole_slices"] == 5


def test_an_api_that_fails_slice_after_slice_is_left_in_peace(lake: Lake):
    api = Feed(*days(150, "2025-01-15"))
    api.instead = lambda query: Response(400, {}, b"")

    outcome = lake.ingest(api, MONTHS.replace("2025-09-01", "2024-01-01"))

    assert (outcome.status, len(api.asked)) == ("failed", 5)


def test_side_by_side_slices_fail_alone_too(lake: Lake):
    api = Feed(*days(150, "2025-09-15"))
    api.instead = failing_in("2025-10", "2025-12")

    outcome = lake.ingest(api, MONTHS, limit=50, concurrency=4)

    assert outcome.evidence["whole_slices"] == 4
    assert len(outcome.evidence["failed_slices"]) == 2


def test_a_wait_too_long_to_sit_out_leaves_the_rest_for_later_and_keeps_what_is_whole(lake: Lake):
    api = Feed(*days(150, "2025-09-15"))
    asks_to_wait = Response(429, {"Retry-After": "100000"}, b"")
    api.instead = lambda query: asks_to_wait if query["since"][:7] == "2025-11" else None

    outcome = lake.ingest(api, MONTHS, limit=50)

    assert (outcome.status, outcome.evidence["whole_slices"]) == ("incomplete", 2)
    assert outcome.resume_at is not None
    assert "failed_slices" not in outcome.evidence

    api.instead = lambda query: None
    assert lake.ingest(api, MONTHS, limit=50).run_id == outcome.run_id
    assert sorted(lake.landed()) == list(range(1, 151))


def test_what_is_no_matter_of_the_api_s_is_raised_as_it_is(lake: Lake):
    api = Feed(*days(150, "2025-09-15"))
    api.instead = lambda query: ZeroDivisionError() if query["since"][:7] == "2025-10" else None

    with pytest.raises(ZeroDivisionError):
        lake.ingest(api, MONTHS, limit=50)

    assert {query["since"][:7] for query in api.asked} == {"2025-09", "2025-10"}

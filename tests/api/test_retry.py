from datetime import UTC, datetime

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.retry import Deferred, Retry, pause, retry_after
from glue_lib.errors import ApiError

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2),
        ("0", 0),
        ("2.0", 2),
        ("0.25", 0.25),
        (" 7 ", 7),
        ("Tue, 24 Nov 2026 08:30:30 GMT", 30),
        ("Tue, 24 Nov 2026 08:29:00 GMT", 0),
        ("Tuesday, 24-Nov-26 08:31:00 GMT", 60),
        (str(int(NOW.timestamp()) + 45), 45),
        (str(int(NOW.timestamp()) - 45), 0),
        ("999999999", 999999999),
        (str(int(NOW.timestamp()) * 1000 + 45_000), 45),
        ("17640000000000000", None),
        ("1m30s", 90),
        ("250ms", 0.25),
        ("2026-11-24T08:31:00Z", 60),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("24 Nov", None),
    ],
)
def test_reads_every_form_of_retry_after(text, seconds):
    assert retry_after(Response(429, {"retry-after": text}), NOW) == seconds


def test_no_header_asks_for_nothing():
    assert retry_after(Response(429), NOW) is None


def test_a_date_counts_from_the_clock_of_the_api():
    headers = {"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}

    assert retry_after(Response(503, headers), NOW) == 30


@pytest.mark.parametrize(
    ("status", "asked", "attempt", "seconds"),
    [
        (429, 7.5, 1, 7.5),
        (429, 0.0, 1, 0.0),
        (503, None, 1, 1),
        (503, None, 2, 2),
        (503, None, 4, 8),
        (503, None, 7, 60),
        (503, None, 8, None),
        (429, 7.5, 8, None),
        (429, 3600.0, 8, 3600),
        (None, None, 3, 4),
        (None, None, 8, None),
        (403, None, 1, None),
        (403, 60.0, 1, 60),
        (400, 60.0, 1, None),
        (401, None, 1, None),
        (404, None, 1, None),
    ],
)
def test_decides_how_long_to_wait(status, asked, attempt, seconds):
    assert pause(Retry(), status=status, asked=asked, attempt=attempt) == seconds


def test_a_throttle_passes_whatever_its_status():
    assert pause(Retry(), status=200, asked=None, attempt=2, is_throttled=True) == 2
    assert pause(Retry(), status=403, asked=None, attempt=8, is_throttled=True) is None
    assert pause(Retry(), status=403, asked=3600.0, attempt=8, is_throttled=True) == 3600


def test_waits_are_spread_by_chance():
    assert pause(Retry(), status=503, asked=None, attempt=3, chance=0.0) == 2
    assert pause(Retry(), status=503, asked=None, attempt=3, chance=0.5) == 3


def test_what_the_file_says_counts():
    retry = Retry(statuses=(418,), tries=2, base_seconds=0.5, cap_seconds=0.5)

    assert pause(retry, status=418, asked=None, attempt=1) == 0.5
    assert pause(retry, status=418, asked=None, attempt=2) is None
    assert pause(retry, status=503, asked=None, attempt=1) is None


def test_a_thousandth_wait_is_still_a_number():
    assert pause(Retry(tries=10_000), status=503, asked=None, attempt=5000) == 60


def test_a_deferred_run_knows_when_it_can_go_on():
    error = Deferred("come back", NOW)

    assert isinstance(error, ApiError)
    assert (str(error), error.resume_at) == ("come back", NOW)

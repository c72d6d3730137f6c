from datetime import UTC, datetime

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.resets import clock_of, http_date, seconds_until

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 2.5 ", 2.5),
        (str(EPOCH + 45), 45),
        (str(EPOCH - 45), 0),
        (f"{EPOCH + 1}.5", 1.5),
        (str(EPOCH * 1000 + 45_000), 45),
        ("999999999", 999_999_999),
        ("250ms", 0.25),
        ("1s", 1),
        ("6m0s", 360),
        ("1h2m3.5s", 3723.5),
        ("2m", 120),
        ("2026-11-24T08:31:00Z", 60),
        ("2026-11-24T08:31:00.250Z", 60.25),
        ("2026-11-24T08:31Z", 60),
        ("2026-11-24T09:31:00+01:00", 60),
        ("2026-11-24 08:31:00", 60),
        ("2026-11-24 08:31:00 UTC", 60),
        ("2026-11-24 08:31:00 +0000", 60),
        ("2026-11-24 08:31:00 +0000 UTC", 60),
        ("2026-11-24T08:29:00Z", 0),
        ("Tue, 24 Nov 2026 08:31:00 GMT", 60),
        ("Tue, 24 Nov 2026 09:31:00 +0100", 60),
    ],
)
def test_reads_every_form_of_a_reset(text, seconds):
    assert seconds_until(text, NOW) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-5", "nan", "inf", "1e3", "0x10", "24 Nov", "h", "99999999999999999", "20000000000", "1, 2", "१२"],
)
def test_what_means_nothing_is_nothing(text):
    assert seconds_until(text, NOW) is None


def test_a_number_may_count_milliseconds():
    assert seconds_until("3000", NOW, unit_seconds=0.001) == 3
    assert seconds_until(str(EPOCH + 45), NOW, unit_seconds=0.001) == 45


def test_the_clock_is_that_of_the_api_where_it_tells_it():
    assert clock_of(Response(200, {"date": "Tue, 24 Nov 2026 12:00:00 GMT"}), NOW) == datetime(
        2026, 11, 24, 12, tzinfo=UTC
    )
    assert clock_of(Response(200, {"Date": "noon"}), NOW) == NOW
    assert clock_of(Response(200), NOW) == NOW


@pytest.mark.parametrize(
    "text",
    [
        *("", "Tue", "Tue, 99 Nov 2026 08:31:00 GMT", "\x00", "24 Nov 2026 08:31:00 +9999"),
        *("Tue, 24 Nov 99999999999999999999 08:31:00 GMT", "Tue, 24 Nov 2026 08:31:00 +99999999999999"),
    ],
)
def test_a_broken_date_is_none(text):
    assert http_date(text) is None

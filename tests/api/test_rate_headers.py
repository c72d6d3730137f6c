from datetime import UTC, datetime

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.rate_headers import Allowance, allowances

NOW = datetime(2026, 11, 24, 8, 30, 15, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


def read(headers, status=200):
    return list(allowances(Response(status, headers), NOW))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(
            {
                "x-ratelimit-limit": "5000",
                "x-ratelimit-remaining": "4999",
                "x-ratelimit-used": "1",
                "x-ratelimit-reset": str(EPOCH + 60),
                "x-ratelimit-resource": "core",
            },
            [Allowance("core", 4999, 5000, 60)],
            id="GitHub: an epoch",
        ),
        pytest.param(
            {"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "699"}, [Allowance("", 699, 700)], id="Zendesk: no reset"
        ),
        pytest.param(
            {"RateLimit-Limit": "10, 150;w=60", "RateLimit-Remaining": "3", "RateLimit-Reset": "4"},
            [Allowance("", 3, 10, 4)],
            id="an early draft: a delta",
        ),
        pytest.param(
            {"RateLimit-Policy": '"burst";q=100;w=60, "day";q=9;w=1', "RateLimit": '"burst";r=50;t=30, "day";r=1;t=3'},
            [Allowance("burst", 50, 100, 30), Allowance("day", 1, 9, 3)],
            id="the draft with names",
        ),
        pytest.param({"RateLimit": '"default";r=50;t=30'}, [Allowance("default", 50, None, 30)], id="without a policy"),
        pytest.param({"RateLimit": '"default";r=50'}, [Allowance("default", 50, None, None)], id="without a time"),
        pytest.param(
            {"RateLimit": "limit=100, remaining=50, reset=5"}, [Allowance("", 50, 100, 5)], id="a draft in between"
        ),
        pytest.param(
            {
                "X-HubSpot-RateLimit-Daily": "500000",
                "X-HubSpot-RateLimit-Daily-Remaining": "499",
                "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
                "X-HubSpot-RateLimit-Max": "100",
                "X-HubSpot-RateLimit-Remaining": "99",
                "X-HubSpot-RateLimit-Secondly": "10",
                "X-HubSpot-RateLimit-Secondly-Remaining": "9",
            },
            [
                Allowance("daily", 499, 500000, None, is_daily=True),
                Allowance("", 99, 100, 10),
                Allowance("secondly", 9, 10, 1),
            ],
            id="HubSpot: three at once",
        ),
        pytest.param(
            {"X-Shopify-Shop-Api-Call-Limit": "32/40"},
            [Allowance("", 8, 40, None)],
            id="Shopify: a fraction of what is used",
        ),
        pytest.param(
            {"Sforce-Limit-Info": "api-usage=18/15000"},
            [Allowance("api-usage", 14982, 15000, 3600, is_daily=True)],
            id="Salesforce: over the last 24 hours",
        ),
        pytest.param(
            {"Sforce-Limit-Info": "api-usage=18/15000; per-app-api-usage=260/250(appName=sample)"},
            [
                Allowance("api-usage", 14982, 15000, 3600, is_daily=True),
                Allowance("per-app-api-usage", 0, 250, 3600, is_daily=True),
            ],
            id="Salesforce: one of them overdrawn",
        ),
        pytest.param(
            {
                "X-RateLimit-Limit": "350",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": "2026-11-24T08:31Z",
                "X-RateLimit-NearLimit": "true",
                "RateLimit-Reason": "jira-quota",
            },
            [Allowance("", 0, 350, 45)],
            id="Jira: ISO 8601",
        ),
        pytest.param(
            {
                "X-Rate-Limit-Requests-Left": "10",
                "X-Rate-Limit-Requests-Quota": "150",
                "X-Rate-Limit-Time-Reset-Ms": "3000",
                "X-Rate-Limit-Time-Window-Ms": "30000",
            },
            [Allowance("requests", 10, 150, 3)],
            id="milliseconds",
        ),
        pytest.param(
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "1m30.5s",
                "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-tokens": "149984",
                "x-ratelimit-reset-tokens": "6ms",
            },
            [Allowance("requests", 59, 60, 90.5), Allowance("tokens", 149984, 150000, 0.006)],
            id="two limits in spans",
        ),
        pytest.param(
            {"X-DayLimit-Remaining": "4990", "X-MinLimit-Remaining": "59"},
            [Allowance("day", 4990, is_daily=True), Allowance("min", 59, None, 45)],
            id="units without a reset end with the unit",
        ),
        pytest.param(
            {"X-RateLimit-Limit-Minute": "60", "X-RateLimit-Remaining-Minute": "5", "X-RateLimit-Limit-Month": "9"},
            [Allowance("minute", 5, 60, 45)],
            id="a gateway's units",
        ),
        pytest.param(
            {"X-RateLimit-Limit": "100", "X-RateLimit-Used": "101", "X-RateLimit-Reset-After": "1.5"},
            [Allowance("", 0, 100, 1.5)],
            id="used more than there is",
        ),
        pytest.param(
            {"X-RateLimit-Limit": "5, 100", "X-RateLimit-Remaining": "4, 2", "X-RateLimit-Reset": "7, 60"},
            [Allowance("", 2, 5, 7)],
            id="headers that came twice",
        ),
        pytest.param(
            {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "-3", "X-RateLimit-Reset": "9"},
            [Allowance("", 0, 100, 9)],
            id="overdrawn",
        ),
    ],
)
def test_reads_the_forms_of_apis(headers, expected):
    assert read(headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Limit": "-1", "X-RateLimit-Remaining": "-1"},
        {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0"},
        {"X-RateLimit-Remaining": "-1"},
        {"X-RateLimit-Remaining": "unlimited", "X-RateLimit-Limit": "unlimited"},
        {"X-RateLimit-Limit": "100"},
        {"X-RateLimit-Reset": "100"},
        {"x-amzn-RateLimit-Limit": "0.5"},
        {"X-App-Rate-Limit": "20:1,100:120"},
        {"Content-Length": "12", "X-Upload-Limit": "5MB", "Accept-Ranges": "1/2"},
        {"RateLimit": "garbage;;;r=1", "Sforce-Limit-Info": "api-usage=1/0"},
        {"X-Shopify-Shop-Api-Call-Limit": "32/40/50"},
        {"X-RateLimit-Remaining": "9" * 400},
    ],
)
def test_what_is_no_limit_is_not_read(headers):
    assert read(headers) == []


def test_an_absolute_reset_counts_from_the_clock_of_the_api():
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(EPOCH), "Date": "Tue, 24 Nov 2026 08:29:45 GMT"}

    assert read(headers) == [Allowance("", 0, None, 30)]


@pytest.mark.parametrize("reset", ["999999999", "2099-01-01T00:00:00Z", "never"])
def test_a_reset_beyond_belief_is_unknown(reset):
    assert read({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}) == [Allowance("", 0)]


def test_long_headers_are_read_in_no_time():
    hostile = {"x-" + "a-" * 20_000 + "limit": "1", "RateLimit": '"a";r=1' * 5000, "X-Call-Limit": "1/" * 20_000}

    assert len(read(hostile)) < 6000

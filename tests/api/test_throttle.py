import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.throttle import Throttle, asked_seconds, throttle_of

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
UNTIL_MIDNIGHT = 15.5 * 3600


def answer(status, said=None, headers=None):
    return Response(status, headers or {}, b"" if said is None else json.dumps(said).encode())


def shopify(available, price=252, restore=100):
    status = {"maximumAvailable": 2000, "currentlyAvailable": available, "restoreRate": restore}
    cost = {"requestedQueryCost": price, "actualQueryCost": None, "throttleStatus": status}
    return {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": cost},
    }


@pytest.mark.parametrize(
    ("response", "wait_seconds"),
    [
        pytest.param(answer(429), None, id="no word of when"),
        pytest.param(answer(429, headers={"Retry-After": "2.0"}), 2, id="decimals"),
        pytest.param(answer(429, headers={"retry-after-ms": "1500", "Retry-After": "2"}), 1.5, id="milliseconds"),
        pytest.param(answer(420), None, id="an old status for it"),
        pytest.param(answer(503, headers={"Retry-After": "7"}), 7, id="503 with a time"),
        pytest.param(
            answer(429, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(EPOCH + 90)}),
            90,
            id="the reset of a limit that is used up",
        ),
        pytest.param(
            answer(429, headers={"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": str(EPOCH + 90)}),
            None,
            id="the reset of another limit says nothing",
        ),
        pytest.param(
            answer(429, headers={"X-DayLimit-Remaining": "0", "X-MinLimit-Remaining": "0"}),
            UNTIL_MIDNIGHT,
            id="of two that are used up, the longer",
        ),
        pytest.param(
            answer(
                403,
                {"message": "API rate limit exceeded"},
                {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 600)},
            ),
            600,
            id="GitHub: primary",
        ),
        pytest.param(
            answer(403, {"message": "You have exceeded a secondary rate limit."}, {"retry-after": "30"}),
            30,
            id="GitHub: secondary",
        ),
        pytest.param(
            answer(403, {"message": "You have exceeded a secondary rate limit."}, {"x-ratelimit-remaining": "4000"}),
            60,
            id="GitHub: secondary, without a time",
        ),
        pytest.param(
            answer(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]),
            3600,
            id="Salesforce: over 24 hours",
        ),
        pytest.param(
            answer(
                429,
                {"status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY"},
                {"X-HubSpot-RateLimit-Remaining": "0", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"},
            ),
            UNTIL_MIDNIGHT,
            id="HubSpot: the day's",
        ),
        pytest.param(
            answer(
                429,
                {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"},
                {"X-HubSpot-RateLimit-Remaining": "0", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"},
            ),
            10,
            id="HubSpot: ten seconds'",
        ),
        pytest.param(
            answer(403, {"error": {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}]}}), None, id="Google"
        ),
        pytest.param(
            answer(403, {"error": {"errors": [{"reason": "dailyLimitExceeded"}]}}),
            UNTIL_MIDNIGHT,
            id="Google: the day's",
        ),
        pytest.param(answer(400, {"errors": [{"extensions": {"code": "RATELIMITED"}}]}), None, id="400"),
        pytest.param(answer(200, {"ok": False, "error": "ratelimited"}, {"Retry-After": "5"}), 5, id="Slack"),
        pytest.param(answer(200, {"ok": False, "error": "ratelimited"}), None, id="Slack: without a time"),
        pytest.param(answer(200, shopify(available=52)), 2, id="Shopify: until the query can be paid for"),
        pytest.param(answer(200, {"data": None, "errors": [{"type": "RATE_LIMITED"}]}), None, id="GitHub: GraphQL"),
        pytest.param(answer(429, headers={"Retry-After": "999999999"}), None, id="beyond belief"),
    ],
)
def test_knows_a_throttle(response, wait_seconds):
    assert throttle_of(response, NOW) == Throttle(wait_seconds)


@pytest.mark.parametrize(
    "response",
    [
        answer(200, {"data": [{"error": "ratelimited"}]}),
        answer(200, {"data": [1], "errors": []}),
        answer(200, {"type": "throttled", "errors": None, "data": []}),
        answer(200, {"errors": [{"message": "a limit of 5 was thrown at us: throttled"}]}),
        answer(200, {"errors": [{"extensions": {"code": "ACCESS_DENIED", "limit": 1}}]}),
        Response(200, {}, b'{"errors": [THROTTLED'),
        Response(200, {}, b'{"errors": "throttled' + b" " * 100_000 + b'"}'),
        answer(403),
        answer(403, {"message": "Resource not accessible; rate limits are documented elsewhere"}),
        answer(
            403,
            {"message": "this token may not read the rate limits"},
            {"x-ratelimit-remaining": "12", "x-ratelimit-reset": str(EPOCH + 9)},
        ),
        answer(401, {"error": "ratelimited"}),
        answer(404, headers={"Retry-After": "5"}),
        answer(500, {"error": "ratelimited"}),
        answer(503),
    ],
)
def test_what_is_no_throttle_is_none(response):
    assert throttle_of(response, NOW) is None


def test_a_day_ends_in_the_zone_of_the_api():
    spent = answer(429, {"policyName": "DAILY"})

    assert throttle_of(spent, NOW, ZoneInfo("America/New_York")) == Throttle(20.5 * 3600)


def test_a_failure_may_ask_for_a_wait_without_being_a_throttle():
    down = answer(500, headers={"Retry-After": "4"})

    assert throttle_of(down, NOW) is None
    assert asked_seconds(down, NOW) == 4
    assert asked_seconds(answer(500), NOW) is None
    assert asked_seconds(answer(500, headers={"Retry-After": "999999999"}), NOW) is None


def test_deeply_nested_codes_are_no_trap():
    deep = b'{"errors":' + b'[{"errors":' * 5000 + b'"throttled"' + b"}]" * 5000 + b"}"

    assert throttle_of(Response(400, {}, deep), NOW) is None

import json
from datetime import UTC, datetime

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.api.query_cost import query_cost
from glue_lib.api.rate_headers import Allowance

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def text(price=200, available=1000, most=2000, restore=100, data=None):
    status = {"maximumAvailable": most, "currentlyAvailable": available, "restoreRate": restore}
    cost = {"requestedQueryCost": price, "actualQueryCost": 5, "throttleStatus": status}
    return json.dumps({"data": data or {"orders": []}, "extensions": {"cost": cost}}).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (text(), Allowance("query cost", 5, 10, 2)),
        (text(available=1150), Allowance("query cost", 5, 10, 0.5)),
        (text(available=52, price=252), Allowance("query cost", 0, 7, 2)),
        (text(price=1.5, available=3.0), Allowance("query cost", 2, 1333, 0.015)),
        (text(data={"orders": ["x" * 100_000]}), Allowance("query cost", 5, 10, 2)),
        (text(data={"extensions": {"cost": "none"}, "throttleStatus": 1}), Allowance("query cost", 5, 10, 2)),
    ],
)
def test_counts_queries_such_as_this_one(body, expected):
    assert query_cost(Response(200, {}, body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"data": {"orders": []}}',
        json.dumps({"data": ['"extensions": {"cost": {"throttleStatus"']}).encode(),
        b'{"extensions": {"cost": {"throttleStatus": {}}}}',
        b'{"extensions": {"cost": {"throttleStatus": null, "requestedQueryCost": 3}}}',
        text(price=-5),
        text(restore=0),
        text(available="many"),
        text(price=1e30),
        text()[:-20],
        b"\xff" + b'"throttleStatus"' + b"\xff",
    ],
)
def test_what_tells_no_cost_is_none(body):
    assert query_cost(Response(200, {}, body)) is None


def test_a_body_in_a_file_is_not_looked_into():
    assert query_cost(Response(200, {}, Body.of([text()], in_memory=10))) is None

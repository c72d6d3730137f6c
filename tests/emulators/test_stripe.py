import base64
from typing import Any

import pytest

from emulators.kit import Answer
from emulators.stripe import EMBEDDED, KEY, Stripe

from .caller import Caller, Clock


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Stripe(clock), clock, Authorization=f"Bearer {KEY}")


def behind_last(path: str, params: str = "limit=100") -> Any:
    def follow(page: Answer) -> str | None:
        return f"{path}?{params}&starting_after={page.body['data'][-1]['id']}" if page.body["has_more"] else None

    return follow


def test_walks_newest_first_behind_the_last_record(caller: Caller):
    pages = list(caller.walk("/v1/charges?limit=100", behind_last("/v1/charges")))

    records = [one for page in pages for one in page.body["data"]]
    assert records == caller.emulator.truth()["charges"]
    assert [len(page.body["data"]) for page in pages] == [100, 100, 60]
    assert sorted((one["created"] for one in records), reverse=True) == [one["created"] for one in records]


@pytest.mark.parametrize(
    ("query", "count"), [("", 10), ("?limit=100", 100), ("?limit=3", 3), ("?created[lt]=1", 0), ("?created[gte]=1", 10)]
)
def test_a_page_has_ten_or_as_many_as_asked(caller: Caller, query: str, count: int):
    assert len(caller.get(f"/v1/customers{query}").body["data"]) == count


@pytest.mark.parametrize(
    ("target", "status", "told"),
    [
        ("/v1/charges?limit=101", 400, "between 1 and 100"),
        ("/v1/charges?limit=x", 400, "Invalid integer"),
        ("/v1/charges?starting_after=ch_none", 400, "No such charge: 'ch_none'"),
        ("/v1/charges?starting_after=a&ending_before=b", 400, "only specify one"),
        ("/v1/invoices/in_none/lines", 404, "No such invoice"),
        ("/v1/nothing", 404, "Unrecognized request URL"),
        ("/v1/charges?created[gte]=2025", 200, ""),
        ("/v1/charges?created[gte]=2025-01-01", 400, "Invalid integer"),
    ],
)
def test_tells_what_is_wrong_in_its_own_form(caller: Caller, target: str, status: int, told: str):
    answer = caller.get(target)

    assert answer.status == status
    assert status == 200 or told in answer.body["error"]["message"]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {KEY}", 200),
        ("Basic " + base64.b64encode(f"{KEY}:".encode()).decode(), 200),
        ("Basic " + base64.b64encode(f"{KEY}:password".encode()).decode(), 401),
        ("Bearer wrong", 401),
        ("", 401),
    ],
)
def test_takes_the_key_as_bearer_or_as_user_without_password(caller: Caller, authorization: str, status: int):
    answer = caller.get("/v1/charges", Authorization=authorization)

    assert answer.status == status
    assert "wrong" not in str(answer.body)


def test_a_list_inside_a_record_is_cut_and_goes_on_where_it_says(caller: Caller):
    shown = {one["id"]: one for one in caller.get("/v1/invoices?limit=100").body["data"]}
    whole = next(one for one in caller.emulator.truth()["invoices"] if len(one["lines"]["data"]) == 25)

    lines = shown[whole["id"]]["lines"]
    rest = list(caller.walk(lines["url"] + f"?starting_after={lines['data'][-1]['id']}", behind_last(lines["url"], "")))

    assert (len(lines["data"]), lines["has_more"]) == (EMBEDDED, True)
    assert lines["data"] + [one for page in rest for one in page.body["data"]] == whole["lines"]["data"]


def test_the_rest_of_a_subscription_is_found_by_a_parameter(caller: Caller):
    shown = caller.get("/v1/subscriptions?limit=100").body["data"]
    cut = next(one["items"] for one in shown if one["items"]["has_more"])

    assert caller.get(cut["url"] + "&limit=100").body["data"][:EMBEDDED] == cut["data"]


def test_a_search_pages_by_a_token_of_its_own(caller: Caller):
    found = caller.get("/v1/charges/search?query=created>0&limit=100")
    pages = list(
        caller.walk(
            "/v1/charges/search?query=created>0&limit=100",
            lambda page: (
                page.body["next_page"] and f"/v1/charges/search?query=created>0&limit=100&page={page.body['next_page']}"
            ),
        )
    )

    assert found.body["object"] == "search_result"
    assert sum(len(page.body["data"]) for page in pages) == len(caller.emulator.truth()["charges"])
    assert pages[-1].body["next_page"] is None


def test_too_many_calls_are_refused_for_a_moment(caller: Caller):
    answers = [caller.get("/v1/customers") for _ in range(16)]

    assert [answer.status for answer in answers] == [200] * 15 + [429]
    assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    caller.clock.now += 0.2
    assert caller.get("/v1/customers").status == 200


def test_a_refund_shows_in_the_events_only(caller: Caller):
    changed = caller.emulator.change()

    refunded = changed["events"][0]["data"]["object"]
    since = f"created[gte]={int(caller.clock.now)}"
    assert refunded["amount_refunded"] == 500
    assert [one["id"] for one in caller.get(f"/v1/charges?{since}").body["data"]] == [changed["charges"][0]["id"]]
    assert caller.get(f"/v1/events?{since}").body["data"] == changed["events"]

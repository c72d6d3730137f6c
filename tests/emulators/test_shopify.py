from typing import Any

import pytest

from emulators.kit import Answer
from emulators.shopify import SHOP, TOKEN, Shopify

from .caller import Caller, Clock, linked

ORDERS = f"{SHOP}/orders.json"
QUERY = (
    "query($first: Int!, $after: String, $query: String) { products(first: $first, after: $after) { nodes { id } } }"
)


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    caller = Caller(Shopify(clock), clock, X_Shopify_Access_Token=TOKEN)
    assert caller.get(ORDERS).status == 429  # another app has filled the bucket, and used up the points
    assert "errors" in products(caller).body
    clock.now += 1.75
    return caller


def products(caller: Caller, **variables: Any) -> Answer:
    return caller.post(f"{SHOP}/graphql.json", {"query": QUERY, "variables": {"first": 40} | variables})


def test_orders_are_linked_by_a_sealed_page(caller: Caller):
    pages = list(caller.walk(f"{ORDERS}?limit=50&status=any", linked))

    records = [one for page in pages for one in page.body["orders"]]
    assert records == list(reversed(caller.emulator.truth()["orders"]))
    assert [bool(linked(page, "previous")) for page in pages] == [False, True, True, True, True, True]
    assert "status" not in str(linked(pages[0]))


def test_one_page_has_no_link(caller: Caller):
    assert "Link" not in caller.get(f"{ORDERS}?limit=250&status=any&updated_at_min=2025-06-01T00:00:00Z").headers


@pytest.mark.parametrize("name", ["status", "updated_at_min", "order"])
def test_nothing_but_limit_and_fields_may_stand_beside_page_info(caller: Caller, name: str):
    following = linked(caller.get(f"{ORDERS}?status=any"))

    answer = caller.get(f"{following}&{name}=any")

    assert (answer.status, answer.body) == (
        400,
        {"errors": {name: [f"{name} cannot be passed when page_info is present"]}},
    )


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", lambda one: one["closed_at"] is None),
        ("&status=closed", lambda one: one["closed_at"] is not None),
        ("&status=any&updated_at_min=2025-04-01T00:00:00Z", lambda one: one["updated_at"] >= "2025-03-31T20:00:00"),
        ("&status=any&updated_at_max=2025-04-01T00:00:00Z", lambda one: one["updated_at"] <= "2025-03-31T20:00:00"),
    ],
)
def test_orders_are_filtered(caller: Caller, query: str, wanted: Any):
    found = caller.get(f"{ORDERS}?limit=250{query}").body["orders"]

    assert {one["id"] for one in found} == {one["id"] for one in caller.emulator.truth()["orders"] if wanted(one)}


def test_the_bucket_is_told_as_a_fraction_and_a_full_one_refuses_with_a_decimal(caller: Caller):
    answers = [caller.get(ORDERS) for _ in range(41)]

    assert answers[0].headers["X-Shopify-Shop-Api-Call-Limit"] == "1/40"
    assert [answer.status for answer in answers] == [200] * 40 + [429]
    assert answers[-1].headers["Retry-After"] == "0.5"
    caller.clock.now += 0.5
    assert caller.get(ORDERS).status == 200


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_refused(caller: Caller, token: str):
    assert caller.get(ORDERS, X_Shopify_Access_Token=token).status == 401


def test_products_go_on_after_the_cursor_of_the_connection(caller: Caller):
    found, after, pages = [], None, 0
    while True:
        page = products(caller, after=after).body["data"]["products"]
        found, after, pages = found + page["nodes"], page["pageInfo"]["endCursor"], pages + 1
        caller.clock.now += 1
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert (found, pages) == (caller.emulator.truth()["products"], 3)


def test_a_query_that_costs_too_much_is_throttled_under_200(caller: Caller):
    answers = [products(caller) for _ in range(5)]

    assert {answer.status for answer in answers} == {200}
    assert ["errors" in answer.body for answer in answers] == [False] * 4 + [True]
    assert answers[-1].body["errors"][0]["extensions"]["code"] == "THROTTLED"
    status = answers[-1].body["extensions"]["cost"]["throttleStatus"]
    assert (status["currentlyAvailable"], status["restoreRate"]) == (30, 200)
    caller.clock.now += 0.3
    assert "errors" not in products(caller).body


@pytest.mark.parametrize("variables", [{"first": 251}, {"first": None}])
def test_what_is_wrong_with_a_query_is_told_under_200(caller: Caller, variables: dict[str, Any]):
    answer = products(caller, **variables)

    assert answer.status == 200 and answer.body["errors"]

from typing import Any

import pytest

from emulators.hubspot import SEARCH_CAP, TOKEN, HubSpot
from emulators.kit import Answer, Record

from .caller import Caller, Clock

COMPANIES = "/crm/v3/objects/companies"
DEALS = "/crm/v3/objects/deals/search"


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(HubSpot(clock), clock, Authorization=f"Bearer {TOKEN}")


def search(caller: Caller, **asked: Any) -> Answer:
    return caller.post(DEALS, {"limit": 20} | asked)


def between(low: int, high: int) -> list[Record]:
    name = "hs_lastmodifieddate"
    bounds = [("GTE", low), ("LT", high)]
    return [{"filters": [{"propertyName": name, "operator": sign, "value": str(at)} for sign, at in bounds]}]


def test_a_list_goes_on_after_a_token_which_is_absent_at_the_end(caller: Caller):
    first = caller.get(f"{COMPANIES}?limit=100")
    last = caller.get(f"{COMPANIES}?limit=100&after={first.body['paging']['next']['after']}")

    ids = [one["id"] for page in (first, last) for one in page.body["results"]]
    assert ids == [one["id"] for one in caller.emulator.truth()["companies"]]
    assert "paging" not in last.body


def test_a_record_has_the_properties_that_are_asked_for_and_all_are_text(caller: Caller):
    (plain,) = caller.get(f"{COMPANIES}?limit=1").body["results"]
    (asked,) = caller.get(f"{COMPANIES}?limit=1&properties=name,none").body["results"]

    assert set(plain["properties"]) == {"hs_object_id", "createdate"}
    assert (set(asked["properties"]), asked["properties"]["none"]) == (
        {"hs_object_id", "createdate", "name", "none"},
        None,
    )
    assert all(isinstance(value, str) for value in plain["properties"].values())


def test_associations_are_shown_when_asked_for_and_there_are_some(caller: Caller):
    found = caller.get("/crm/v3/objects/contacts?limit=100&associations=companies").body["results"]
    plain = caller.get("/crm/v3/objects/contacts?limit=100").body["results"]

    assert {"associations" in one for one in found} == {True, False}
    assert not any("associations" in one for one in plain)


def test_a_search_finds_what_changed_in_a_span_and_counts_it(caller: Caller):
    (middle,) = search(caller, limit=1, filterGroups=between(1_740_000_000_000, 1_745_000_000_000)).body["results"]
    whole = search(caller, filterGroups=between(0, 2_000_000_000_000)).body
    part = search(caller, filterGroups=between(1_740_000_000_000, 1_745_000_000_000)).body

    assert whole["total"] == len(caller.emulator.truth()["deals"])
    assert 0 < part["total"] < whole["total"]
    assert "2025-02-19" < middle["updatedAt"][:10] < "2025-04-19"


def test_a_search_sorts_and_goes_on_by_number(caller: Caller):
    sorts = [{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}]
    wanted = ["hs_lastmodifieddate"]

    pages = [search(caller, sorts=sorts, properties=wanted, after=after).body for after in ("0", "20")]

    found = [one["properties"]["hs_lastmodifieddate"] for page in pages for one in page["results"]]
    assert found == sorted(found, reverse=True)
    assert pages[0]["paging"] == {"next": {"after": "20"}}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"after": str(SEARCH_CAP - 20)}, 200),
        ({"after": str(SEARCH_CAP)}, 400),
        ({"limit": 201}, 400),
        ({"after": "MjA="}, 400),
        ({"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "LIKE", "value": "1"}]}]}, 400),
    ],
)
def test_a_search_refuses_what_is_too_far_or_unknown(caller: Caller, asked: dict[str, Any], status: int):
    answer = search(caller, **asked)

    assert answer.status == status
    assert status == 200 or answer.body["status"] == "error"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"{COMPANIES}?limit=101", 400),
        (f"{COMPANIES}?after=none", 400),
        ("/crm/v3/objects/none", 404),
        (f"{COMPANIES}?archived=true", 200),
    ],
)
def test_a_list_tells_what_is_wrong(caller: Caller, target: str, status: int):
    assert caller.get(target).status == status


def test_ten_seconds_are_full_after_so_many_calls_and_lists_tell_it_before(caller: Caller):
    answers = [caller.get(COMPANIES) for _ in range(17)]

    assert [answer.headers["X-HubSpot-RateLimit-Remaining"] for answer in answers[:2]] == ["15", "14"]
    assert answers[-1].status == 429
    assert answers[-1].body["policyName"] == "TEN_SECONDLY_ROLLING"
    caller.clock.now += 1
    assert not [name for name in search(caller).headers if "RateLimit" in name]


def test_a_wrong_token_is_refused(caller: Caller):
    assert caller.get(COMPANIES, Authorization="Bearer wrong").status == 401


def test_a_change_is_found_by_its_moment(caller: Caller):
    changed = caller.emulator.change()["deals"]
    since = int(caller.clock.now * 1000)

    found = search(caller, filterGroups=between(since, since + 1000)).body

    assert {one["id"] for one in found["results"]} == {one["id"] for one in changed}

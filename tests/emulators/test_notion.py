from typing import Any

import pytest

from emulators.kit import Answer
from emulators.notion import MOST, OLD_VERSION, REFERENCES, TOKEN, VERSION, Notion

from .caller import Caller, Clock


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Notion(clock), clock, Authorization=f"Bearer {TOKEN}", Notion_Version=VERSION)


def source(caller: Caller) -> str:
    return str(caller.emulator.truth()["data_sources"][0]["id"])


def query(caller: Caller, **asked: Any) -> Answer:
    return caller.post(f"/v1/data_sources/{source(caller)}/query", asked)


def edited(**bounds: str) -> dict[str, Any]:
    return {"timestamp": "last_edited_time", "last_edited_time": bounds}


def test_a_cursor_goes_back_in_the_body_and_is_null_at_the_end(caller: Caller):
    pages, cursor = [], {}
    while True:
        pages.append(query(caller, page_size=100, **cursor).body)
        if not pages[-1]["has_more"]:
            break
        cursor = {"start_cursor": pages[-1]["next_cursor"]}

    ids = [one["id"] for page in pages for one in page["results"]]
    wanted = [one["id"] for one in caller.emulator.truth()["pages"] if one["_data_sources_id"] == source(caller)]
    assert ids == wanted
    assert len(pages[0]["results"]) == MOST and pages[-1]["next_cursor"] is None


def test_the_last_edits_are_found_by_their_minute(caller: Caller):
    page = query(caller, sorts=[{"timestamp": "last_edited_time", "direction": "ascending"}]).body["results"][3]
    moment = page["last_edited_time"]

    from_it = query(caller, filter=edited(on_or_after=moment)).body["results"]
    before_it = query(caller, filter=edited(before=moment)).body["results"]

    assert moment.endswith(":00.000Z")
    assert page in from_it and page not in before_it
    assert len(before_it) == 3


def test_a_relation_is_cut_and_the_rest_stands_at_its_property(caller: Caller):
    whole = next(one for one in caller.emulator.truth()["pages"] if one["properties"]["Related"]["has_more"])
    (shown,) = (one for one in query(caller).body["results"] if one["id"] == whole["id"])

    related = shown["properties"]["Related"]
    at = f"/v1/pages/{whole['id']}/properties/{related['id']}?page_size=100"
    first = caller.get(at).body
    second = caller.get(f"{at}&start_cursor={first['next_cursor']}").body
    third = caller.get(f"{at}&start_cursor={second['next_cursor']}").body

    items = [one["relation"] for page in (first, second, third) for one in page["results"]]
    assert (len(related["relation"]), related["has_more"]) == (REFERENCES, True)
    assert items == whole["properties"]["Related"]["relation"]
    assert {one["object"] for one in first["results"]} == {"property_item"}


def test_blocks_are_of_many_kinds_and_a_page_may_have_none(caller: Caller):
    pages = caller.emulator.truth()["pages"]
    bodies = [caller.get(f"/v1/blocks/{page['id']}/children").body for page in pages[:12]]

    assert {block["type"] for body in bodies for block in body["results"]} == {"paragraph", "to_do", "divider"}
    assert any(body["results"] == [] and body["has_more"] is False for body in bodies)


def test_an_older_version_asks_databases(caller: Caller):
    path = f"/v1/databases/{source(caller)}/query"

    assert caller.post(path, {}).body["code"] == "invalid_request_url"
    caller.headers["Notion-Version"] = OLD_VERSION
    assert caller.post(path, {}).status == 200


def test_a_search_finds_data_sources(caller: Caller):
    found = caller.post("/v1/search", {"filter": {"property": "object", "value": "data_source"}}).body

    assert found["results"] == caller.emulator.truth()["data_sources"]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"page_size": 101}, 400, "validation_error"),
        ({"page_size": "many"}, 400, "validation_error"),
        ({"start_cursor": "none"}, 400, "validation_error"),
        ({"filter": {"timestamp": "last_edited_time", "last_edited_time": {}}}, 400, "validation_error"),
        ({"filter": edited(on_or_after="yesterday")}, 400, "validation_error"),
        ({"filter": edited(since="2025-01-01")}, 400, "validation_error"),
    ],
)
def test_a_query_tells_what_is_wrong(caller: Caller, asked: dict[str, Any], status: int, code: str):
    answer = query(caller, **asked)

    assert (answer.status, answer.body["object"], answer.body["code"]) == (status, "error", code)


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("GET", "/v1/none", 400, "invalid_request_url"),
        ("POST", "/v1/search", 400, "invalid_json"),
        ("GET", "/v1/blocks/none/children", 404, "object_not_found"),
        ("GET", "/v1/pages/none/properties/x", 404, "object_not_found"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(caller: Caller, method: str, target: str, status: int, code: str):
    answer = caller.call(method, target)

    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Notion-Version": VERSION}, "unauthorized"),
        ({"Authorization": f"Bearer {TOKEN}"}, "missing_version"),
        ({"Authorization": f"Bearer {TOKEN}", "Notion-Version": "1999-01-01"}, "validation_error"),
    ],
)
def test_token_and_version_are_required(caller: Caller, headers: dict[str, str], code: str):
    caller.headers = headers

    assert caller.get("/v1/users").body["code"] == code


def test_too_many_requests_are_told_with_whole_seconds(caller: Caller):
    answers = [caller.get("/v1/users") for _ in range(26)]

    assert [answer.status for answer in answers] == [200] * 25 + [429]
    assert (answers[-1].body["code"], answers[-1].headers["Retry-After"]) == ("rate_limited", "1")

import json
from datetime import datetime
from urllib.parse import quote

import pytest

from demo.platform import Platform
from demo.quota import Quota


def updated_at(record):
    return datetime.fromisoformat(record["updated_at"])


def read_all(api, query=""):
    records, target = [], f"/v1/donations?limit=500{query}"
    while True:
        page = api.get(target)
        records += page["data"]
        if not page["has_more"]:
            return records
        target = f"/v1/donations?limit=500{query}&starting_after={page['data'][-1]['id']}"


def test_following_the_last_id_brings_every_donation_once(api, first):
    assert sorted(record["id"] for record in read_all(api)) == sorted(first.donations)


def test_a_donation_is_served_with_its_numbers_as_written(api):
    body = api.platform.answer("GET", "/v1/donations?limit=100", {"Authorization": "Bearer demo-token"}).body

    assert b'"unit_price": 12.50' in body and b'"unit_price": "12.50"' in body and b'"unit_price": 12,' in body


def test_version_2_shows_in_updated_since_exactly_what_changed(api, first, changes):
    latest = max(first.donations.values(), key=updated_at)
    api.platform.answer("POST", "/demo/version", {}, b'{"version": 2}')

    found = {record["id"] for record in read_all(api, f"&updated_since={quote(latest['updated_at'])}")}

    assert found == {latest["id"], *changes["donations"]["updated"], *changes["donations"]["added"]}


def test_going_on_after_a_donation_that_has_since_moved_is_refused(api, changes):
    order = [record["id"] for record in read_all(api)]
    moving = min(changes["donations"]["updated"], key=order.index)
    api.get(f"/v1/donations?limit={order.index(moving) + 1}")
    api.platform.move_to(2)

    status, message = api.refusal(f"/v1/donations?starting_after={moving}")

    assert (status, "start again" in message) == (400, True)


def test_campaigns_are_counted_in_pages_and_an_empty_page_follows_the_last(api):
    pages = [api.get(f"/v1/campaigns?limit=15&page={number}") for number in (1, 2, 3, 4)]

    assert [len(page["data"]) for page in pages] == [15, 15, 10, 0]
    assert {(page["pages"], page["total"]) for page in pages} == {(3, 40)}


def test_comments_name_their_next_page_in_a_link(api, first):
    answer = api.platform.answer(
        "GET", "/v1/campaigns/2/comments?limit=3", {"Authorization": "Bearer demo-token", "Host": "localhost:9"}
    )

    assert '<http://localhost:9/v1/campaigns/2/comments?limit=3&page=2>; rel="next"' in answer.headers["Link"]
    assert json.loads(answer.body)["data"] == first.comments[2][:3]


def test_the_last_page_of_comments_has_no_next_link(api):
    answer = api.platform.answer("GET", "/v1/campaigns/2/comments?page=9", {"Authorization": "Bearer demo-token"})

    assert "next" not in answer.headers["Link"]


def test_a_campaign_without_comments_has_an_empty_list(api):
    assert api.get("/v1/campaigns/13/comments") == {"object": "list", "data": []}


@pytest.mark.parametrize("token", [None, "", "Bearer wrong", "demo-token"])
def test_without_the_token_there_is_nothing_but_401(api, token):
    answer = api.platform.answer("GET", "/v1/donations", {"Authorization": token} if token is not None else {})

    assert answer.status == 401
    assert json.loads(answer.body) == {"error": {"status": 401, "message": "a valid bearer token is needed"}}


@pytest.mark.parametrize(
    "target, status, message",
    [
        ("/v1/donors", 404, "there is nothing at /v1/donors"),
        ("/v1/campaigns/999/comments", 404, "there is no campaign 999"),
        ("/v1/donations?limit=0", 400, "limit: must be a whole number from 1 to 500"),
        ("/v1/donations?limit=many", 400, "limit: must be a whole number from 1 to 500"),
        ("/v1/campaigns?page=-1", 400, "page: must be a whole number from 1 to 1000000"),
        ("/v1/donations?starting_after=don_x", 400, "starting_after: there is no donation don_x"),
        ("/v1/donations?updated_since=soon", 400, "updated_since: must be a timestamp such as 2024-05-01T00:00:00Z"),
        ("/v1/campaigns?since=2024", 400, "since: not a parameter here; known are limit, page"),
        ("/demo/donations", 404, "there is nothing to GET at /demo/donations"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_in_words(api, target, status, message):
    assert api.refusal(target) == (status, message)


def test_writing_is_not_allowed(api):
    assert api.platform.answer("POST", "/v1/donations", {"Authorization": "Bearer demo-token"}).status == 405


def test_the_rate_limit_answers_429_with_retry_after():
    platform = Platform(Quota(2))

    answers = [platform.answer("GET", "/v1/campaigns", {"Authorization": "Bearer demo-token"}) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"


def test_the_version_can_be_asked_and_moved_without_a_token(api, changes):
    assert json.loads(api.platform.answer("GET", "/demo/version", {}).body) == {"version": 1, "versions": 2}

    api.platform.answer("POST", "/demo/version", {}, b'{"version": 2}')

    assert json.loads(api.platform.answer("GET", "/demo/version", {}).body) == {"version": 2, "versions": 2}
    assert api.get("/v1/campaigns")["total"] == 40 + len(changes["campaigns"]["added"]) - 1
    assert json.loads(api.platform.answer("GET", "/demo/changes", {}).body) == changes


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"version": 3}', b'{"version": [1]}'])
def test_a_version_that_does_not_exist_is_refused(api, body):
    assert api.platform.answer("POST", "/demo/version", {}, body).status == 400
    assert api.platform.version == 1

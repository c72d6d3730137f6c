"""While records pass, their cut lists are fetched and put into their place."""

import json
import re
from typing import Any

import pytest

from glue_lib.api.completion import Completion
from glue_lib.api.embedded import EmbeddedList
from glue_lib.api.exchange import Response
from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred
from glue_lib.errors import ApiError
from tests.api.conftest import Api

LINES = {
    "list": "lines.data",
    "url": "lines.url",
    "records": "data",
    "pagination": {"type": "token", "read": "last_record.id", "write": "query.after", "more": "body.has_more"},
}
TAGS = {"list": "tags", "more": "tags_cut", "path": "/orders/{id}/tags", "records": "tags"}


def order(number: int, lines: int, *, is_cut: bool, **more: Any) -> bytes:
    data = [{"id": str(line)} for line in range(lines)]
    held = {"data": data, "has_more": is_cut, "url": f"/v1/orders/{number}/lines"}
    return json.dumps({"id": number, "lines": held, **more}).encode()


def lines_of(request: Any) -> dict[str, Any]:
    """Give two lines a page, of as many as the order's number."""
    number, after = map(int, re.findall(r"orders/(\d+)/lines\?after=(\d+)", request.url)[0])
    found = [{"id": str(line)} for line in range(after + 1, min(after + 3, number))]
    return {"data": found, "has_more": after + 3 < number}


def completed(api: Api, records: list[bytes], *lists: dict[str, Any], threads: int = 4) -> list[bytes]:
    page = Page(Request("/orders"), 1, tuple(records), url="https://api.example.org/v1/orders")
    made = Completion(
        api.client(), [EmbeddedList.model_validate(one) for one in lists], name="shop.orders", threads=threads
    )
    found = made.of(page, page.records)
    assert len(found) == len(records)
    assert list(found) == list(found)
    return list(found)


def ids(record: bytes) -> list[str]:
    return [line["id"] for line in json.loads(record)["lines"]["data"]]


def test_a_link_to_the_next_page_that_is_the_only_address_is_followed_to_the_end(api: Api):
    following = "https://api.example.org/v1/query/01g-"
    api.replies(
        {"records": [{"id": "2"}], "done": False, "nextRecordsUrl": "/v1/query/01g-4"},
        {"records": [{"id": "3"}], "done": True},
    )
    account = {"id": "a", "contacts": {"done": False, "nextRecordsUrl": "/v1/query/01g-2", "records": [{"id": "1"}]}}
    contacts = {
        "list": "contacts.records",
        "url": "contacts.nextRecordsUrl",
        "records": "records",
        "pagination": {"type": "next_url", "read": "body.nextRecordsUrl", "last": "body.done"},
    }

    (record,) = completed(api, [json.dumps(account).encode()], contacts)

    assert [one["id"] for one in json.loads(record)["contacts"]["records"]] == ["1", "2", "3"]
    assert [request.url for request in api.sent] == [f"{following}2", f"{following}4"]


def test_the_rest_is_asked_for_with_the_headers_of_the_stream_but_not_with_those_of_its_paging(api: Api):
    api.always(lines_of)
    request = Request("/orders", headers={"X-Version": "2025", "Range": "items=0-9"})
    page = Page(request, 1, (order(4, 2, is_cut=True),), url="https://api.example.org/v1/orders")
    lists = [EmbeddedList.model_validate(LINES)]

    Completion(api.client(), lists, name="shop.orders", headers=["X-Version"]).of(page, page.records)

    assert api.sent
    assert {(sent.headers.get("X-Version"), sent.headers.get("Range")) for sent in api.sent} == {("2025", None)}


@pytest.mark.parametrize("threads", [1, 4])
def test_cut_lists_come_back_whole_and_all_else_as_it_was(api: Api, threads: int):
    api.always(lines_of)
    records = [order(number, min(number, 2), is_cut=number > 2) for number in (1, 7, 2, 4)]

    found = completed(api, records, LINES, threads=threads)

    assert [ids(record) for record in found] == [[str(one) for one in range(number)] for number in (1, 7, 2, 4)]
    assert found[0] is records[0] and found[2] is records[2]
    assert len(api.sent) == 4  # three pages for the seventh, one for the fourth


def test_records_that_are_whole_ask_for_nothing(api: Api):
    records = [order(1, 1, is_cut=False)]

    assert completed(api, records, LINES) == records
    assert api.sent == []


def test_several_lists_of_one_record_are_completed(api: Api):
    api.replies({"data": [{"id": "2"}], "has_more": False}, {"tags": [{"t": "a"}, {"t": "b"}]})

    (record,) = completed(api, [order(3, 2, is_cut=True, tags=[{"t": "a"}], tags_cut=True)], LINES, TAGS)

    assert ids(record) == ["0", "1", "2"]
    assert json.loads(record)["tags"] == [{"t": "a"}, {"t": "b"}]


def test_an_endpoint_that_gives_the_embedded_part_again_is_a_circle(api: Api):
    api.always({"data": [{"id": "0"}, {"id": "1"}], "has_more": True})

    with pytest.raises(ApiError, match="the same records as page 1"):
        completed(api, [order(9, 2, is_cut=True)], LINES)


def test_a_failure_is_told_with_the_request_of_the_list(api: Api):
    api.always(lambda request: {"error": "no"})

    with pytest.raises(ApiError, match=r"orders/9/lines"):
        completed(api, [order(9, 2, is_cut=True), order(8, 2, is_cut=True)], LINES)


def test_a_record_that_cannot_be_completed_is_named(api: Api):
    with pytest.raises(ApiError, match=r"shop\.orders: GET /orders, page 1, record 2: .* has no usable `id`"):
        completed(api, [b'{"id": 1, "tags_cut": false}', b'{"id": null, "tags": [], "tags_cut": true}'], TAGS)


def test_an_endpoint_that_is_cut_itself_is_named_with_the_record(api: Api):
    api.replies({"tags": [{"t": "a"}]})

    with pytest.raises(ApiError, match=r"record 1: `tags` has 1 elements and is cut, but its endpoint brought 1"):
        completed(api, [b'{"id": 1, "tags": [{"t": "a"}], "tags_cut": true}'], TAGS)


def test_an_endpoint_that_brings_less_than_it_says_is_an_error(api: Api):
    api.replies({"data": [{"id": "2"}], "next": None, "count": 4})
    pagination = {"type": "token", "read": "body.next", "write": "query.after", "total": "body.count"}
    record = b'{"lines": {"data": [{"id": "0"}, {"id": "1"}], "next": "x", "count": 4, "url": "/v1/lines"}}'

    with pytest.raises(ApiError, match=r"`lines\.data` has 4 elements, as the API says, but it brought 3; run again"):
        completed(api, [record], LINES | {"pagination": pagination})


def test_a_list_without_end_is_not_gathered_for_ever(api: Api):
    api.always(lambda request: {"data": [{"id": str(len(api.sent)), "text": "x" * 100}], "has_more": True})
    record = order(9, 1, is_cut=True)
    page = Page(Request("/orders"), 1, (record,), url="https://api.example.org/v1/orders")
    lists = [EmbeddedList.model_validate(LINES)]

    with pytest.raises(
        ApiError, match=r"`lines\.data` of one record has more than 1,000 bytes; read it as a stream of"
    ):
        Completion(api.client(), lists, name="shop.orders", largest_bytes=1000).of(page, page.records)
    assert len(api.sent) < 15


def test_a_wait_that_is_too_long_stays_one(api: Api):
    api.always(Response(429, {"Retry-After": "7200"}, b""))

    with pytest.raises(Deferred):
        completed(api, [order(9, 2, is_cut=True)], LINES)


@pytest.mark.parametrize("places", [{"more": "tags_cutt"}, {"more": "tags_cutt", "total": "count"}])
def test_a_mistyped_place_does_not_make_cut_lists_whole(api: Api, places: dict[str, str]):
    records = [b'{"id": 1, "tags": []}', b'{"id": 2}', b'{"id": 3, "tags": [{"t": "a"}], "tags_cut": true}']

    with pytest.raises(ApiError, match=r"record 3: records have `tags`, but none so far has `tags_cutt`.*is_whole"):
        completed(api, records, TAGS | places)
    assert completed(api, records, TAGS | places | {"missing": "is_whole"}) == records
    assert completed(api, records[:2], TAGS | places) == records[:2]


def test_a_place_that_one_record_had_is_not_mistyped(api: Api):
    made = Completion(api.client(), [EmbeddedList.model_validate(TAGS)], name="shop.orders")
    pages = [[b'{"tags": [1], "tags_cut": null}', b'{"tags": [1]}'], [b'{"tags": [2]}']]

    for records in pages:
        page = Page(Request("/orders"), 1, tuple(records), url="https://api.example.org/v1/orders")
        assert list(made.of(page, records)) == records


def test_a_mistyped_url_of_a_cut_list_is_told(api: Api):
    with pytest.raises(ApiError, match=r"record 1: the record has no usable `lines\.link`"):
        completed(api, [order(9, 2, is_cut=True)], LINES | {"url": "lines.link"})

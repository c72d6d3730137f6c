"""Embedded lists that an API cuts are completed from their own endpoint."""

import json
from typing import Any

import pytest

from glue_lib.api.address import url_of
from glue_lib.api.embedded import EmbeddedList
from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

BASE = "https://api.example.org/v1"
PAGE = Page(Request("/invoices"), 1, (), url=f"{BASE}/invoices?limit=3")
STRIPE = {
    "list": "lines.data",
    "url": "lines.url",
    "records": "data",
    "params": {"limit": "100"},
    "pagination": {"type": "token", "read": "last_record.id", "write": "query.after", "more": "body.has_more"},
}
INVOICE = (
    b'{"id": "i1", "lines": {"has_more":true, "data": [ {"id": "l1"}, {"id": 2.50} ], "url":"/v1/invoices/i1/lines"}}'
)
JIRA = {
    "list": "fields.comment.comments",
    "total": "fields.comment.total",
    "path": "/issue/{key}/comment",
    "records": "comments",
    "pagination": {"type": "offset", "write": "query.startAt", "total": "body.total"},
}
SALESFORCE = {
    "list": "Contacts.records",
    "url": "Contacts.nextRecordsUrl",
    "records": "records",
    "pagination": {"type": "next_url", "read": "body.nextRecordsUrl"},
}


def embedded(fields: dict[str, Any], **changes: Any) -> EmbeddedList:
    return EmbeddedList.model_validate({**fields, **changes})


def url(of: EmbeddedList, record: bytes, prefix: bytes = b"") -> str | None:
    rest = of.rest(record, PAGE, prefix)
    return url_of(BASE, rest.request) if rest else None


def test_the_rest_is_asked_for_behind_the_embedded_part_as_behind_a_first_page():
    stripe = embedded(STRIPE)

    assert url(stripe, INVOICE) == f"{BASE}/invoices/i1/lines?limit=100&after=2.50"
    assert stripe.completed(INVOICE, [b'{"id": 98765432109876543210}']) == (
        b'{"id": "i1", "lines": {"has_more":true, "data": [ {"id": "l1"}, {"id": 2.50}, {"id": 98765432109876543210}], '
        b'"url":"/v1/invoices/i1/lines"}}'
    )


@pytest.mark.parametrize(
    "record",
    [
        INVOICE.replace(b"true", b"false"),
        b'{"id": "i1"}',
        b'{"id": "i1", "lines": null}',
        b'{"id": "i1", "lines": {"has_more": false, "data": [], "url": null}}',
        b'{"id": "i1", "lines": {"data": null}}',
    ],
)
def test_a_record_whose_list_is_whole_asks_for_nothing(record: bytes):
    assert embedded(STRIPE).rest(record, PAGE) is None


def test_a_part_without_its_word_on_the_end_is_an_error():
    with pytest.raises(ApiError, match="its end is not proven"):
        embedded(STRIPE).rest(INVOICE.replace(b"has_more", b"hasMore"), PAGE)


def test_a_link_to_the_rest_is_followed_and_absent_when_there_is_none():
    record = (
        b'{"Id": "1", "Contacts": {"done": false, "records": [{"Id": "2"}], "nextRecordsUrl": "/v1/query/01g-2000"}}'
    )

    assert url(embedded(SALESFORCE), record) == f"{BASE}/query/01g-2000"
    assert url(embedded(SALESFORCE), b'{"Contacts": {"done": true, "records": [{"Id": "2"}]}}') is None
    assert url(embedded(SALESFORCE), b'{"Contacts": null}') is None


def test_a_cut_list_without_its_endpoint_is_an_error():
    with pytest.raises(ApiError, match=r"the record has no usable `lines\.url`"):
        url(embedded(STRIPE), INVOICE.replace(b'"/v1/invoices/i1/lines"', b"null"))


def test_a_link_to_another_host_is_not_followed():
    with pytest.raises(ApiError, match="points to another host"):
        url(embedded(SALESFORCE), b'{"Contacts": {"records": [], "nextRecordsUrl": "https://evil.example/x"}}')


def issue(count: int, total: Any) -> bytes:
    comment = {"comments": [{"id": str(number)} for number in range(count)], "total": total}
    return json.dumps({"key": "A/1", "fields": {"comment": comment}}).encode()


@pytest.mark.parametrize(("count", "total", "is_cut"), [(2, 3, True), (3, 3, False), (0, 0, False), (0, 1, True)])
def test_a_list_shorter_than_its_total_is_read_from_its_start(count: int, total: int, is_cut: bool):
    assert url(embedded(JIRA), issue(count, total)) == (f"{BASE}/issue/A%2F1/comment" if is_cut else None)


def test_what_was_read_from_the_start_stands_in_the_place_of_the_cut_list():
    found = [b'{"id":"0"}', b'{"id":"1"}', b'{"id":"2","n":1.0}']

    assert embedded(JIRA).completed(issue(2, 3), found) == (
        b'{"key": "A/1", "fields": {"comment": {"comments": [{"id":"0"}, {"id":"1"}, {"id":"2","n":1.0}], "total": 3}}}'
    )


@pytest.mark.parametrize("count", [0, 1, 2, 69])
def test_an_endpoint_that_brings_less_than_was_promised_is_an_error(count: int):
    with pytest.raises(ApiError, match=r"has 2 of 70 elements and is cut, but its endpoint brought \d+; check `comple"):
        embedded(JIRA).completed(issue(2, 70), [b"{}"] * count)


def test_a_total_that_is_no_number_is_an_error():
    with pytest.raises(ApiError, match=r"`fields\.comment\.total` is `many`"):
        embedded(JIRA).rest(issue(1, "many"), PAGE)


def test_fields_of_the_record_and_of_its_parent_stand_in_path_parameters_and_body():
    lines = embedded(
        {"list": "lines", "more": "cut", "path": "/c/{_campaigns_id}/{id}", "method": "POST"},
        params={"p": "x{id}", "q": "{n}"},
        body={"query": "lines of {id}", "variables": {"id": "{n}", "all": [True, "{id}"]}},
    )

    rest = lines.rest(b'{"id": "a b", "n": 5, "cut": true, "lines": []}', PAGE, b'{"_campaigns_id": 17, ')

    assert rest and url_of(BASE, rest.request) == f"{BASE}/c/17/a%20b?p=xa%20b&q=5"
    assert rest.request.body == {"query": "lines of a b", "variables": {"id": 5, "all": [True, "a b"]}}
    assert rest.request.method == "POST"


@pytest.mark.parametrize("value", [b"null", b'""', b"true"])
def test_a_record_without_what_the_endpoint_needs_is_an_error(value: bytes):
    with pytest.raises(ApiError, match="has no usable `key`, which the endpoint of"):
        embedded(JIRA).rest(issue(0, 9).replace(b'"A/1"', value), PAGE)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"path": "/x"}, "give either `path` or `url`"),
        ({"url": None}, "give either `path` or `url`"),
        ({"url": None, "path": "x"}, "must begin with `/`"),
        ({"records": "items"}, "say by `more` or `total` when a list is cut"),
        ({"records": ""}, "say by `more` or `total` when a list is cut"),
    ],
)
def test_what_cannot_be_asked_for_is_told(changes: dict[str, Any], told: str):
    with pytest.raises(ValueError, match=told):
        embedded(STRIPE, **changes)

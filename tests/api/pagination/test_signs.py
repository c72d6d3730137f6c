import pytest

from glue_lib.api.pagination import signs
from glue_lib.api.request import Request


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"has_more": True}, "body.has_more"),
        ({"hasMore": "true"}, "body.hasMore"),
        ({"pagination": {"has_more_items": True}}, "body.pagination.has_more_items"),
        ({"page_metadata": {"hasNext": True}}, "body.page_metadata.hasNext"),
        ({"data": {"orders": {"pageInfo": {"hasNextPage": True}}}}, "body.data.orders.pageInfo.hasNextPage"),
        ({"info": {"more_records": True}}, "body.info.more_records"),
        ({"isLast": False}, "body.isLast"),
        ({"endOfRecords": False}, "body.endOfRecords"),
        ({"properties": {"exceededTransferLimit": True}}, "body.properties.exceededTransferLimit"),
        ({"done": False}, "body.done"),
        ({"a.b": {"IsTruncated": True}}, 'body."a.b".IsTruncated'),
    ],
)
def test_sees_where_an_answer_says_that_more_follows(page_of, body, place):
    assert signs.of_more(page_of({"data": []} | body)) == place
    assert signs.of_more(page_of({"data": []} | body), [place]) is None


@pytest.mark.parametrize(
    "body",
    [
        {"has_more": False},
        {"has_more": None},
        {"hasMore": 1},
        {"isLast": True},
        {"done": "no"},
        {"has_morels": True},
        {"data": [{"has_more": True}]},
        {"lists": [{"has_more": True}]},
        {"a": {"b": {"c": {"d": {"has_more": True}}}}},
        {"by_id": {str(number): {"has_more": True} for number in range(65)}},
    ],
)
def test_sees_no_sign_where_none_is(page_of, body):
    assert signs.of_more(page_of({"data": []} | body)) is None


def test_a_link_is_a_sign_of_a_page_with_records(page_of):
    headers = {"Link": '</things?page=2>; rel="next"'}

    assert signs.of_more(page_of([{"id": 1}], headers=headers)) == "header.Link"
    assert signs.of_more(page_of([{"id": 1}], headers=headers), ["header.Link"]) is None
    assert signs.of_more(page_of([], headers=headers)) is None


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"paging": {"next": {"after": "2"}}}, "body.paging.next"),
        ({"next_cursor": "b"}, "body.next_cursor"),
        ({"nextPageToken": "b"}, "body.nextPageToken"),
        ({"@odata.nextLink": "https://h/x"}, 'body."@odata.nextLink"'),
        ({"next": None, "next_cursor": "", "nextPage": False, "links": {"next": {}}, "nextToken": 0}, None),
        ({"_links": {"next": {"href": None, "templated": False}}}, None),
        ({"prev": "x"}, None),
    ],
)
def test_sees_what_looks_as_if_it_led_on(page_of, body, place):
    assert signs.of_a_token(page_of({"data": []} | body)) == place


def test_sees_what_looks_like_a_total(page_of):
    assert signs.of_a_total(page_of({"data": [], "meta": {"total_items": 4500}})) == ("body.meta.total_items", 4500)
    assert signs.of_a_total(page_of({"data": [], "total": "many", "totals": 3})) is None


@pytest.mark.parametrize(
    ("records", "request_", "is_full"),
    [
        (10, Request("/x"), True),
        (25, Request("/x"), False),
        (25, Request("/x", query={"limit": "25"}), True),
        (25, Request("/x", body={"size": 25}), True),
        (0, Request("/x", query={"limit": "0"}), False),
    ],
)
def test_a_page_looks_full_where_somebody_asked_for_so_many(page_of, records, request_, is_full):
    assert signs.looks_full(page_of([{}] * records, request=request_)) is is_full


def test_what_is_no_object_has_no_signs(page_of):
    assert signs.of_more(page_of([{"has_more": True}])) is None
    assert signs.of_more(page_of(None)) is None

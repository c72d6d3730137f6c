import pytest

from glue_lib.api.pagination.relay import RelayPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

PAGES = RelayPages(connection="body.data.orders")


def following(page_of, info, pagination=PAGES):
    request = Request("/graphql", "POST", body={"query": "q", "variables": {"first": 5}})
    page = page_of({"data": {"orders": {"nodes": [], "pageInfo": info}}}, request=request)
    return pagination.next_request(page)


def test_goes_on_after_the_end_cursor(page_of):
    following_ = following(page_of, {"hasNextPage": True, "endCursor": "b"})

    assert following_.body == {"query": "q", "variables": {"first": 5, "after": "b"}}


def test_ends_though_there_is_a_cursor(page_of):
    assert following(page_of, {"hasNextPage": False, "endCursor": "b"}) is None


@pytest.mark.parametrize("info", [{"hasNextPage": True, "endCursor": None}, {"hasNextPage": True}])
def test_more_without_a_cursor_is_no_silent_end(page_of, info):
    with pytest.raises(ApiError, match=r"pageInfo\.hasNextPage` says that more pages follow"):
        following(page_of, info)


def test_a_connection_without_page_info_is_no_silent_end(page_of):
    page = page_of({"data": [{"id": 1}], "orders": {}})

    with pytest.raises(ApiError, match=r"no `body\.orders\.pageInfo\.hasNextPage`, so its end is not proven"):
        RelayPages(connection="body.orders").next_request(page)


def test_the_signs_may_stand_elsewhere(page_of):
    pagination = RelayPages(connection="body.data.orders", last="body.data.orders.pageInfo.isLast", write="query.after")

    assert following(page_of, {"isLast": True, "endCursor": "b"}, pagination) is None
    assert following(page_of, {"isLast": False, "endCursor": "b"}, pagination).query == {"after": "b"}

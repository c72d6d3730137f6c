import pytest
from pydantic import ValidationError

from glue_lib.api.pagination.continuation import ContinuationPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

PAIR = ContinuationPages(values={"body.last_id": "body.meta.last_id", "body.last_value": "body.meta.last_value"})
OBJECT = ContinuationPages(read="body.continue", write="query")


def test_carries_several_values_back(page_of):
    page = page_of({"data": [{}], "meta": {"last_id": 98765432109876543210, "last_value": "b"}})

    assert PAIR.next_request(page).body == {"last_id": 98765432109876543210, "last_value": "b"}


def test_one_that_is_gone_is_left_out(page_of):
    request = Request("/x", "POST", body={"limit": 5, "last_id": 1, "last_value": "a"})
    page = page_of({"data": [{}], "meta": {"last_id": 2, "last_value": None}}, request=request)

    assert PAIR.next_request(page).body == {"limit": 5, "last_id": 2}


@pytest.mark.parametrize("meta", [{}, {"last_id": None}, {"last_id": "", "last_value": "null"}])
def test_ends_when_all_are_gone(page_of, meta):
    assert PAIR.next_request(page_of({"data": [{}], "meta": meta})) is None


def test_ends_where_the_answer_says_so(page_of):
    pagination = ContinuationPages(values={"query.a": "body.a"}, more="body.more")

    assert pagination.next_request(page_of({"data": [{}], "a": 1, "more": False})) is None
    with pytest.raises(ApiError, match=r"says that more pages follow, but `body\.a` leads to none"):
        pagination.next_request(page_of({"data": [{}], "more": True}))


def test_echoes_an_object_whose_keys_change(page_of):
    first = page_of({"data": [{}], "continue": {"a": "1", "continue": "||"}}, request=Request("/x", query={"q": "z"}))
    second = OBJECT.next_request(first)
    third = OBJECT.next_request(page_of({"data": [{}], "continue": {"b": [1, "x"]}}, request=second))

    assert second.query == {"q": "z", "a": "1", "continue": "||"}
    assert third.query == {"q": "z", "b": '[1,"x"]'}
    assert OBJECT.next_request(page_of({"data": [{}]}, request=third)) is None


def test_echoes_into_a_body_under_the_same_names(page_of):
    pagination = ContinuationPages(read="body.next", write="body")

    assert pagination.next_request(page_of({"data": [{}], "next": {"a.b": 1}})).body == {"a.b": 1}


def test_a_value_that_is_no_object_is_an_error(page_of):
    with pytest.raises(ApiError, match=r"`body\.continue` is no object"):
        OBJECT.next_request(page_of({"data": [{}], "continue": "b"}))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "either `values`, or `read` and `write`"),
        ({"read": "body.a"}, "either `values`, or `read` and `write`"),
        ({"values": {"query.a": "body.a"}, "read": "body.a", "write": "query"}, "either `values`"),
        ({"values": {"url": "body.a"}}, "`url` cannot be left out"),
        ({"values": {"query.a": "query.b"}}, "no place in an answer"),
    ],
)
def test_refuses_a_mapping_that_says_nothing(fields, said):
    with pytest.raises(ValidationError, match=said):
        ContinuationPages(**fields)

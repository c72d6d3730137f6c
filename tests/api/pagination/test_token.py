import pytest
from pydantic import ValidationError

from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


def test_carries_the_token_from_the_answer_to_the_request(page_of):
    pagination = TokenPages(read="body.meta.next", write="query.cursor")
    page = page_of({"data": [{}], "meta": {"next": "b"}}, request=Request("/things", query={"limit": "5"}))

    assert pagination.next_request(page) == Request("/things", query={"limit": "5", "cursor": "b"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"next": None},
        {"next": ""},
        {"next": "null"},
        {"next": False},
        {"paging": None},
        {"next": {}},
        {"next": []},
        {"next": "  "},
    ],
)
def test_ends_without_a_token(page_of, body):
    assert TokenPages(read="body.next", write="query.cursor").next_request(page_of(body | {"data": [{}]})) is None


def test_ends_where_the_object_around_the_token_is_absent(page_of):
    pagination = TokenPages(read="body.paging.next.after", write="query.after")

    assert pagination.next_request(page_of({"data": [{}]})) is None
    assert pagination.next_request(page_of({"data": [{}], "paging": []})) is None


def test_a_short_or_empty_page_is_not_the_end(page_of):
    pagination = TokenPages(read="body.next", write="query.cursor")

    assert pagination.next_request(page_of({"data": [], "next": "c"})) == Request("/things", query={"cursor": "c"})


def test_reads_a_header_and_writes_a_body(page_of):
    pagination = TokenPages(read="header.X-Next", write="body.page.after")
    page = page_of(
        {"data": [{}]}, headers={"X-NEXT": "b"}, request=Request("/search", "POST", body={"page": {"size": 5}})
    )

    assert pagination.next_request(page) == Request("/search", "POST", body={"page": {"size": 5, "after": "b"}})


def test_a_long_number_is_carried_exactly(page_of):
    pagination = TokenPages(read="last_record.id", write="query.after", more="body.has_more")
    page = page_of({"data": [{"id": 98765432109876543210}], "has_more": True})

    assert pagination.next_request(page).query == {"after": "98765432109876543210"}


@pytest.mark.parametrize("more", [False, "false", 0, ""])
def test_ends_when_more_is_false(page_of, more):
    pagination = TokenPages(read="last_record.id", write="query.after", more="body.has_more")

    assert pagination.next_request(page_of({"data": [{"id": 1}], "has_more": more})) is None


def test_ends_when_last_is_true(page_of):
    pagination = TokenPages(read="body.after", write="query.after", last="body.is_last")

    assert pagination.next_request(page_of({"data": [{"id": 1}], "is_last": True, "after": "x"})) is None
    assert pagination.next_request(page_of({"data": [{"id": 1}], "is_last": False, "after": "x"})) is not None


@pytest.mark.parametrize(
    ("flag", "body"),
    [
        ({"more": "body.has_more"}, {"data": [{"id": 1}], "has_more": True}),
        ({"more": "body.has_more"}, {"data": [], "has_more": True, "next": None}),
        ({"last": "body.is_last"}, {"data": [{"id": 1}], "is_last": False}),
    ],
)
def test_more_without_a_token_is_no_silent_end(page_of, flag, body):
    with pytest.raises(ApiError, match=r"says that more pages follow, but `body.next` leads to none"):
        TokenPages(read="body.next", write="query.cursor", **flag).next_request(page_of(body))


def test_a_declared_sign_that_is_absent_is_no_silent_end(page_of):
    pagination = TokenPages(read="body.next", write="query.cursor", more="body.has_moar")

    with pytest.raises(ApiError, match="its end is not proven"):
        pagination.next_request(page_of({"data": [{"id": 1}], "has_more": True}))
    assert pagination.next_request(page_of({"data": []})) is None


def test_a_token_that_is_no_value_is_an_error(page_of):
    pagination = TokenPages(read="body.next", write="query.cursor")

    with pytest.raises(ApiError, match="is `true`"):
        pagination.next_request(page_of({"data": [], "next": True}))


def test_a_token_may_be_the_url_itself(page_of):
    pagination = TokenPages(read="body.next", write="url")

    following = pagination.next_request(page_of({"data": [{}], "next": "/v1/things?page=2"}))

    assert following == Request("https://api.example.org/v1/things?page=2")
    with pytest.raises(ApiError, match="another host"):
        pagination.next_request(page_of({"data": [{}], "next": "https://evil.example.com/"}))


def test_refuses_to_be_told_the_end_twice():
    with pytest.raises(ValidationError, match="give one of them"):
        TokenPages(read="body.next", write="query.cursor", more="body.more", last="body.last")


def test_tells_how_many_records_there_should_be(page_of):
    pagination = TokenPages(read="body.next", write="query.cursor", total="body.count")

    assert pagination.expected(page_of({"count": 1200})) == 1200
    assert pagination.expected(page_of({})) is None
    assert TokenPages(read="body.next", write="query.cursor").expected(page_of({"count": 1200})) is None
    with pytest.raises(ApiError, match=r"`body.count` is `many`; it should be a whole number"):
        pagination.expected(page_of({"count": "many"}))

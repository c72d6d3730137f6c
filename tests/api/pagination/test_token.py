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


@pytest.mark.parametrize(
    ("token", "query", "body"),
    [
        ([1700000000000, "x", None], '[1700000000000,"x",null]', [1700000000000, "x", None]),
        ({"id": 9007199254740993}, '{"id":9007199254740993}', {"id": 9007199254740993}),
        (0, "0", 0),
        ("0", "0", "0"),
        ("naïve ☃ &=", "naïve ☃ &=", "naïve ☃ &="),
        (98765432109876543210, "98765432109876543210", 98765432109876543210),
    ],
)
def test_a_token_of_any_sort_is_carried_exactly(page_of, token, query, body):
    page = page_of({"data": [{}], "next": token})

    assert TokenPages(read="body.next", write="query.after").next_request(page).query == {"after": query}
    assert TokenPages(read="body.next", write="body.after").next_request(page).body == {"after": body}


@pytest.mark.parametrize("token", [0, "0", "-1", ["end"]])
def test_a_declared_token_leads_nowhere(page_of, token):
    pagination = TokenPages(read="body.next", write="query.after", end=["0", "-1", '["end"]'])

    assert pagination.next_request(page_of({"data": [{}], "next": token})) is None
    assert pagination.next_request(page_of({"data": [{}], "next": "00"})) is not None


@pytest.mark.parametrize("write", ["cookie.after", "header.X-After", "path.after"])
def test_writes_where_the_api_reads(page_of, write):
    page = page_of({"data": [{}], "next": "b"})

    assert TokenPages(read="body.next", write=write).next_request(page).get(write) == "b"


def test_records_without_the_token_among_them_are_no_silent_end(page_of):
    pagination = TokenPages(read="last_record.id", write="query.after")

    with pytest.raises(ApiError, match="the last record has no `id`"):
        pagination.next_request(page_of({"data": [{"ID": 1}]}))
    assert pagination.next_request(page_of({"data": []})) is None


def test_a_mistyped_place_is_no_silent_end_where_another_leads_on(page_of):
    pagination = TokenPages(read="body.next_token", write="query.after")
    body = {"data": [{}], "paging": {"next": {"after": "2"}}}

    with pytest.raises(ApiError, match=r"no `body\.next_token`, but `body\.paging\.next` looks as if it led"):
        pagination.next_request(page_of(body))
    assert pagination.next_request(page_of(body | {"next_token": None})) is None


def test_an_undeclared_sign_of_more_without_a_token_is_no_silent_end(page_of):
    pagination = TokenPages(read="body.next", write="query.after")

    with pytest.raises(ApiError, match=r"`body\.has_more` says that more pages follow, but `body\.next` leads to none"):
        pagination.next_request(page_of({"data": [{}], "next": None, "has_more": True}))


def test_a_place_that_never_appears_is_a_reason_to_doubt(page_of):
    pagination = TokenPages(read="body.nxt", write="query.after")

    assert pagination.doubt(page_of({"data": [{}] * 100})) == (
        "the only answer has no `body.nxt`, and 100 records look like a full page; check `read`"
    )
    assert pagination.doubt(page_of({"data": [{}] * 37})) is None
    assert pagination.doubt(page_of({"data": [{}] * 100, "nxt": None})) is None
    assert TokenPages(read="body.nxt", write="query.a", more="body.m").doubt(page_of({"data": [{}] * 100})) is None


def test_a_short_page_ends_where_the_file_says_so(page_of):
    pagination = TokenPages(read="last_record.id", write="query.after", full_page=2)

    assert pagination.next_request(page_of({"data": [{"id": 1}, {"id": 2}]})).query == {"after": "2"}
    assert pagination.next_request(page_of({"data": [{"id": 3}]})) is None


def test_an_empty_page_whose_token_asked_for_it_is_the_end(page_of):
    pagination = TokenPages(read="body.next", write="query.cursor")
    second = pagination.next_request(page_of({"data": [{}], "next": "a"}, request=Request("/x", query={"cursor": "*"})))

    assert second.query == {"cursor": "a"}
    assert pagination.next_request(page_of({"data": [], "next": "a"}, request=second)) is None
    assert pagination.next_request(page_of({"data": [{}], "next": "a"}, request=second)) == second


def test_what_only_the_first_request_has_is_dropped(page_of):
    pagination = TokenPages(read="body.next", write="query.cursor", drop=["query.since", "body.filter.since"])
    request = Request("/x", "POST", {"since": "1", "limit": "5"}, body={"filter": {"since": 1, "state": "on"}})

    following = pagination.next_request(page_of({"data": [{}], "next": "a"}, request=request))

    assert following.query == {"limit": "5", "cursor": "a"}
    assert following.body == {"filter": {"state": "on"}}
    with pytest.raises(ValidationError, match="cannot be left out"):
        TokenPages(read="body.next", write="query.cursor", drop=["path.since"])

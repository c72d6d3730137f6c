import pytest

from glue_lib.api.pagination.next_url import NextUrlPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.org/v1/things?page=2", "https://api.example.org/v1/things?page=2"),
        ("/v1/things?page=2", "https://api.example.org/v1/things?page=2"),
        ("http://api.example.org/v1/things?page=2", "https://api.example.org/v1/things?page=2"),
    ],
)
def test_follows_the_url(page_of, url, expected):
    page = page_of({"data": [{}], "next": url}, request=Request("/things", query={"page": "1"}))

    assert NextUrlPages(read="body.next").next_request(page) == Request(expected)


def test_reads_a_key_with_dots(page_of):
    pagination = NextUrlPages(read='body."@odata.nextLink"')

    assert pagination.next_request(page_of({"data": [{}], "@odata.nextLink": "/v1/x"})) is not None


@pytest.mark.parametrize("body", [{}, {"next": None}, {"next": ""}, {"next": "null"}])
def test_ends_without_a_url(page_of, body):
    assert NextUrlPages(read="body.next").next_request(page_of(body | {"data": [{}]})) is None


def test_ends_where_the_answer_says_so_though_it_gives_a_url(page_of):
    pagination = NextUrlPages(read="body.after_url", last="body.end_of_stream")

    assert pagination.next_request(page_of({"data": [{}], "after_url": "/x", "end_of_stream": True})) is None
    assert pagination.next_request(page_of({"data": [{}], "after_url": "/x", "end_of_stream": False})) is not None


def test_more_without_a_url_is_no_silent_end(page_of):
    with pytest.raises(ApiError, match="says that more pages follow"):
        NextUrlPages(read="body.next", more="body.more").next_request(page_of({"data": [{}], "more": True}))


@pytest.mark.parametrize("url", ["https://evil.example.com/", "//evil.example.com/", "https://api.example.org:444/"])
def test_a_url_elsewhere_is_an_error(page_of, url):
    with pytest.raises(ApiError, match="credentials go to"):
        NextUrlPages(read="body.next").next_request(page_of({"data": [{}], "next": url}))


@pytest.mark.parametrize("link", [{"href": "/v1/things?page=2"}, {"href": "/v1/things?page=2", "meta": {}}])
def test_a_link_may_be_an_object(page_of, link):
    page = page_of({"data": [{}], "links": {"next": link}})

    assert NextUrlPages(read="body.links.next").next_request(page).path == "https://api.example.org/v1/things?page=2"


@pytest.mark.parametrize(
    "links",
    [
        [{"relation": "self", "url": "/v1/things"}, {"relation": "next", "url": "/v1/things?page=2"}],
        [{"rel": "next", "href": "/v1/things?page=2"}, {"rel": "last", "href": "/v1/things?page=9"}],
    ],
)
def test_finds_the_next_link_in_a_list(page_of, links):
    pagination = NextUrlPages(read="body.link")

    following = pagination.next_request(page_of({"data": [{}], "link": links}))

    assert following.path == "https://api.example.org/v1/things?page=2"
    assert pagination.next_request(page_of({"data": [{}], "link": [{"rel": "self", "href": "/x"}]})) is None
    assert pagination.next_request(page_of({"data": [{}], "link": ["next"]})) is None


@pytest.mark.parametrize("link", [{"uri": "/v1"}, {"href": {"to": "x"}}, 7])
def test_what_is_no_url_is_an_error(page_of, link):
    with pytest.raises(ApiError, match=r"`body\.next` is no URL"):
        NextUrlPages(read="body.next").next_request(page_of({"data": [{}], "next": link}))


def test_keeps_a_parameter_that_the_url_lacks(page_of):
    pagination = NextUrlPages(read="body.next", keep=["v"])
    page = page_of(
        {"data": [{}], "next": "/v1/things?page=3"}, request=Request("https://api.example.org/v1/things?v=7")
    )

    assert pagination.next_request(page).query == {"v": "7"}

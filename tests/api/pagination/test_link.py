import pytest

from glue_lib.api.pagination.link import LinkPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

HERE = "https://api.example.org/v1/things"


def following(page_of, header):
    headers = {} if header is None else {"link": header}
    request = Request("/things", query={"page": "1", "state": "all"}, headers={"Accept": "x"})
    return LinkPages().next_request(page_of([{"id": 1}], headers=headers, request=request))


@pytest.mark.parametrize(
    "header",
    [
        f'<{HERE}?page=2>; rel="next"',
        f'<{HERE}?page=9>; rel="last", <{HERE}?page=2>; rel="next"',
        f"<{HERE}?page=2>;rel=next",
        f'<{HERE}?page=2>; title="a, <b>; rel=last"; rel="next"',
        f'<{HERE}?page=2>; REL="Next last"',
        '</v1/things?page=2>; rel="next"',
        '<?page=2>; rel="next"',
    ],
)
def test_follows_the_next_link(page_of, header):
    assert following(page_of, header) == Request(f"{HERE}?page=2", headers={"Accept": "x"})


def test_a_comma_in_a_url_does_not_cut_it(page_of):
    assert following(page_of, f'<{HERE}?fields=a,b;c>; rel="next"').path == f"{HERE}?fields=a,b;c"


@pytest.mark.parametrize(
    "header",
    [None, "", f'<{HERE}?page=1>; rel="prev", <{HERE}?page=9>; rel="last"', f'<{HERE}>; rel="nextish"', f"<{HERE}>"],
)
def test_ends_without_a_next_link(page_of, header):
    assert following(page_of, header) is None


def test_a_link_to_another_host_is_an_error(page_of):
    with pytest.raises(ApiError, match=r"points to another host, `evil.example.com`"):
        following(page_of, '<https://evil.example.com/v1/things?page=2>; rel="next"')


def test_keeps_a_parameter_that_the_links_lack(page_of):
    pagination = LinkPages(keep=["api_version", "limit", "none"])
    first = Request("/things", query={"api_version": "7", "limit": "5", "state": "all"})
    header = {"Link": f'<{HERE}?limit=2&page=2>; rel="next"'}

    second = pagination.next_request(page_of([{"id": 1}], headers=header, request=first))
    third = pagination.next_request(page_of([{"id": 2}], headers=header, request=second))

    assert second == third == Request(f"{HERE}?limit=2&page=2", query={"api_version": "7"})


def test_a_sign_of_more_without_a_link_is_no_silent_end(page_of):
    with pytest.raises(ApiError, match=r"`body\.has_more` says that more.*`header\.Link` leads to none"):
        LinkPages().next_request(page_of({"data": [{}], "has_more": True}))


def test_a_full_looking_only_page_without_the_header_is_a_reason_to_doubt(page_of):
    assert "has no `header.Link`" in LinkPages().doubt(page_of([{}] * 30))
    assert LinkPages().doubt(page_of([{}] * 29)) is None
    assert LinkPages().doubt(page_of([{}] * 30, headers={"Link": '</x>; rel="prev"'})) is None


@pytest.mark.parametrize("name", ["per_page", "limit", "page[size]", "$top", "maxResults", "pageSize"])
def test_a_page_that_is_shorter_than_asked_for_is_no_reason_to_doubt(page_of, name):
    assert LinkPages().doubt(page_of([{}] * 40, request=Request("/x", query={name: "100"}))) is None
    assert LinkPages().doubt(page_of([{}] * 40, request=Request("/x", query={name: "40"})))


@pytest.mark.parametrize(
    "header",
    ['garbage rel="next"', f'{HERE}?page=2; rel="next"', f"<{HERE}?page=2>, ; rel=next", f"<{HERE}; rel='next'"],
)
def test_a_link_to_the_next_page_that_nobody_can_read_is_no_end(page_of, header):
    with pytest.raises(ApiError, match=r"`Link` header speaks of a next page, but not as `<URL>; rel=\"next\"`"):
        following(page_of, header)


def test_what_only_resembles_a_next_link_is_an_end(page_of):
    assert following(page_of, f'<{HERE}>; rel="up"; title="rel=next", garbage rel="next-archive", next') is None
    page = page_of({"data": [{}], "more": False}, headers={"Link": 'garbage rel="next"'})
    assert LinkPages(more="body.more").next_request(page) is None

from dataclasses import replace

import pytest

from glue_lib.api.pagination.none import NoPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


@pytest.mark.parametrize("body", [None, [], [{"id": 1}], {"data": [{"id": 1}]}, {"data": [], "has_more": False}])
def test_one_page_is_all(page_of, body):
    assert NoPages().next_request(page_of(body)) is None


@pytest.mark.parametrize("body", [{"data": [{}], "has_more": True}, {"data": [{}], "hasMore": True}])
def test_a_page_that_says_more_is_no_silent_end(page_of, body):
    with pytest.raises(ApiError, match="says that more pages follow"):
        NoPages().next_request(page_of(body))


def test_a_link_to_a_next_page_is_no_silent_end(page_of):
    with pytest.raises(ApiError, match="`pagination: link`"):
        NoPages().next_request(page_of([{}], headers={"Link": '</v1/things?page=2>; rel="next"'}))


@pytest.mark.parametrize(
    "body",
    [
        {"pagination": {"has_more_items": True}},
        {"paging": {"next": {"after": "2"}}},
        {"next": "https://api.example.org/v1/things?page=2"},
        {"nextPageToken": "b"},
    ],
)
def test_whatever_speaks_of_another_page_is_no_silent_end(page_of, body):
    with pytest.raises(ApiError, match=r"`body\.\w+.*(says|looks).*say with `pagination` how"):
        NoPages().next_request(page_of({"data": [{}]} | body))


def test_a_place_that_means_something_else_is_ignored(page_of):
    page = page_of({"data": [{}], "next": "week", "total": 52})

    assert NoPages(ignore_signs=["body.next"]).next_request(page) is None
    assert NoPages(ignore_signs=["body.total"]).doubt(page) is None


def test_a_larger_total_is_a_reason_to_doubt(page_of):
    pagination = NoPages()

    assert pagination.doubt(page_of({"data": [{}], "total_items": 4500})) == (
        "`body.total_items` speaks of 4500 records, and 1 came; "
        "say with `pagination` how to get them, or name that place in `ignore_signs`"
    )
    assert pagination.doubt(page_of({"data": [{}], "total_items": 1})) is None
    assert pagination.doubt(page_of({"data": [], "total_items": 9})) is None


@pytest.mark.parametrize(
    ("count", "query", "is_doubted"),
    [
        (1000, {}, True),
        (999, {}, False),
        (0, {}, False),
        (50, {"limit": "50"}, True),
        (49, {"limit": "50"}, False),
        (1, {"page": "1"}, False),
    ],
)
def test_what_looks_like_a_full_page_is_a_reason_to_doubt(page_of, count, query, is_doubted):
    doubt = NoPages().doubt(page_of([{}] * count, request=Request("/resource/a.json", query=query)))

    assert doubt == (
        f"{count} records came, which looks like a full page; say with `pagination` how to get the next"
        if is_doubted
        else None
    )


def test_an_export_of_a_million_rows_is_no_full_page_unless_so_many_were_asked_for(page_of):
    export = replace(page_of([{}] * 3000), is_export=True)

    assert NoPages().doubt(export) is None
    assert NoPages().doubt(replace(export, request=Request("/a.csv", query={"$limit": "3000"})))

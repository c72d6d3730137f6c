import pytest

from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


def on(number, place="query.page"):
    return Request("/things").put(place, number)


def test_starts_with_the_first_number():
    assert NumberedPages().first_request(Request("/things")) == Request("/things", query={"page": "1"})
    assert NumberedPages(write="body.page", start=0).first_request(Request("/things")).body == {"page": 0}


def test_a_stored_request_keeps_its_number():
    assert NumberedPages().first_request(on(7)) == on(7)


@pytest.mark.parametrize("place", ["query.page", "header.X-Page", "body.page", "path.page"])
def test_counts_on(page_of, place):
    page = page_of({"data": [{}]}, request=on(9, place))

    assert NumberedPages(write=place).next_request(page) == on(10, place)


def test_a_short_page_is_not_the_end_and_an_empty_one_is(page_of):
    assert NumberedPages().next_request(page_of({"data": [{}]}, request=on(2))) == on(3)
    assert NumberedPages().next_request(page_of({"data": []}, request=on(3))) is None


@pytest.mark.parametrize(
    ("start", "number", "pages", "ends"),
    [
        (1, 1, 2, False),
        (1, 2, 2, True),
        (0, 0, 2, False),
        (0, 1, 2, True),
        (1, 2, "2", True),
    ],
)
def test_ends_with_the_last_of_the_declared_pages(page_of, start, number, pages, ends):
    pagination = NumberedPages(start=start, total_pages="body.pages")

    following = pagination.next_request(page_of({"data": [{}], "pages": pages}, request=on(number)))

    assert (following is None) == ends


def test_an_empty_page_before_the_last_is_passed_over(page_of):
    pagination = NumberedPages(total_pages="header.X-Pages")

    following = pagination.next_request(page_of({"data": []}, headers={"X-Pages": "3"}, request=on(2)))

    assert following.query == {"page": "3"}


def test_a_missing_number_of_pages_is_no_silent_end(page_of):
    pagination = NumberedPages(total_pages="body.pages")

    with pytest.raises(ApiError, match=r"has no `body.pages`, so its end is not proven"):
        pagination.next_request(page_of({"data": [{}]}, request=on(1)))
    assert pagination.next_request(page_of({"data": []}, request=on(1))) is None


def test_the_pages_ahead_are_those_up_to_the_declared_number(page_of):
    pagination = NumberedPages(start=0, total_pages="body.pages")
    page = page_of({"data": [{}], "pages": 5}, request=on(1))

    assert pagination.ahead(page, 9) == [on(2), on(3), on(4)]
    assert pagination.ahead(page, 2) == [on(2), on(3)]
    assert pagination.ahead(page_of({"data": [{}], "pages": 2}, request=on(1)), 9) == []
    assert NumberedPages().ahead(page, 9) == ()

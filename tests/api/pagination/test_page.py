import pytest
from pydantic import ValidationError

from glue_lib.api.exchange import Response
from glue_lib.api.pagination.base import RowsMoved
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


def walk(page_of, pagination, *bodies):
    """The numbers asked for, None at the end, when the bodies come one after the other."""
    request, numbers = pagination.first_request(Request("/things")), []
    for body in bodies:
        request = pagination.next_request(page_of(body, request=request))
        numbers.append(None if request is None else request.get(pagination.write))
    return numbers


def body(size, /, **beside):
    return {"data": [{}] * size} | beside


def test_ends_with_the_last_of_all_records_however_many_a_page_has(page_of):
    pagination = NumberedPages(total="body.count")

    assert walk(page_of, pagination, body(4, count=7), body(1, count=7), body(2, count=7)) == ["2", "3", None]


def test_a_total_that_grows_is_followed(page_of):
    pagination = NumberedPages(total="body.count")

    assert walk(page_of, pagination, body(3, count=4), body(2, count=7), body(2, count=7)) == ["2", "3", None]


@pytest.mark.parametrize("fields", [{"total": "body.count"}, {"total_pages": "body.count"}])
def test_a_total_that_falls_shows_that_records_went_away(page_of, fields):
    with pytest.raises(RowsMoved, match=r"promised 9 .* on the page before and 8 now"):
        walk(page_of, NumberedPages(**fields), body(3, count=9), body(3, count=8))
    assert walk(page_of, NumberedPages(**fields, rows_may_move=True), body(3, count=9), body(3, count=8))[1] == "3"


@pytest.mark.parametrize(
    ("bodies", "numbers"),
    [
        ([body(3, count=2), body(0, count=2)], ["2", None]),  # less than what came
        ([body(10, count=10), body(0, count=10)], ["2", None]),  # each page counts its own
        ([body(1000, count=1000), body(0, count=1000)], ["2", None]),  # where an API stops counting
        ([body(2, count=4), body(2, count=4), body(0, count=4)], ["2", "3", None]),  # with a full page
        ([body(3, count=3, has_more=True), body(2, count=3), body(0, count=3)], ["2", "3", None]),
    ],
)
def test_a_total_that_may_be_wrong_is_proven_by_an_empty_page(page_of, bodies, numbers):
    assert walk(page_of, NumberedPages(total="body.count"), *bodies) == numbers


def test_what_is_behind_a_doubted_end_may_be_refused(page_of):
    pagination = NumberedPages(total="body.count")
    small = pagination.next_request(page_of(body(10, count=10), request=on(1)))
    large = pagination.next_request(page_of(body(1000, count=1000), request=on(1)))

    assert all(pagination.is_past_end(Response(status), small) for status in (400, 404, 416, 422))
    assert [pagination.is_past_end(Response(status), large) for status in (400, 404)] == [False, True]
    assert not pagination.is_past_end(Response(404), on(2))
    assert not pagination.is_past_end(Response(500), small)


def test_the_proof_does_not_go_on_for_ever(page_of):
    pagination = NumberedPages(total="body.count")
    proof = pagination.next_request(page_of(body(10, count=10), request=on(1)))
    after = pagination.next_request(page_of(body(5, count=99), request=proof))

    assert "proving" in proof.carried
    assert "proving" not in after.carried


def test_a_declared_sign_decides(page_of):
    pagination = NumberedPages(more="body.more")

    assert walk(page_of, pagination, body(3, more=True), body(0, more=True), body(3, more=False)) == ["2", "3", None]
    with pytest.raises(ApiError, match=r"has no `body\.more`, so its end is not proven"):
        walk(page_of, pagination, body(3))


def test_a_short_page_ends_where_the_file_says_so(page_of):
    assert walk(page_of, NumberedPages(full_page=3), body(3), body(2)) == ["2", None]


def test_an_empty_page_that_says_more_is_no_silent_end(page_of):
    with pytest.raises(ApiError, match=r"empty although `body\.has_more` says.*declare `more: body\.has_more`"):
        walk(page_of, NumberedPages(), body(0, has_more=True))
    assert walk(page_of, NumberedPages(ignore_signs=["body.has_more"]), body(0, has_more=True)) == [None]


def test_the_number_of_pages_is_not_believed_against_what_came(page_of):
    pagination = NumberedPages(total_pages="body.pages")

    assert walk(page_of, pagination, body(3, pages=0), body(0, pages=0)) == ["2", None]
    assert walk(page_of, pagination, body(3, pages=1, has_more=True), body(1, pages=1)) == ["2", "3"]


def test_the_pages_ahead_follow_from_the_number_of_records_too(page_of):
    pagination = NumberedPages(total="body.count")

    ahead = pagination.ahead(page_of(body(3, count=10), request=on(1)), 9)

    assert [request.query["page"] for request in ahead] == ["2", "3", "4"]
    assert pagination.ahead(page_of(body(0, count=10), request=on(1)), 9) == ()


@pytest.mark.parametrize("place", ["url", "text.page"])
def test_a_number_needs_a_place_of_its_own(place):
    with pytest.raises(ValidationError, match=r"no place for a number|filled once"):
        NumberedPages(write=place)

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.pagination.base import RowsMoved
from glue_lib.api.pagination.range import RangePages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

PAGES = RangePages(size=2)


def page(page_of, records, content_range, request=None, **body):
    headers = {} if content_range is None else {"content-range": content_range}
    return page_of({"data": [{}] * records} | body, headers=headers, request=request or on("0-1"))


def on(span, unit="items="):
    return Request("/things", headers={"Range": f"{unit}{span}"})


def test_starts_at_the_first_record_and_keeps_a_stored_range():
    assert PAGES.first_request(Request("/things")) == on("0-1")
    assert PAGES.first_request(on("4-5")) == on("4-5")
    assert RangePages(unit="", size=100).first_request(Request("/things")) == on("0-99", unit="")


def test_goes_on_behind_what_really_came(page_of):
    assert PAGES.next_request(page(page_of, 2, "items 0-1/5")).headers == {"Range": "items=2-3"}
    assert PAGES.next_request(page(page_of, 1, "items 0-0/5")).headers == {"Range": "items=1-2"}
    assert PAGES.next_request(page(page_of, 2, "0-1/*")).headers == {"Range": "items=2-3"}


def test_ends_at_the_total_or_with_an_empty_range(page_of):
    assert PAGES.next_request(page(page_of, 1, "items 4-4/5", on("4-5"))) is None
    assert PAGES.next_request(page(page_of, 0, "*/*", on("4-5"))) is None
    assert PAGES.next_request(page(page_of, 0, "*/0")) is None
    assert PAGES.is_past_end(Response(416))
    assert not PAGES.is_past_end(Response(404))


def test_records_behind_a_round_total_are_not_passed_over_in_silence(page_of):
    at_the_cap = page(page_of, 2, "items 998-999/1000", on("998-999"))
    assert PAGES.next_request(at_the_cap).headers == {"Range": "items=1000-1001"}

    assert PAGES.next_request(page(page_of, 2, "items 1000-1001/1000", on("1000-1001"))) is not None
    assert PAGES.next_request(page(page_of, 0, "*/1000", on("1000-1001"))) is None


def test_an_answer_without_content_range_is_the_whole(page_of):
    assert PAGES.next_request(page(page_of, 3, None)) is None
    with pytest.raises(ApiError, match=r"`body\.has_more` says that more pages follow"):
        PAGES.next_request(page(page_of, 3, None, has_more=True))
    with pytest.raises(ApiError, match="not the range that was asked for"):
        PAGES.next_request(page(page_of, 3, None, on("2-3")))


@pytest.mark.parametrize(
    ("records", "content_range", "said"),
    [
        (2, "items 2-3/5", "2 records from 0 on came"),
        (1, "items 0-1/5", "1 records from 0 on came"),
        (2, "*/5", "2 records from 0 on came"),
        (2, "all of it", "should be like"),
        (0, "*/5", "empty although `Content-Range` promises 5"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_an_error(page_of, records, content_range, said):
    with pytest.raises(ApiError, match=said):
        PAGES.next_request(page(page_of, records, content_range))


def test_a_falling_total_shows_that_records_went_away(page_of):
    second = PAGES.next_request(page(page_of, 2, "items 0-1/5"))

    with pytest.raises(RowsMoved, match="5 records before and of 4 now"):
        PAGES.next_request(page(page_of, 2, "items 2-3/4", second))
    accepted = RangePages(size=2, rows_may_move=True)
    assert accepted.next_request(page(page_of, 2, "items 2-3/4", second)) is None


def test_the_ranges_ahead_are_those_up_to_the_total(page_of):
    ahead = PAGES.ahead(page(page_of, 2, "items 0-1/7"), 9)

    assert [request.headers["Range"] for request in ahead] == ["items=2-3", "items=4-5", "items=6-7"]
    assert len(PAGES.ahead(page(page_of, 2, "items 0-1/7"), 2)) == 2
    assert PAGES.ahead(page(page_of, 2, "items 0-1/*"), 9) == ()


def test_tells_how_many_records_there_should_be(page_of):
    assert PAGES.expected(page(page_of, 2, "items 0-1/7")) == 7
    assert PAGES.expected(page(page_of, 2, None)) is None
    assert RangePages(total="body.n").expected(page(page_of, 2, None, n=9)) == 9

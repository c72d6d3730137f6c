import pytest

from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


def on(offset, place="query.offset"):
    return Request("/things").put(place, offset)


def test_starts_at_nothing_and_keeps_a_stored_offset():
    assert OffsetPages().first_request(Request("/things")) == on(0)
    assert OffsetPages(write="body.skip").first_request(Request("/things")).body == {"skip": 0}
    assert OffsetPages().first_request(on(700)) == on(700)


@pytest.mark.parametrize("place", ["query.offset", "body.offset"])
def test_grows_by_the_records_that_came_not_by_those_asked_for(page_of, place):
    page = page_of({"data": [{}, {}, {}]}, request=on(10, place))

    assert OffsetPages(write=place).next_request(page) == on(13, place)


def test_ends_with_an_empty_page(page_of):
    assert OffsetPages().next_request(page_of({"data": []}, request=on(10))) is None


@pytest.mark.parametrize(("total", "ends"), [(14, False), (13, True)])
def test_ends_at_the_total(page_of, total, ends):
    page = page_of({"data": [{}, {}, {}], "count": total}, request=on(10))

    assert (OffsetPages(total="body.count").next_request(page) is None) == ends


def test_an_empty_page_before_the_total_is_no_silent_end(page_of):
    with pytest.raises(
        ApiError, match=r"page at query.offset 10000 is empty although `body.count` promises 25000 records"
    ):
        OffsetPages(total="body.count").next_request(page_of({"data": [], "count": 25000}, request=on(10000)))


def test_a_missing_total_does_not_end_the_stream(page_of):
    assert OffsetPages(total="body.count").next_request(page_of({"data": [{}]}, request=on(10))) == on(11)
    assert OffsetPages(total="body.count").next_request(page_of({"data": []}, request=on(11))) is None


def test_the_pages_ahead_are_those_up_to_the_total(page_of):
    pagination = OffsetPages(total="body.count")
    page = page_of({"data": [{}, {}], "count": 9}, request=on(2))

    assert pagination.ahead(page, 9) == [on(4), on(6), on(8)]
    assert pagination.ahead(page, 2) == [on(4), on(6)]
    assert pagination.ahead(page_of({"data": [], "count": 9}, request=on(2)), 9) == ()
    assert OffsetPages().ahead(page, 9) == ()
    assert pagination.ahead(page, 9)[0].fingerprint() == pagination.next_request(page).fingerprint()

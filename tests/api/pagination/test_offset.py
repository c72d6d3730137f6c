import pytest

from glue_lib.api.pagination.base import RowsMoved
from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.pagination.overlap import Remainder
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


def test_counts_from_another_start(page_of):
    pagination = OffsetPages(write="query.startIndex", start=1, total="body.count")
    first = pagination.first_request(Request("/things"))
    second = pagination.next_request(page_of({"data": [{}, {}], "count": 3}, request=first))

    assert (first.query, second.query) == ({"startIndex": "1"}, {"startIndex": "3"})
    assert pagination.next_request(page_of({"data": [{}], "count": 3}, request=second)) is None


@pytest.mark.parametrize("total", [12, 0, 3])
def test_a_total_below_what_came_is_not_believed(page_of, total):
    pagination = OffsetPages(total="body.count")

    assert pagination.next_request(page_of({"data": [{}, {}, {}], "count": total}, request=on(10))).query == {
        "offset": "13"
    }
    assert pagination.next_request(page_of({"data": [], "count": total}, request=on(13))) is None


def test_a_falling_total_shows_that_records_went_away(page_of):
    pagination = OffsetPages(total="body.count")
    second = pagination.next_request(page_of({"data": [{}, {}], "count": 9}, request=on(0)))

    with pytest.raises(RowsMoved, match=r"promised 9 records on the page before and 8 now.*use `overlap`"):
        pagination.next_request(page_of({"data": [{}, {}], "count": 8}, request=second))


def test_an_empty_page_that_says_more_is_no_silent_end(page_of):
    with pytest.raises(ApiError, match=r"empty although `body\.hasMore` says that more follow"):
        OffsetPages().next_request(page_of({"data": [], "hasMore": True}, request=on(10)))


# Records that move while they are read


OVERLAP = OffsetPages(overlap=2)


def read(page_of, *pages, pagination=OVERLAP):
    """The ids landed and the offsets asked for, when the pages come one after the other."""
    request, landed, offsets = pagination.first_request(Request("/things")), [], []
    for ids in pages:
        page = page_of({"data": [{"id": id_} for id_ in ids]}, request=request)
        landed += [record.decode()[7:-1] for record in pagination.without_repeats(page).records]
        request = pagination.next_request(page)
        offsets.append(None if request is None else int(request.query["offset"]))
    return "".join(landed), offsets


def test_repeats_that_stand_where_they_stood_are_dropped(page_of):
    assert read(page_of, [1, 2, 3, 4], [3, 4, 5, 6], [5, 6]) == ("123456", [2, 4, None])


def test_records_that_moved_up_are_not_passed_over(page_of):
    # 1 is deleted after the first page: without the overlap, 5 would come at an offset that is behind us.
    assert read(page_of, [1, 2, 3, 4], [4, 5, 6, 7]) == ("1234567", [2, 4])


def test_records_that_moved_down_do_not_come_twice(page_of):
    assert read(page_of, [1, 2, 3, 4], [2, 3, 4, 5]) == ("12345", [2, 4])


def test_a_record_that_changed_meanwhile_does_not_hide_the_others(page_of):
    assert read(page_of, [1, 2, 3, 4], [3, 0, 5, 6])[0] == "123456"


def test_records_that_look_alike_are_told_apart_by_their_place(page_of):
    assert read(page_of, [7, 7, 7, 7], [7, 7, 7, 8]) == ("777778", [2, 4])


def test_records_that_moved_too_far_are_an_error(page_of):
    with pytest.raises(RowsMoved, match=r"none of the last 2 records of the page before came again.*raise `overlap`"):
        read(page_of, [1, 2, 3, 4], [6, 7, 8, 9])


def test_the_offset_grows_even_when_a_page_is_no_longer_than_the_overlap(page_of):
    assert read(page_of, [1, 2], [2, 3], [3, 4], [4]) == ("1234", [1, 2, 3, None])


def test_a_falling_total_is_no_error_where_the_overlap_shows_what_moved(page_of):
    pagination = OffsetPages(overlap=1, total="body.count")
    second = pagination.next_request(page_of({"data": [{"id": 1}, {"id": 2}], "count": 9}, request=on(0)))

    assert second.query == {"offset": "1"}
    assert pagination.next_request(page_of({"data": [{"id": 2}, {"id": 3}], "count": 8}, request=second)) is not None


def test_many_records_are_passed_over_without_being_held(page_of):
    records = Remainder([b"1", b"2", b"3"], 1, b"3")

    assert (list(records), list(records), len(records), records.last) == ([b"2", b"3"], [b"2", b"3"], 2, b"3")
    assert b"3" in records
    assert b"1" not in records
    assert Remainder([b"1"], 1, b"1").last is None

import pytest
from pydantic import ValidationError

from glue_lib.api.pagination.keyset import KeysetPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

WHERE = KeysetPages(write="query.$where", template="id > {last}")


def ids(*values):
    return {"data": [{"id": value} for value in values]}


def walk(page_of, pagination, *bodies, request=None):
    request = pagination.first_request(request or Request("/rows"))
    for body in bodies:
        request = pagination.next_request(page_of(body, request=request))
    return request


def test_asks_for_what_comes_after_the_last_record(page_of):
    assert walk(page_of, WHERE, ids(7, 9)).query == {"$where": "id > 9"}
    assert walk(page_of, WHERE, ids(7, 9), ids(12)).query == {"$where": "id > 12"}
    assert walk(page_of, WHERE, ids(7, 9), ids(12), ids()) is None


def test_a_condition_of_the_stream_stays_in_front(page_of):
    own = Request("/rows", query={"$where": "state = 'on'"})

    assert walk(page_of, WHERE, ids(7), ids(8), request=own).query == {"$where": "state = 'on' AND id > 8"}


@pytest.mark.parametrize("last", [98765432109876543210, 9007199254740993])
def test_numbers_of_any_length_are_compared_and_written_exactly(page_of, last):
    bare = KeysetPages(write="body.after")

    assert walk(page_of, bare, ids(last - 1, last)).body == {"after": last}
    with pytest.raises(ApiError, match=f"is `{last}` after `{last + 1}`"):
        walk(page_of, bare, ids(last + 1), ids(last))


def test_a_short_page_is_no_end_unless_the_file_says_so(page_of):
    full = KeysetPages(write="query.after", full_page=2)

    assert walk(page_of, full, ids(1, 2)).query == {"after": "2"}
    assert walk(page_of, full, ids(1)) is None


def test_quotes_in_a_text_stay_inside_its_quotes(page_of):
    pagination = KeysetPages(read="last_record.id", write="query.q", template="code > '{last}'")

    assert walk(page_of, pagination, ids("a", "O'Neill")).query == {"q": "code > 'O''Neill'"}


@pytest.mark.parametrize("values", [(3, 2), (3, 3), ("a", "a"), (1.5, 1.25)])
def test_records_that_are_not_sorted_would_be_lost(page_of, values):
    with pytest.raises(ApiError, match=r"must be sorted by it, ascending.*ask the API for that order"):
        walk(page_of, WHERE, ids(*values))
    with pytest.raises(ApiError, match="must be sorted by it"):
        walk(page_of, WHERE, ids(values[0]), ids(values[1]))


def test_counts_down_where_the_order_is_descending(page_of):
    pagination = KeysetPages(write="query.before", descending=True)

    assert walk(page_of, pagination, ids(9, 7)).query == {"before": "7"}
    with pytest.raises(ApiError, match="descending"):
        walk(page_of, pagination, ids(7, 9))


@pytest.mark.parametrize("record", [{}, {"id": None}, {"id": True}, {"id": [1]}, {"id": ""}])
def test_a_record_without_the_field_is_an_error(page_of, record):
    with pytest.raises(ApiError, match="no text or number at `id`"):
        walk(page_of, WHERE, {"data": [record]})


def test_an_empty_page_that_says_more_is_no_silent_end(page_of):
    with pytest.raises(ApiError, match=r"`body\.has_more` says that more follow, but the page is empty"):
        walk(page_of, WHERE, ids() | {"has_more": True})
    with pytest.raises(ApiError, match="says that more follow"):
        walk(page_of, KeysetPages(write="query.a", more="body.m"), ids() | {"m": True})


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"read": "body.id"}, "is no field of the records"), ({"template": "id > last"}, "has no `{last}`")],
)
def test_refuses_what_cannot_go_on(fields, said):
    with pytest.raises(ValidationError, match=said):
        KeysetPages(write="query.where", **fields)

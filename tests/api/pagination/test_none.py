import pytest

from glue_lib.api.pagination.none import NoPages
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

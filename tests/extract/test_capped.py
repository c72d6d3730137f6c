"""A window is handed on whole, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest

from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from glue_lib.extract.capped import TooMany, hinting, within


def page(number: int, *ids: int, expected: int | None = None, following: bool = True) -> Page:
    records = tuple(b'{"id": %d}' % one for one in ids)
    after = Request("/things", query={"page": str(number + 1)}) if following else None
    return Page(Request("/things"), number, records, next=after, expected=expected, body=b"{}")


def given(pages: list[Any], taken: list[int]) -> Iterator[Page]:
    for one in pages:
        if isinstance(one, Exception):
            raise one
        taken.append(one.number)
        yield one


def refused(status: int | None) -> ApiError:
    error = ApiError("no")
    error.status = status
    return error


def test_a_window_below_the_cap_comes_whole_and_in_order():
    pages = [page(1, 1, 2), page(2, 3), page(3), page(4, 4, following=False)]

    found = [
        (one.number, one.next, one.fingerprint(), list(one.records), one.last_record) for one in within(iter(pages), 5)
    ]

    assert found == [(one.number, one.next, one.fingerprint(), list(one.records), one.last_record) for one in pages]


def test_held_records_can_be_gone_through_in_any_order_and_again():
    pages = within(iter([page(1, 1, 2), page(2, 3, following=False)]), 5)
    first, second = next(pages), next(pages)

    assert list(zip(first.records, second.records, strict=False)) == [(b'{"id": 1}', b'{"id": 3}')]
    assert list(first.records) == list(first.records) == [b'{"id": 1}', b'{"id": 2}']
    assert (len(first.records), b'{"id": 2}' in first.records) == (2, True)


def test_nothing_is_handed_on_before_the_window_has_come_to_its_end():
    taken: list[int] = []
    pages = within(given([page(1, 1, 2), page(2, 3, following=False)], taken), 5)

    next(pages)

    assert taken == [1, 2]


def test_a_count_below_the_cap_lets_the_pages_pass_as_they_come():
    taken: list[int] = []
    pages = within(given([page(1, 1, 2, expected=4), page(2, 3, 4, following=False)], taken), 5)

    next(pages)

    assert taken == [1]


@pytest.mark.parametrize("expected", [5, 6, 10**9])
def test_a_count_that_reaches_the_cap_is_too_many_at_once(expected: int):
    taken: list[int] = []

    with pytest.raises(TooMany, match="by the API's own count"):
        next(within(given([page(1, 1, expected=expected), page(2, 2)], taken), 5))

    assert taken == [1]


@pytest.mark.parametrize("following", [True, False])
def test_as_many_as_the_cap_are_too_many_even_at_an_end(following: bool):
    with pytest.raises(TooMany):
        next(within(iter([page(1, 1, 2, 3), page(2, 4, 5, following=following)]), 5))


@pytest.mark.parametrize("status", [200, 400, 404, 416, 422])
def test_an_error_behind_the_first_page_may_be_the_cap(status: int):
    with pytest.raises(TooMany) as raised:
        next(within(given([page(1, 1), refused(status)], []), 5))

    assert raised.value.cause is not None


@pytest.mark.parametrize("status", [None, 401, 403, 429, 500, 503])
def test_other_errors_are_none_of_the_cap_s(status: int | None):
    with pytest.raises(ApiError, match="no"):
        next(within(given([page(1, 1), refused(status)], []), 5))


def test_an_error_at_the_first_page_is_an_error():
    with pytest.raises(ApiError, match="no"):
        next(within(given([refused(400)], []), 5))


def test_no_page_is_no_page():
    assert list(within(iter([]), 5)) == []


@pytest.mark.parametrize(
    ("count", "status", "is_hinted"), [(1000, 400, True), (999, 400, False), (1000, 503, False), (1000, None, False)]
)
def test_an_error_behind_many_records_names_the_cap_that_may_be_the_reason(
    count: int, status: int | None, is_hinted: bool
):
    pages = hinting(given([page(1, *range(count)), refused(status)], []))
    next(pages)

    with pytest.raises(ApiError) as raised:
        next(pages)

    assert ("set `cursor.most: 1000`" in str(raised.value)) == is_hinted
    assert raised.value.status == status

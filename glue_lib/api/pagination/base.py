"""What every pagination kind can do."""

from collections.abc import Sequence
from typing import Self

from pydantic import model_validator

from glue_lib.api.exchange import Response
from glue_lib.api.page import Page
from glue_lib.api.pagination.past_end import PastEnd
from glue_lib.api.place import AnswerPlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_FALSE = ("", "0", "false", "null")


class Pagination(Kind):
    """How a page leads to the next; pure, so that a stopped slice resumes from one stored request."""

    total: AnswerPlace | None = None  # where the answer says how many records there are in all
    past_end: PastEnd | None = None  # how the API answers a request for what is behind the last page

    def first_request(self, request: Request) -> Request:
        """Return `request` with the values that the first page needs; a request that has them stays as it is."""
        return request

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the page after `page`, or None when `page` is proven to be the last."""
        raise NotImplementedError

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return a guess of up to `most` requests after `page`, in order; none where the end is not in sight.

        A page that was fetched by a guess counts only if the guess equals the `next_request` of the page before it.
        """
        return ()

    def is_past_end(self, response: Response) -> bool:
        """Return whether an answer means that its request, which is not a walk's first, is behind the last page."""
        return self.past_end is not None and self.past_end.fits(response)

    def without_repeats(self, page: Page) -> Page:
        """Return the page without the records that its request asked for again on purpose, to see that none moved.

        What is landed and counted is this page; `next_request`, which checks the repeats, wants the page as it came.
        """
        return page

    def doubt(self, page: Page) -> str | None:
        """Return why the end at `page` may be none, for a warning; None where there is no reason to doubt."""
        return None

    def expected(self, page: Page) -> int | None:
        """Return how many records the API says there are in all, or None when it does not say."""
        found = page.find(self.total) if self.total else None
        return None if found is None else whole_number(found, self.total or "")


class Continuation(Pagination):
    """A kind whose answers say how to go on: the value at `read`, and, where declared, `more` or `last`."""

    read: AnswerPlace
    more: AnswerPlace | None = None  # where the answer says that more pages follow
    last: AnswerPlace | None = None  # where the answer says that this page is the last

    @model_validator(mode="after")
    def _one_of_more_and_last(self) -> Self:
        if self.more and self.last:
            raise ValueError("`more` and `last` say the same thing; give one of them")
        return self

    def next_value(self, page: Page) -> str | None:
        """Return what leads to the next page, or None at the proven end."""
        goes_on = self._goes_on(page)
        if goes_on is False:
            return None
        value = page.find(self.read)
        if value is True:
            raise ApiError(f"`{self.read}` is `true`, which leads to no page")
        if value and value.lower() != "null":
            return value
        if goes_on:
            raise ApiError(f"`{self.more or self.last}` says that more pages follow, but `{self.read}` leads to none")
        if (self.more or self.last) and page.records:
            raise ApiError(
                f"the answer has neither `{self.more or self.last}` nor `{self.read}`: its end is not proven"
            )
        return None

    def _goes_on(self, page: Page) -> bool | None:
        said = page.find(place) if (place := self.more or self.last) else None
        return None if said is None else is_true(said) == bool(self.more)


def is_true(found: str | bool | None) -> bool:
    """Return whether a value means yes: `true`, `1`, any text but `false`, `0`, `null` and the empty one."""
    return found.lower() not in _FALSE if isinstance(found, str) else bool(found)


def whole_number(found: str | bool, where: str) -> int:
    """Return a count that stands at `where`."""
    if isinstance(found, bool) or not found.strip().isdecimal():
        raise ApiError(f"`{where}` is `{found}`; it should be a whole number")
    return int(found)

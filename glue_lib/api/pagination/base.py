"""What every pagination kind can do, and the ways in which an answer says that it is the last."""

from collections.abc import Sequence
from typing import Self

from pydantic import Field, model_validator

from glue_lib.api.exchange import Response
from glue_lib.api.page import Page
from glue_lib.api.pagination import signs
from glue_lib.api.pagination.past_end import PastEnd
from glue_lib.api.place import AnswerPlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_FALSE = ("", "0", "false", "null", "no", "n")


class Pagination(Kind):
    """How a page leads to the next; pure, so that a stopped slice resumes from one stored request."""

    total: AnswerPlace | None = Field(None, description="Where the answer says how many records there are in all.")
    more: AnswerPlace | None = Field(None, description="Where the answer says that more pages follow.")
    last: AnswerPlace | None = Field(None, description="Where the answer says that this page is the last.")
    full_page: int | None = Field(
        None, gt=0, description="Every page but the last has so many records; without it, a short page is no end."
    )
    past_end: PastEnd | None = Field(
        None, description="How the API answers a request for what is behind the last page."
    )
    ignore_signs: tuple[AnswerPlace, ...] = Field(
        (), description="Places that look as if more pages followed, and mean something else."
    )

    @model_validator(mode="after")
    def _one_of_more_and_last(self) -> Self:
        if self.more and self.last:
            raise ValueError("`more` and `last` say the same thing; give one of them")
        return self

    def first_request(self, request: Request) -> Request:
        """Return `request` with the values that the first page needs; a request that has them stays as it is."""
        return request

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the page after `page`, or None when `page` is proven to be the last."""
        raise NotImplementedError

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return a guess of up to `most` requests after `page`, in order; none where the end is not in sight.

        A page that was fetched by a guess counts only if the guess is sent as the `next_request` of the page before it
        would be; the page then belongs to that request, which carries what a guess cannot know.
        """
        return ()

    def is_past_end(self, response: Response, request: Request | None = None) -> bool:
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
        return number_at(page, self.total)

    def goes_on(self, page: Page) -> bool | None:
        """Return whether more pages follow, as the answer says at `more` or `last`, or the size of the page does."""
        said = page.find(place) if (place := self.more or self.last) else None
        if said is not None:
            return is_true(said) == bool(self.more)
        if self.full_page is not None and len(page.records) < self.full_page:
            return False
        if (self.more or self.last) and page.records:
            raise ApiError(f"the answer has no `{self.more or self.last}`, so its end is not proven")
        return None

    def sign_of_more(self, page: Page) -> str | None:
        """Return where an answer says, undeclared, that more pages follow."""
        return None if self.more or self.last or self.full_page else signs.of_more(page, self.ignore_signs)


class RowsMoved(ApiError):
    """Rows came or went while they were read by position, so some may have been passed over: read the slice again."""


def is_true(found: str | bool | None) -> bool:
    """Return whether a value means yes: `true`, `1`, any text but `false`, `0`, `null`, `no` and the empty one."""
    return found.lower() not in _FALSE if isinstance(found, str) else bool(found)


def number_at(page: Page, place: AnswerPlace | None) -> int | None:
    """Return the count that the answer has at a place, or None where it has none."""
    found = page.find(place) if place else None
    return None if found is None else whole_number(found, place or "")


def whole_number(found: str | bool, where: str) -> int:
    """Return a count that stands at `where`."""
    if isinstance(found, bool) or not (found.strip().isascii() and found.strip().isdecimal()):
        raise ApiError(f"`{where}` is `{found}`; it should be a whole number")
    return int(found)

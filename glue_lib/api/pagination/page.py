"""The request carries the number of the page."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import number_at
from glue_lib.api.pagination.counted import Counted
from glue_lib.api.place import AnswerPlace, PagePlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class NumberedPages(Counted):
    """The request carries the page's number at `write`, counted from `start`.

    The stream ends with the page whose number is `total_pages`, or with the last of `total` records, where one of them
    is declared, or where `more` is false (`last` true); else with an empty page. A short page is not the end: some
    APIs leave out records that a user may not see. Where every page but the last is full, `full_page` says so.

    The JSON:

        {"items": [{"id": 1}, {"id": 2}], "pages": 2}                    # GET /things?page=1
        {"items": [{"id": 3}], "pages": 2}                               # GET /things?page=2, the last

    The YAML:

        pagination: {type: page, write: query.page, start: 1, total_pages: body.pages}

    An API that knows the number of records, one that says whether more follow, and one that is told its page size:

        pagination: {type: page, write: query.page, total: body.count}

        pagination: {type: page, write: body.page, start: 0, more: body.has_next}

        params: {per_page: 100}
        pagination: {type: page, full_page: 100}
    """

    type: Literal["page"] = "page"
    write: PagePlace = Field("query.page", description="Where the number of the page goes in the request.")
    start: int = Field(1, description="The number of the first page.")
    total_pages: AnswerPlace | None = Field(None, description="Where the answer says how many pages there are.")

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the next number, or None at the end."""
        number = self.number(page.request)
        pages = number_at(page, self.total_pages)
        if pages is not None:
            return self._up_to(page, number, pages)
        if self.total_pages and page.records and self.goes_on(page) is None:
            raise ApiError(f"the answer has no `{self.total_pages}`, so its end is not proven")
        return self._up_to_the_last_record(page, number)

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return the requests for the pages up to the last, as if every page brought as many records as this one."""
        number = self.number(page.request)
        pages, total, size = number_at(page, self.total_pages), self.expected(page), len(page.records)
        if pages is None and total is not None and size:
            pages = number - self.start + 1 - (_received(page) - total) // size
        if pages is None:
            return ()
        end = min(number + 1 + most, self.start + pages)
        return [self.followed(page.request, each) for each in range(number + 1, end)]

    def _up_to(self, page: Page, number: int, pages: int) -> Request | None:
        done = number - self.start + 1
        if done < pages and self.goes_on(page) is not False:
            self.refuse_moved_rows(page, pages, "pages")
            return self.followed(page.request, number + 1, total=pages)
        if self.ends(page, done, pages, unit="pages"):
            return None
        return self.followed(page.request, number + 1, total=pages, proving=pages)

    def _up_to_the_last_record(self, page: Page, number: int) -> Request | None:
        total, received = self.expected(page), _received(page)
        if self.ends(page, received, total, unit="records"):
            return None
        size = page.request.carried.get("size", len(page.records))
        carried: dict[str, Any] = {} if total is None else {"total": total, "size": size}
        if total is not None or self.more or self.last:
            carried["received"] = received
        return self.followed(page.request, number + 1, **carried, proving=self.proving(page, received, total))


def _received(page: Page) -> int:
    return int(page.request.carried.get("received", 0)) + len(page.records)

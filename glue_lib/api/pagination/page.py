"""The request carries the number of the page."""

from collections.abc import Sequence
from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination, whole_number
from glue_lib.api.place import AnswerPlace, RequestPlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class NumberedPages(Pagination):
    """The request carries the page's number at `write`, counted from `start`.

    The stream ends with the page whose number is `total_pages`, where that is declared, else with an empty page.
    A short page is not the end: some APIs leave out records that a user may not see.

    The JSON:

        {"items": [{"id": 1}, {"id": 2}], "pages": 2}                    # GET /things?page=1
        {"items": [{"id": 3}], "pages": 2}                               # GET /things?page=2, the last

    The YAML:

        pagination: {type: page, write: query.page, start: 1, total_pages: body.pages}
    """

    type: Literal["page"] = "page"
    write: RequestPlace = "query.page"
    start: int = 1
    total_pages: AnswerPlace | None = None  # where the answer says how many pages there are

    def first_request(self, request: Request) -> Request:
        """Return `request` with the number of the first page, unless it has a number already."""
        return request if request.get(self.write) is not None else request.put(self.write, self.start)

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the next number, or None at the end."""
        number = whole_number(str(page.request.get(self.write)), self.write)
        return None if self._is_last(page, number) else page.request.put(self.write, number + 1)

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return the requests for the pages up to `total_pages`."""
        pages = page.find(self.total_pages) if self.total_pages else None
        if pages is None:
            return ()
        number = whole_number(str(page.request.get(self.write)), self.write)
        end = self.start + whole_number(pages, self.total_pages or "")
        return [page.request.put(self.write, each) for each in range(number + 1, min(number + 1 + most, end))]

    def _is_last(self, page: Page, number: int) -> bool:
        pages = page.find(self.total_pages) if self.total_pages else None
        if pages is not None:
            return number - self.start + 1 >= whole_number(pages, self.total_pages or "")
        if self.total_pages and page.records:
            raise ApiError(f"the answer has no `{self.total_pages}`, so its end is not proven")
        return not page.records
